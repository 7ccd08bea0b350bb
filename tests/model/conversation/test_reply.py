"""Streaming of a reply, and where it ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as Library
from tokenizers import decoders, models, pre_tokenizers

from handeye.model.conversation.reply import Reply
from handeye.model.conversation.tokenizer import Tokenizer

ALPHABET = sorted(pre_tokenizers.ByteLevel.alphabet())
LIBRARY = Library(models.BPE(vocab={byte: index for index, byte in enumerate(ALPHABET)}, merges=[]))
LIBRARY.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
LIBRARY.decoder = decoders.ByteLevel()
TOKENIZER = Tokenizer(LIBRARY)


def stream(text: str, stop: tuple[str, ...]) -> tuple[Reply, list[str], bool]:
    pieces: list[str] = []
    reply = Reply(TOKENIZER, stop, pieces.append)
    stopped = any(reply.push(token) for token in TOKENIZER.encode(text))
    reply.close()
    return reply, pieces, stopped


@given(st.text(alphabet="ab🙂", max_size=12), st.lists(st.text(alphabet="ab🙂", min_size=1, max_size=4), max_size=3))
def test_a_reply_ends_before_its_first_stop_string(text: str, stop: list[str]) -> None:
    reply, pieces, stopped = stream(text, tuple(stop))
    ends = [end for end in range(len(text) + 1) if any(text[:end].endswith(mark) for mark in stop)]
    if ends:
        seen = text[: ends[0]]
        assert reply.text == seen[: min(len(seen) - len(mark) for mark in stop if seen.endswith(mark))]
    else:
        assert reply.text == text
    assert stopped == bool(ends)
    assert "".join(pieces) == reply.text


class Chunks:
    """A tokenizer whose tokens are pieces of any length."""

    def __init__(self, pieces: list[str]) -> None:
        self._pieces = pieces

    def decode(self, ids: list[int]) -> str:
        return "".join(self._pieces[index] for index in ids)


@given(
    st.lists(st.text(alphabet="abc", min_size=1, max_size=5), max_size=5),
    st.lists(st.text(alphabet="abc", min_size=1, max_size=4), max_size=3),
)
def test_it_does_not_matter_how_the_text_is_cut(pieces: list[str], stop: list[str]) -> None:
    def run(parts: list[str]) -> tuple[str, str]:
        heard: list[str] = []
        reply = Reply(Chunks(parts), stop, heard.append)  # type: ignore[arg-type]
        any(reply.push(index) for index in range(len(parts)))
        reply.close()
        return reply.text, "".join(heard)

    whole, heard = run(pieces)
    assert whole == heard
    assert (whole, heard) == run(list("".join(pieces)))


@pytest.mark.parametrize(
    ("stop", "text"),
    [
        (["abcd", "bc"], "a"),  # "bc" is complete first
        (["bcd", "abcd"], ""),  # both at once: the longest
        (["cd", "bcd"], "a"),
        (["d", "abcde"], "abc"),
    ],
)
def test_overlapping_stop_strings(stop: list[str], text: str) -> None:
    reply = Reply(Chunks(["abcdef"]), stop, None)  # type: ignore[arg-type]
    assert reply.push(0)
    assert reply.text == text


@pytest.mark.parametrize("stop", ["</tool_call>", "", [1], [None], [b"x"]])
def test_what_is_no_list_of_strings_is_an_error(stop: object) -> None:
    with pytest.raises(TypeError, match=r"stop must be a list of strings, such as"):
        Reply(TOKENIZER, stop, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("prefix", "written", "text", "stopped"),
    [
        ("say: ", "yes", "say: yes", False),
        ("a\nb", "c\nd", "a\nbc", True),  # the line break in the prefix ends nothing
        ("one\r", "\ntwo", "one\r", True),
        ("x", "", "x", False),
        ("", "yes\nno", "yes", True),
    ],
)
def test_a_reply_begins_with_its_prefix(prefix: str, written: str, text: str, stopped: bool) -> None:
    pieces: list[str] = []
    reply = Reply(TOKENIZER, ("\n",), pieces.append, prefix)
    assert any(reply.push(token) for token in TOKENIZER.encode(written)) == stopped
    reply.close()
    assert reply.text == "".join(pieces) == text
    assert pieces[0].startswith(prefix)


def test_a_stop_string_does_not_begin_in_the_prefix() -> None:
    pieces: list[str] = []
    reply = Reply(TOKENIZER, ("</call>",), pieces.append, "<call>x</")
    for token in TOKENIZER.encode("call>"):
        assert not reply.push(token)
    assert "".join(pieces) == reply.text == "<call>x</call>"  # nothing is held back either


def test_a_prefix_is_text() -> None:
    with pytest.raises(TypeError, match="prefix must be a string, not None"):
        Reply(TOKENIZER, (), None, None)  # type: ignore[arg-type]


def test_only_what_may_become_a_stop_string_is_held_back() -> None:
    pieces: list[str] = []
    reply = Reply(TOKENIZER, ("</tool_call>",), pieces.append)
    for token in TOKENIZER.encode("a </b> </tool"):
        reply.push(token)
    assert "".join(pieces) == "a </b> "
    reply.close()
    assert "".join(pieces) == reply.text == "a </b> </tool"


@given(
    st.lists(st.text(alphabet="ab", max_size=5), max_size=8),
    st.lists(st.text(alphabet="ab", min_size=1, max_size=6), max_size=4),
)
def test_no_more_and_no_less_is_held_back(pieces: list[str], stop: list[str]) -> None:
    heard: list[str] = []
    reply = Reply(Chunks(pieces), stop, heard.append)  # type: ignore[arg-type]
    for index in range(len(pieces)):
        if reply.push(index):
            break
        text = reply.text
        begun = [end for end in range(len(text) + 1) if any(mark.startswith(text[end:]) for mark in stop)]
        assert "".join(heard) == text[: min(begun, default=len(text))]


def test_a_long_stop_string_takes_no_longer_than_its_length() -> None:
    """It would take minutes if each token were compared with each beginning of it."""
    pieces = ["ab" * 10] * 2000
    reply = Reply(Chunks(pieces), ["a" * 30_000], None)  # type: ignore[arg-type]
    assert not any(reply.push(index) for index in range(len(pieces)))
    assert reply.text == "".join(pieces)


def test_text_after_a_stop_string_is_dropped() -> None:
    reply, pieces, stopped = stream("yes\nno", ("\n",))
    assert (reply.text, "".join(pieces), stopped) == ("yes", "yes", True)


def test_without_a_listener() -> None:
    reply = Reply(TOKENIZER, (), None)
    for token in TOKENIZER.encode("text"):
        assert not reply.push(token)
    assert reply.text == "text"


def test_an_empty_stop_string_is_an_error() -> None:
    with pytest.raises(ValueError, match="empty stop string"):
        Reply(TOKENIZER, ("",), None)
