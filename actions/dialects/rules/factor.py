"""Makes one small rule of many alternatives, which share what they begin and end with."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from handeye.actions.grammar import Choice, Literal, Rule
from handeye.actions.grammar import Sequence as Parts

Items = tuple[str | Rule, ...]
"""Texts and rules, one after the other."""


def common(texts: Collection[str]) -> str:
    """Return what all of the texts begin with; there must be at least one."""
    first, last = min(texts), max(texts)
    length = next((index for index, pair in enumerate(zip(first, last, strict=False)) if len({*pair}) > 1), len(first))
    return first[:length]


class Shared(NamedTuple):
    """What some texts have in common."""

    before: str
    middles: tuple[str, ...]
    """What differs, each once, in the order of the texts."""
    after: str


def shared(texts: Iterable[str]) -> Shared:
    """Return what the texts begin and end with, and what is between; there must be at least one."""
    given = list(dict.fromkeys(texts))
    before = common(given)
    rests = [text[len(before) :] for text in given]
    after = common([rest[::-1] for rest in rests])[::-1]
    return Shared(before, tuple(rest[: len(rest) - len(after)] for rest in rests), after)


def factored(alternatives: Iterable[Items]) -> Rule:
    """Return the rule of the alternatives, of which there must be at least one."""
    numbers: dict[Rule, int] = {}
    tokens = [
        tuple(item if isinstance(item, str) else numbers.setdefault(item, len(numbers)) for item in each)
        for each in alternatives
    ]
    return _Factoring(list(numbers)).rule(tokens)


_Tokens = tuple[str | int, ...]
"""Texts, and rules by their numbers: to compare rules themselves would take long."""


class _Factoring(NamedTuple):
    rules: list[Rule]

    def rule(self, alternatives: Iterable[_Tokens]) -> Rule:
        rest = list(dict.fromkeys(alternatives))
        done: list[str | int | Rule] = []
        while all(rest) and len({each[0] for each in rest}) == 1:
            done.append(rest[0][0])
            rest = list(dict.fromkeys(each[1:] for each in rest))
        begin = common([_text(each) for each in rest])
        if begin:
            done.append(begin)
            rest = [_without(each, len(begin)) for each in rest]
            return self._sequence([*done, self.rule(rest)])
        return self._sequence(done if rest == [()] else [*done, self._choice(rest)])

    def _choice(self, alternatives: Sequence[_Tokens]) -> Rule:
        """Return the rule of alternatives that do not all begin alike."""
        options: list[Rule] = []
        by_end: dict[_Tokens, list[str]] = {}
        for each in alternatives:
            if len(each) > 1 and isinstance(each[0], str):
                by_end.setdefault(each[1:], []).append(each[0])
        together: set[_Tokens] = set()
        for end, begins in by_end.items():
            if len(begins) > 1:
                together |= {(begin, *end) for begin in begins}
                options.append(self._sequence([self.rule([(begin,) for begin in begins]), *end]))
        by_begin: dict[object, list[_Tokens]] = {}
        for each in alternatives:
            if each not in together:
                by_begin.setdefault(_text(each)[:1] or each[:1], []).append(each)
        options += map(self.rule, by_begin.values())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self, items: Sequence[str | int | Rule]) -> Rule:
        joined: list[Rule] = []
        for item in items:
            rule = self.rules[item] if isinstance(item, int) else Literal(item) if isinstance(item, str) else item
            for part in rule.parts if isinstance(rule, Parts) else (rule,):
                last = joined[-1] if joined else None
                if isinstance(part, Literal) and isinstance(last, Literal):
                    joined[-1] = Literal(last.text + part.text)
                else:
                    joined.append(part)
        filled = [rule for rule in joined if rule != Literal("")]
        match filled:
            case []:
                return Literal("")
            case [rule]:
                return rule
            case _:
                return Parts(tuple(filled))


def _text(items: _Tokens) -> str:
    return items[0] if items and isinstance(items[0], str) else ""


def _without(items: _Tokens, length: int) -> _Tokens:
    """Return the items without the first characters of the text that they begin with."""
    rest = _text(items)[length:]
    return (rest, *items[1:]) if rest else items[1:]
