"""Sets of characters, and their bytes."""

from hypothesis import given
from hypothesis import strategies as st

from handeye.model.grammar.utf8 import ANY, Span, sequences, spans, within, without


def holds(span: Span, character: str) -> bool:
    """Tell whether the sequences of a span hold the bytes of a character, and how often at most."""
    text = character.encode()
    found = [
        each
        for each in sequences(span)
        if len(each) == len(text)
        and all(part.first <= byte <= part.last for part, byte in zip(each, text, strict=True))
    ]
    assert len(found) <= 1
    return bool(found)


@given(st.characters(exclude_categories=["Cs"]), st.characters(exclude_categories=["Cs"]), st.data())
def test_the_bytes_of_a_span_are_those_of_its_characters(one: str, other: str, data: st.DataObject) -> None:
    first, last = sorted((ord(one), ord(other)))
    for part in within([Span(0, 0xD7FF), Span(0xE000, 0x10FFFF)], [Span(first, last)]):
        inside = data.draw(st.characters(min_codepoint=part.first, max_codepoint=part.last))
        assert holds(part, inside)
        outside = data.draw(st.characters(exclude_categories=["Cs"]))
        assert holds(part, outside) == (part.first <= ord(outside) <= part.last)


def test_every_sequence_is_of_whole_characters() -> None:
    """All that the sequences of any character allow can be read as UTF-8."""
    for span in ANY:
        for parts in sequences(span):
            for end in (0, 1):
                text = bytes(part[end] for part in parts)
                assert span.first <= ord(text.decode()) <= span.last


def test_any_character_is_no_control_character_and_no_surrogate() -> None:
    import unicodedata

    for code in range(0x110000):
        wanted = unicodedata.category(chr(code)) not in ("Cc", "Cs") or chr(code) in "\t\n"
        if code < 0x200 or 0xD000 <= code < 0xE100:
            assert any(first <= code <= last for first, last in ANY) == wanted


@given(st.text("abcdxyz"), st.text("abcdxyz"))
def test_sets(one: str, other: str) -> None:
    def members(parts: list[Span]) -> set[str]:
        return {chr(code) for first, last in parts for code in range(first, last + 1)}

    assert members(spans(one)) == set(one)
    assert members(without(spans(one), spans(other))) == set(one) - set(other)
    assert members(within(spans(one), spans(other))) == set(one) & set(other)
