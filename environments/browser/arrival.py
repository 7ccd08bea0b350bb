"""How much of a text that was typed has arrived, by what the fields hold."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_GROUPING = re.compile(r"\s|\+|,(?=\d{3}(?!\d))")
"""What a number loses without becoming another one."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that was typed into."""

    kind: str
    before: str
    around: tuple[str, str] | None
    """What was before and after the selection; None if the field does not tell."""
    now: str | None
    """None if it is gone."""
    taken: Sequence[str]
    """What it held each time when the page emptied it meanwhile."""
    unseen: bool
    number: bool
    """Whether it holds only numbers."""
    bad: bool
    """Whether the browser cannot make a value of what is in it."""
    secret: bool
    """Whether it is a password's."""

    @property
    def added(self) -> str:
        """What it holds that it did not hold before."""
        before, now = self.before, self.now or ""
        start = _same(before, now)
        end = _same(before[start:][::-1], now[start:][::-1])
        return now[start : len(now) - end]


@dataclass(frozen=True, slots=True)
class Arrival:
    """How much of a text has arrived."""

    text: str
    """The characters of it that are in the fields."""
    complete: bool
    """Whether no character is lost; the page may have changed how they are written."""
    exact: bool
    """Whether the fields hold just that."""


def read_fields(report: Sequence[dict[str, Any]]) -> list[Field]:
    """Return the fields that the script reports."""
    return [
        Field(
            kind=one["kind"],
            before=one["before"],
            around=None if one["around"] is None else (one["around"][0], one["around"][1]),
            now=one["now"],
            taken=one["taken"],
            unseen=one["unseen"],
            number=one["number"],
            bad=one["bad"],
            secret=one["secret"],
        )
        for one in report
    ]


def arrival(fields: Sequence[Field], text: str) -> Arrival:
    """Compare the fields with the text that was typed into them.

    What cannot be read is trusted: the keys of a page that takes them itself, an editor that empties its field.
    """
    plain = [field for field in fields if field.kind in {"line", "area", "rich", "date"} and field.now is not None]
    if not plain or any(field.unseen or field.kind == "editor" for field in fields) or not text:
        return Arrival(text, complete=True, exact=True)
    if plain[-1].kind == "date":
        (field,) = plain[-1:]
        exact = _digits(field.now) == _digits(text)
        done = bool(field.now) and not field.bad and (exact or field.now != field.before)
        return Arrival(text if done else "", complete=done, exact=exact)
    if len(plain) == 1 and plain[0].around is not None and plain[0].now == text.join(plain[0].around):
        return Arrival(text, complete=True, exact=True)
    added = "".join(field.added for field in plain)
    if plain[0].kind == "rich":
        # Formatted text has blank lines and spaces of its own, and a long one is only partly in the page.
        exact = _solid(text) in {_solid(added), _solid(plain[0].now or "")}
        changed = bool(added) or not _solid(text)
        return Arrival(text if changed else "", complete=changed, exact=exact)
    if added == text or (len(plain) == 1 and _is_inserted(plain[0].before, plain[0].now or "", text)):
        return Arrival(text, complete=True, exact=True)
    if _was_taken(plain, text):
        return Arrival(text, complete=True, exact=False)
    if plain[-1].number:
        return _in_number(text, added)
    found, lost = _within(text, added)
    return Arrival(found, complete=not lost, exact=False)


def holds_lines(before: Sequence[Field], now: Sequence[Field], text: str) -> bool:
    """Return whether a field of several lines, typed line by line, holds a text as it is, also how it is indented.

    Each line may have arrived, and the page have indented it or made it an item of a list. A field that its page has
    emptied, as a chat does, and one that cannot be read, is trusted.
    """
    if len(before) != 1 or len(now) != 1 or before[0].unseen or not now[0].now:
        return True
    if before[0].kind == "area" and before[0].around is not None:
        return now[0].now == text.join(before[0].around)
    held = _lines(now[0].now)
    return all(line in held for line in _lines(text)) or bool(before[0].before.strip())


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\xa0", " ").splitlines() if line.strip()]


def _was_taken(fields: Sequence[Field], text: str) -> bool:
    """Return whether the page has made something of what was typed and emptied the field, as for a list of tags.

    It does so at a sign, or at the last character, which the field is not seen to hold then. If it empties the field at
    another character, that one is lost.
    """
    if not any(field.taken for field in fields):
        return False
    held = "".join("".join(field.taken) + field.added for field in fields)
    _, lost = _within(text[:-1] if fields[-1].now == "" else text, held)
    return not lost


def _in_number(text: str, added: str) -> Arrival:
    """Compare numbers, of which every sign counts."""
    meant = _GROUPING.sub("", text)
    complete = meant == _GROUPING.sub("", added)
    found = text if complete else meant[: _same(meant, added)]
    return Arrival(found, complete=complete, exact=False)


def _is_inserted(before: str, now: str, text: str) -> bool:
    """Return whether the text was inserted at some place; where it begins like what follows, there are several."""
    if len(now) != len(before) + len(text):
        return False
    return any(before[:at] + text + before[at:] == now for at in range(_same(before, now) + 1))


def _within(text: str, added: str) -> tuple[str, bool]:
    """Return the characters of the text that are in what was added, in their order, and whether others are lost.

    A page may write capitals, and leave out signs and spaces.
    """
    found, lost, at = [], False, 0
    added = _any_case(added)
    for character in text:
        folded = _any_case(character)
        place = added.find(folded, at)
        if place >= 0:
            found.append(character)
            at = place + len(folded)
        elif not _is_sign(character):
            lost = True
    return "".join(found), lost


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PZC" or unicodedata.category(character) in {"Sc", "Sm"}


def _same(one: str, other: str) -> int:
    """Return how many characters are the same at the beginning of both."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _any_case(text: str) -> str:
    return text.upper().casefold()  # capitals of some letters are those of others


def _digits(text: str | None) -> list[str]:
    return sorted(filter(str.isdigit, text or ""))


def _solid(text: str) -> str:
    return "".join(text.split())
