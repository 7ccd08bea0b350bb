"""Server-sent events, from bytes as they arrive.

httpx2 has a reader of its own, which replaces bytes that are not UTF-8 without a word, and drops the last event of a
server that does not end it with an empty line. Lines end at line feeds and carriage returns only: the JSON of a reply
may hold other characters that end a line of text, such as U+2028.
"""

import re
from collections.abc import Iterable, Iterator

from handeye.agent.servers.errors import BrokenReply

_LONGEST = 16 * 2**20
"""Bytes of one line."""
_END = re.compile(rb"\r\n|\n|\r(?!$)")  # a carriage return that came last may be half of an end


def events(pieces: Iterable[bytes]) -> Iterator[str]:
    """Yield the data of each event. Raises `BrokenReply` for what is not UTF-8, and for a line without an end."""
    data: list[str] = []
    for line in _lines(pieces):
        if not line:
            if data:
                yield "\n".join(data)
            data = []
            continue
        name, _, value = line.partition(b":")
        if name != b"data":  # comments keep a connection alive; the types of events say nothing that the data does not
            continue
        try:
            data.append(value.removeprefix(b" ").decode())
        except UnicodeDecodeError:
            raise BrokenReply("the reply of the server is not UTF-8, so it cannot be read") from None
    if data:
        yield "\n".join(data)


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *lines, rest = _END.split(rest + piece)
        yield from lines
        if len(rest) > _LONGEST:
            raise BrokenReply(f"the reply of the server has a line of more than {_LONGEST:,} bytes")
    if rest:
        yield rest.rstrip(b"\r")
