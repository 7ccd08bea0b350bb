"""A text counts as typed only if the field shows a difference that nothing else explains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.environments.android.proof import Proof, arrived, proof, proof_in_cleared

_TEXTS = st.text(st.sampled_from("abä 中"), max_size=8)


@given(_TEXTS, _TEXTS.filter(str.strip), st.integers(0, 8))
def test_what_was_typed_anywhere_has_arrived(before: str, text: str, at: int) -> None:
    after = before[:at] + text + before[at:]
    hint = "".join(before.split()) == "".join(text.split())  # then it may have arrived twice
    assert proof(before, after, text) in ({Proof.ARRIVED, Proof.UNKNOWN} if hint else {Proof.ARRIVED})
    assert arrived(before, after, text) is not None


@given(_TEXTS, _TEXTS.filter(str.strip))
def test_what_was_swallowed_never_counts(before: str, text: str) -> None:
    assert proof(before, before, text) is not Proof.ARRIVED
    assert proof_in_cleared(before, before, text) is not Proof.ARRIVED


@given(_TEXTS, st.text("abc", min_size=2, max_size=8), st.data())
def test_a_text_whose_end_is_missing_never_counts(before: str, text: str, data: st.DataObject) -> None:
    part = text[: data.draw(st.integers(0, len(text) - 1))]
    after = before + part
    # Only a hint that vanishes leaves nothing else: then the field reads the text alone.
    if "".join(after.split()) != text:
        assert proof(before, after, text) is not Proof.ARRIVED


@pytest.mark.parametrize(
    ("before", "after", "text", "judged"),
    [
        ("Search", "Search", "Search", Proof.UNKNOWN),  # a hint, or the text
        ("Search", "Search", "cats", Proof.DIFFERS),
        ("Search", "cats", "cats", Proof.ARRIVED),  # over a hint, or over what was selected
        ("one two ", "one two e two", "one two", Proof.DIFFERS),  # the first letters are lost
        ("", "xyxy", "xy", Proof.DIFFERS),
        ("ab", "abab", "ab", Proof.UNKNOWN),  # beside it, or twice over a hint
        ("ab", "abcab", "abc", Proof.ARRIVED),
        ("a\u00a0b", "a b\u200ec", "c", Proof.ARRIVED),  # spaces that the field changes
        (None, "some cats", "cats", Proof.UNKNOWN),
        (None, "some dogs", "cats", Proof.DIFFERS),
        ("a", "a ", " ", Proof.ARRIVED),
        ("a", "a", " ", Proof.UNKNOWN),
    ],
)
def test_what_fields_read(before: str | None, after: str, text: str, judged: Proof) -> None:
    assert proof(before, after, text) is judged


@pytest.mark.parametrize(
    ("hint", "after", "text", "judged"),
    [
        ("", "cats", "cats", Proof.ARRIVED),
        ("To", "cats", "cats", Proof.ARRIVED),
        ("To", "To", "To", Proof.UNKNOWN),
        ("+49", "+49 170", "170", Proof.DIFFERS),
        ("", "catscats", "cats", Proof.DIFFERS),
    ],
)
def test_what_cleared_fields_read(hint: str, after: str, text: str, judged: Proof) -> None:
    assert proof_in_cleared(hint, after, text) is judged


@pytest.mark.parametrize(
    ("before", "after", "text", "part"),
    [("", "123", "12345", "123"), ("Hint", "Hint", "abc", ""), ("x", "xab", "abc", "ab"), ("", "zzz", "abc", None)],
)
def test_how_much_has_arrived(before: str, after: str, text: str, part: str | None) -> None:
    assert arrived(before, after, text) == part
