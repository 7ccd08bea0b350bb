"""Rules for tests, and what they describe, found in another way than by automata."""

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
    several = st.lists(rule, max_size=3).map(tuple)
    return st.one_of(st.builds(Sequence, several), st.builds(Choice, several), _bounds(rule))


rules: st.SearchStrategy[Rule] = st.recursive(
    _leaves | st.builds(Without, st.lists(st.text("ab\nß", min_size=1, max_size=3), max_size=2).map(tuple)),
    _nested,
    max_leaves=6,
)
