"""What a model may say in its own words: anything but what a reader of replies would take for more than words."""

from collections.abc import Collection, Iterable
from itertools import product
from typing import NamedTuple

from handeye.actions.grammar import Character, Choice, Literal, Repeat, Rule, Without, choice, sequence

TAGS = ("think", "thinking", "thought", "conclusion", "operation", "action", "answer", "tool_call")
"""The tags around the parts of replies."""
_DISTINCT = 3
"""How many letters tell a tag from others; it may be in upper or lower case."""
_LABELS = ("observation", "thought", "reflection", "action", "code", "step")
"""Labels at the beginning of a line, which may be indented, and marked as a heading or as bold."""
_FENCE = "```"


def openings(names: Iterable[str]) -> tuple[str, ...]:
    """Return what opening and closing tags with these names begin with, in upper and lower case."""
    begins = dict.fromkeys(name[:_DISTINCT] for name in names)
    cased = ("".join(letters) for begin in begins for letters in product(*((each, each.upper()) for each in begin)))
    return tuple(f"<{slash}{letters}" for letters in cased for slash in ("", "/"))


def unlike(
    starts: Collection[str],
    rest: Rule,
    but: str = "",
    others: tuple[Rule, ...] = (),
    within: tuple[Rule, ...] = (),
) -> Rule:
    """Return the rule of what begins with none of `starts`, in lower or upper case, and is not empty.

    Its first character is any but those in `but`, or one of `others`, and the next ones one of `within`, as far as they
    are those of a start; `rest` is what follows.
    """
    beginnings = _beginnings(starts, but, others, within)
    return Choice((sequence(beginnings.other, rest), *beginnings.incomplete))


class _Beginnings(NamedTuple):
    """How a text may begin."""

    other: Rule
    """Up to the first character that tells it from some starts."""
    incomplete: tuple[Rule, ...]
    """Whole texts: parts of a start, which it could still become."""


def _beginnings(starts: Collection[str], but: str, others: tuple[Rule, ...], within: tuple[Rule, ...]) -> _Beginnings:
    ends: dict[str, set[str]] = {}
    for start in sorted(starts):
        ends.setdefault(start[0].lower(), set()).add(start[1:])
    cases = {first: "".join(dict.fromkeys((first, first.upper()))) for first in ends}
    options: list[Rule] = [Character(but="".join(cases.values()) + but), *others]
    incomplete: list[Rule] = []
    for first, longer in ends.items():
        if "" not in longer:
            after = _beginnings(longer, but, within, within)
            options.append(sequence(Character(of=cases[first]), after.other))
            incomplete.append(sequence(Character(of=cases[first]), choice(["", *after.incomplete])))
    return _Beginnings(Choice(tuple(options)), tuple(incomplete))


def words(after: str) -> Rule:
    """Return the rule of words that are written as they are; `after` is what follows them in a reply."""
    follows = after.lstrip()
    if follows.startswith("</"):
        return Without(openings(TAGS))
    if follows.startswith("<"):
        return Without((*openings(TAGS), "{"))  # a bracket could begin a call
    return _LINES


def _lines() -> Rule:
    rest = Without(("\n", _FENCE))
    line = Choice((Literal(""), unlike((*_LABELS, *" \t#*`"), rest, but="\n")))
    return sequence(line, Repeat(sequence("\n", line)))


_LINES = _lines()
