"""How a dialect writes a text: which characters as they are, which otherwise, and which texts not at all."""

from collections.abc import Callable
from dataclasses import dataclass

from handeye.actions.dialects.rules.free import TAGS, openings, unlike
from handeye.actions.grammar import Character, Choice, Literal, Repeat, Rule, Without, choice, sequence

Write = Callable[[str], str | None]
"""Returns what is written for a text; None if it cannot be."""

MARKER = "qzj"
"""A text that is written as it is, and that nothing else contains."""
IN_ADDRESSES = "\"'`\\/<>&{}[]()=,;:#*|$%@!?~^+-_.09azAZ"
IN_NAMES = IN_ADDRESSES + " \u00e9\u0301\u201c\u2018\uff09\U0001f600"
IN_TEXTS = IN_NAMES + "\n\t\u2028"
"""The characters of which it is found out how they are written."""
_NOTHING = "no input text"
"""What one family of models writes where it has no text."""
_SPACES = "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)))
"""What is space, besides control characters."""
_LINE_ENDS = "\n\u2028\u2029"
_LONGEST_NAME = 60
"""Characters: more than names of apps have, so that the rule stays small."""
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True, slots=True)
class Spelling:
    """How texts are written in one place."""

    escapes: tuple[tuple[str, str], ...]
    """The characters that are written otherwise, and how."""
    tags: tuple[str, ...]
    """The tags that are broken up."""
    broken: str
    """What is written in place of the bracket of such a tag."""
    blank: bool
    """Whether it may consist of spaces."""
    nothing: bool
    """Whether it may begin with the words for no text."""

    @property
    def raw(self) -> bool:
        """Whether a text is written as it is, over several lines."""
        return "\n" not in dict(self.escapes)

    @property
    def _escaped(self) -> str:
        return "".join(character for character, _ in self.escapes)

    def text(self, least: int) -> Rule:
        """Return any text of at least 0 or 1 characters, without control characters but tabs and line feeds."""
        escapes = tuple(Literal(text) for _, text in self.escapes)
        if self.tags:
            return self._without_tags((*escapes, Literal(self.broken)), least)
        one = choice([Character(but=self._escaped), *escapes])
        if self.blank and self.nothing:
            return Repeat(one, least)
        solid = tuple(Literal(text) for character, text in self.escapes if not character.isspace())
        blank = [Literal(text) for character, text in self.escapes if character.isspace()]
        begin = Repeat(choice([Character(_SPACES), *blank]))
        return sequence(begin, unlike((_NOTHING, *_SPACES), Repeat(one), self._escaped, solid, escapes))

    def _without_tags(self, escapes: tuple[Rule, ...], least: int) -> Rule:
        broken = openings(self.tags)
        plain = Without((*self._escaped, *broken))
        rest = sequence(plain, Repeat(sequence(Choice(escapes), plain)))
        if not least:
            return rest
        after_bracket = {begin[1:].lower() for begin in broken}
        bracket = unlike(after_bracket, rest, self._escaped + "<", escapes, escapes)
        return choice(
            [
                sequence(choice([Character(but=self._escaped + "<"), *escapes]), rest),
                sequence("<", choice(["", bracket])),
            ]
        )

    def name(self) -> Rule:
        """Return the name of an app: one line that begins with no space."""
        but = self._escaped + ("<" if self.tags else "")
        solid = [text for character, text in self.escapes if not character.isspace()]
        within = [text for character, text in self.escapes if character not in _LINE_ENDS + "\t"]
        return sequence(
            choice([Character(but=but + _SPACES + "\n\t"), *solid]),
            Repeat(choice([Character(but=but + _LINE_ENDS + "\t"), *within]), 0, _LONGEST_NAME - 1),
        )

    def address(self) -> Rule:
        """Return web addresses in ASCII that need no escapes."""
        but = self._escaped + ("<" if self.tags else "")
        plain = "".join(character for character in _PRINTABLE if character not in but)
        begin = Character("".join(character for character in plain if character.isalnum()))
        web = sequence("http", choice(["", "s"]), "://", begin, Repeat(Character(plain)))
        return choice([web, "about:blank"])


def spelling(write: Write, characters: str = IN_TEXTS) -> Spelling | None:
    """Return how `write` writes texts; None if it writes none with all of the characters."""
    pieces = _pieces(write, characters)
    if pieces is None:
        return None
    named = [f"<{name}>" for name in TAGS]
    tags = _pieces(write, named) or named
    broken = {name: piece for name, tag, piece in zip(TAGS, named, tags, strict=True) if piece != tag}
    return Spelling(
        tuple((each, piece) for each, piece in zip(characters, pieces, strict=True) if each != piece),
        tuple(broken),
        next((piece.removesuffix(f"{name}>") for name, piece in broken.items()), ""),
        write(" ") is not None,
        write(_NOTHING) is not None,
    )


def _pieces(write: Write, texts: str | list[str]) -> list[str] | None:
    """Return how each of the texts is written."""
    written = write(MARKER + MARKER.join(texts) + MARKER)
    pieces = [] if written is None else written.split(MARKER)[1:-1]
    return pieces if len(pieces) == len(texts) else None
