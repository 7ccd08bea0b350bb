import asyncio
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.environments.simulated_phone.adbd.message import CHECKED_VERSION, VERSION, BadMessage, Command, Message

messages = st.builds(
    Message,
    st.sampled_from(Command),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.binary(max_size=200),
)


def read(data: bytes) -> Message:
    async def fed() -> Message:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        return await Message.read(reader)

    return asyncio.run(fed())


def test_the_bytes_of_a_message() -> None:
    message = Message(Command.OPEN, 1, 0, b"shell:ls\0")
    old, new = message.encode(CHECKED_VERSION), message.encode(VERSION)
    assert old[:4] == new[:4] == b"OPEN"
    assert struct.unpack("<6I", old[:24])[3:] == (9, sum(b"shell:ls"), Command.OPEN ^ 0xFFFFFFFF)
    assert struct.unpack("<6I", new[:24])[4] == 0
    assert old[24:] == new[24:] == b"shell:ls\0"


@given(messages, st.sampled_from([VERSION, CHECKED_VERSION]))
def test_what_is_written_is_read_again(message: Message, version: int) -> None:
    assert read(message.encode(version)) == message


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<6I", Command.OKAY, 0, 0, 0, 0, 1),
        struct.pack("<6I", 1, 0, 0, 0, 0, 1 ^ 0xFFFFFFFF),
        struct.pack("<6I", Command.WRTE, 0, 0, 2**31, 0, Command.WRTE ^ 0xFFFFFFFF),
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(BadMessage):
        read(data)


@given(messages, st.integers(0, 100))
def test_a_message_that_is_cut_off_is_the_end(message: Message, missing: int) -> None:
    data = message.encode(VERSION)
    with pytest.raises(asyncio.IncompleteReadError):
        read(data[: max(0, len(data) - 1 - missing)])
