from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.agent.servers.errors import BrokenReply
from handeye.agent.servers.events import events

STREAM = 'data: {"a": "ü\u2028\x85"}\n\n: ping\n\nevent: x\ndata:one\ndata: two\r\n\r\ndata: [DONE]'.encode()


def test_comments_types_and_lines_of_one_event() -> None:
    assert list(events([STREAM])) == ['{"a": "ü\u2028\x85"}', "one\ntwo", "[DONE]"]


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_it_does_not_matter_where_the_pieces_end(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in pairwise(places)]
    assert list(events(pieces)) == list(events([STREAM]))


def test_what_is_not_utf_8_is_not_guessed() -> None:
    with pytest.raises(BrokenReply, match="not UTF-8"):
        list(events([b'data: {"a": "\xfc"}\n\n']))


def test_a_line_without_an_end_is_given_up() -> None:
    with pytest.raises(BrokenReply, match="a line of more than"):
        list(events(b"data: " + b"x" * 2**20 for _ in range(64)))
