"""Rules for tests, and what they describe, found in another way than by automata."""

import re
from collections.abc import Iterable

from hypothesis import strategies as st

from handeye.actions.grammar import (
    Character,
    Choice,
    Literal,
    Repeat,
    Rule,
    Sequence,
    Without,
    choice,
    number,
    sequence,
)

STRING = sequence(
    '"',
    Repeat(
        choice(
            [
                Character(but='"\\\n\t'),
                sequence(
                    "\\", choice([Character('"\\/bfnrt'), sequence("u", Repeat(Character("0123456789abcdef"), 4, 4))])
                ),
            ]
        )
    ),
    '"',
)
"""A string in JSON, with escapes."""
CLICK = sequence('{"type": "click", "point": [', number(0, 1919), ", ", number(0, 1079), "]}")
TYPE = sequence('{"type": "type", "text": ', STRING, "}")
KEYS = tuple(f"{name}{count}" for name in ("ctrl+", "F", "page_", "media-", "ß") for count in range(40))
PRESS = sequence('{"type": "press", "keys": ["', choice(KEYS), '"]}')
STEP = sequence('{"thought": ', STRING, ', "action": ', choice([CLICK, TYPE, PRESS]), "}")
CALL = sequence(Without(("<tool_call>",)), "<tool_call>\n", choice([CLICK, PRESS]), "\n</tool_call>")
NAMED: dict[str, Rule] = {"click": CLICK, "type": TYPE, "press": PRESS, "step": STEP, "call": CALL}

LETTERS = "ab\nß€🙂\x7f"
"""Characters of one to four bytes, and one that is none of any."""

_leaves = st.one_of(
    st.builds(Literal, st.text(LETTERS, max_size=3)),
    st.builds(Character, st.text(LETTERS, max_size=3), st.text(LETTERS, max_size=3)),
)


def _bounds(rule: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    return st.builds(
        lambda inner, least, more: Repeat(inner, least, None if more is None else least + more),
        rule,
        st.integers(0, 2),
        st.none() | st.integers(0, 3),
    )


def _nested(rule: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    several = st.lists(rule, min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(Sequence, several), st.builds(Choice, several), _bounds(rule))


regular: st.SearchStrategy[Rule] = st.recursive(_leaves, _nested, max_leaves=6)
"""Rules that a regular expression can describe."""
rules: st.SearchStrategy[Rule] = st.recursive(
    _leaves | st.builds(Without, st.lists(st.text("ab\nß", min_size=1, max_size=3), max_size=2).map(tuple)),
    _nested,
    max_leaves=6,
)
_ANY = re.compile("[\t\n\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]")


def fits(rule: Rule, text: str) -> bool:
    """Tell whether a rule describes a text, by trying all ways."""
    return len(text) in _ends(rule, text, {0})


def _ends(rule: Rule, text: str, starts: Iterable[int]) -> set[int]:
    """Return where a part of the text can end that begins at one of some places and fits."""
    match rule:
        case Literal(wanted):
            return {start + len(wanted) for start in starts if text.startswith(wanted, start)}
        case Character(of, but):
            return {start + 1 for start in starts if start < len(text) and _may_be(text[start], of, but)}
        case Sequence(parts):
            places = set(starts)
            for part in parts:
                places = _ends(part, text, places)
            return places
        case Choice(options):
            return {end for option in options for end in _ends(option, text, starts)}
        case Repeat(inner, least, most):
            places, found = set(starts), set[int]()
            for time in range(least + len(text) + 1 if most is None else most + 1):
                found |= places if time >= least else set()
                places = _ends(inner, text, places)
            return found
        case Without(texts):
            return {
                end
                for start in starts
                for end in range(start, len(text) + 1)
                if all(map(_ANY.fullmatch, text[start:end])) and not any(each in text[start:end] for each in texts)
            }


def _may_be(character: str, of: str, but: str) -> bool:
    return character in of if of else character not in but and _ANY.fullmatch(character) is not None
