"""What a reply may be, as data: rules that a model can be kept to while it writes.

A rule describes a set of texts. It is built of six kinds, holds nothing that is not plain data, and equal rules are
equal. `handeye.model.grammar` compiles it for a vocabulary.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """One text, which may be empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Character:
    """One character."""

    of: str = ""
    """Those that it may be; if there are none, it may be any that is not in `but`."""
    but: str = ""
    """Those that it may not be. "Any" never means a control character (Cc) other than tab and line feed."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """Its parts, one after the other."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of its options."""

    options: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A rule, several times in a row."""

    rule: "Rule"
    least: int = 0
    most: int | None = None
    """None for any number of times."""


@dataclass(frozen=True, slots=True)
class Without:
    """Any characters, as `Character` means them, in which none of some texts occurs: a thought before what ends it."""

    texts: tuple[str, ...]


Rule = Literal | Character | Sequence | Choice | Repeat | Without


def sequence(*parts: Rule | str) -> Rule:
    """Return rules one after the other; a string stands for itself."""
    return Sequence(tuple(_rule(part) for part in parts))


def choice(options: Iterable[Rule | str]) -> Rule:
    """Return one of some rules; a string stands for itself."""
    return Choice(tuple(_rule(option) for option in options))


def number(low: int, high: int) -> Rule:
    """Return whole numbers from `low` to `high`, both included, in decimal digits without leading zeros.

    Raises `ValueError` if there are none.
    """
    if low > high:
        raise ValueError(f"there is no whole number from {low} to {high}")
    if high < 0:
        return sequence("-", number(-high, -low))
    if low < 0:
        return Choice((sequence("-", number(1, -low)), number(0, high)))
    options: list[Rule] = []
    for length in range(len(str(low)), len(str(high)) + 1):
        first, last = max(low, 10 ** (length - 1) if length > 1 else 0), min(high, 10**length - 1)
        options.append(_digits(str(first), str(last)))
    return options[0] if len(options) == 1 else Choice(tuple(options))


def _digits(low: str, high: str) -> Rule:
    """Return the numbers from `low` to `high`, which have as many digits."""
    if not low:
        return Literal("")
    rest = len(low) - 1
    if low[1:] == "0" * rest and high[1:] == "9" * rest:
        free = Repeat(Character("0123456789"), rest, rest)
        return Sequence((_digit(low[0], high[0]), free)) if rest else _digit(low[0], high[0])
    if low[0] == high[0]:
        return Sequence((Literal(low[0]), _digits(low[1:], high[1:])))
    middle = [_next(low[0]), _before(high[0])]
    options: list[Rule] = [Sequence((Literal(low[0]), _digits(low[1:], "9" * rest)))]
    if middle[0] <= middle[1]:
        options.append(Sequence((_digit(*middle), Repeat(Character("0123456789"), rest, rest))))
    options.append(Sequence((Literal(high[0]), _digits("0" * rest, high[1:]))))
    return Choice(tuple(options))


def _digit(low: str, high: str) -> Rule:
    return Character("".join(map(str, range(int(low), int(high) + 1))))


def _next(digit: str) -> str:
    return str(int(digit) + 1)


def _before(digit: str) -> str:
    return str(int(digit) - 1)


def _rule(part: Rule | str) -> Rule:
    return Literal(part) if isinstance(part, str) else part
