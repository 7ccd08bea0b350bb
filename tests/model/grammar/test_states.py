"""Rules as automata, byte by byte, against what fits them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.grammar import Character, Choice, Literal, Repeat, Rule, Without, choice, number, sequence
from handeye.model.grammar.automaton import Automaton
from handeye.model.grammar.distance import FAR, distances
from handeye.model.grammar.states import DEAD, States
from tests.actions.rule_texts import matches
from tests.model.grammar.rules import CALL, LETTERS, NAMED, rules

SINGLE = frozenset(bytes([byte]) for byte in range(256))
"""The texts of a vocabulary of bytes."""


def states_of(rule: Rule) -> States:
    automaton = Automaton(rule)
    return States(automaton, distances(automaton, SINGLE))


def accepts(states: States, text: str) -> bool:
    state = states.after(states.start, text.encode())
    return bool(states.distance[state] == 0)


def completed(states: States, text: bytes) -> bytes | None:
    """Return a text that begins with another and is complete, along the shortest way; None if there is none."""
    state = states.after(states.start, text)
    if state == DEAD:
        return None
    while states.distance[state]:
        row = states.following(state)
        byte = int(states.distance[row].argmin())
        assert states.distance[row[byte]] == states.distance[state] - 1
        text, state = text + bytes([byte]), int(row[byte])
    return text


@given(rules, st.text(LETTERS, max_size=8))
def test_it_accepts_what_fits(rule: Rule, text: str) -> None:
    assert accepts(states_of(rule), text) == matches(rule, text)


@given(st.lists(st.text("abß", min_size=1, max_size=4), max_size=3), st.text("abcß", max_size=12))
def test_text_without_others(texts: list[str], text: str) -> None:
    assert accepts(states_of(Without(tuple(texts))), text) == (not any(each in text for each in texts))


@pytest.mark.parametrize("texts", [("b", "abc"), ("ab", "aabb"), ("a", "ab", "abc"), ("ca", "bcab")])
def test_a_text_within_another_ends_it_too(texts: tuple[str, ...]) -> None:
    states = states_of(Without(texts))
    for length in range(6):
        for letters in itertools.product("abc", repeat=length):
            text = "".join(letters)
            assert accepts(states, text) == (not any(each in text for each in texts))


@given(rules, st.data())
def test_every_text_that_fits_is_followed_byte_by_byte_and_every_other_one_left(
    rule: Rule, data: st.DataObject
) -> None:
    """A state is dead exactly if no text that fits begins so."""
    states, text = states_of(rule), b""
    for _ in range(8):
        whole = completed(states, text)
        if whole is None:
            break
        assert matches(rule, whole.decode())
        text += bytes([data.draw(st.sampled_from([*"ab\nß€🙂".encode(), 0xC3, 0x80, 0xED]))])
    begun = text.decode("utf-8", "ignore")
    if completed(states, text) is None and begun.encode() == text:
        assert not any(matches(rule, begun + rest) for rest in ("", "a", "b", "ab", "ß"))


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (Character(), "a\t\n ~ \xa0߿ࠀ퟿\ue000\uffff𐀀\U0010ffff", "\r\x00\x1f\x7f\x80\x85\x9f"),
        (Character(but="a€🙂"), "bß₭🙃", "a€🙂\x7f"),
        (Character("a€🙂\r"), "a€🙂\r", "bß\n"),
        (Character(of="a", but="a"), "a", "b"),
    ],
)
def test_characters(rule: Rule, good: str, bad: str) -> None:
    states = states_of(rule)
    assert [each for each in good if not accepts(states, each)] == []
    assert [each for each in bad if accepts(states, each)] == []


@pytest.mark.parametrize("text", [b"\xed\xa0\x80", b"\xc0\x80", b"\xe0\x80\x80", b"\xf4\x90\x80\x80", b"\xff", b"\x80"])
def test_bytes_that_are_not_utf8_lead_nowhere(text: bytes) -> None:
    for rule in (Repeat(Character()), Without(("a",)), Character(but="ß")):
        states = states_of(rule)
        assert states.after(states.start, text) == DEAD


def test_a_thought_ends_where_the_call_begins() -> None:
    states = states_of(CALL)
    call = '<tool_call>\n{"type": "click", "point": [0, 1079]}\n</tool_call>'
    for thought in ("", "I see <tool", "<<tool_call", "é\n"):
        assert accepts(states, thought + call)
    assert not accepts(states, call + call)
    assert not accepts(states, "I see.")
    assert not accepts(states, call.replace("1079", "1080"))


@pytest.mark.parametrize("name", NAMED)
def test_the_least_texts(name: str) -> None:
    states = states_of(NAMED[name])
    whole = completed(states, b"")
    assert whole is not None
    assert matches(NAMED[name], whole.decode())
    assert states.distance[states.start] == len(whole)


@pytest.mark.parametrize("rule", [Choice(()), sequence("a", Choice(())), Repeat(Choice(()), 1)])
def test_a_rule_that_nothing_fits(rule: Rule) -> None:
    states = states_of(rule)
    assert states.distance[states.start] == FAR
    assert states.start == DEAD


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Repeat(Character(), 0, 1000), "more than 500 states: lower the bounds"),
        (Repeat(Repeat(Literal("ab"), 0, 100), 0, 100), "more than 500 states"),
        (Repeat(Literal("a"), 3, 2), "at least 3 and at most 2 times"),
        (Repeat(Literal("a"), -1), "at least -1"),
        (Without(("a", "")), "in which the empty text does not occur"),
        (Literal("a\ud800"), "half a character"),
        (Character("\udfff"), "half a character"),
    ],
)
def test_a_rule_that_cannot_be_compiled(rule: Rule, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handeye.model.grammar.automaton.MOST_STATES", 500)
    with pytest.raises(ValueError, match=said) as caught:
        Automaton(rule)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "rule",
    [
        Repeat(Literal(""), 10**9, 10**9),
        Repeat(Repeat(Literal(""), 0, 10**9), 5, 5),
        Repeat(Repeat(Repeat(Literal("")))),
        sequence(Repeat(Repeat(Literal(""))), ""),
        Repeat(choice(["", ""])),
    ],
)
def test_nothing_many_times_is_nothing(rule: Rule) -> None:
    states = states_of(rule)
    assert accepts(states, "")
    assert states.after(states.start, b"a") == DEAD
    impossible = states_of(sequence("a", rule, Choice(())))
    assert impossible.start == DEAD


def test_a_long_repetition_has_few_members_a_state() -> None:
    states = states_of(sequence(Repeat(Character("ab"), 10, 1000), "."))
    text = "ab" * 500
    assert accepts(states, text + ".")
    assert not accepts(states, text + "a.")
    assert not accepts(states, "a" * 9 + ".")
    assert max(map(len, states._members)) <= 3


def test_tokens_along_one_way_count_once() -> None:
    automaton = Automaton(sequence('{"type": "click", "x": ', number(0, 99), "}"))
    texts = SINGLE | {b'{"', b"type", b'": "', b"click", b'", "', b'x": '}
    assert distances(automaton, texts)[automaton.start] == 8  # with 0 and }
    assert distances(automaton, SINGLE)[automaton.start] == 25
    assert distances(automaton, SINGLE - {b"}"})[automaton.start] == FAR
