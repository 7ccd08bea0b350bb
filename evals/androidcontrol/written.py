"""Writes TFRecords of episodes: what the self-test reads back."""

import gzip
import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from handeye.evals.androidcontrol.records.crc32c import crc32c, masked
from handeye.evals.androidcontrol.records.forest import Node


def record(content: bytes) -> bytes:
    """Return a record of a TFRecord file."""
    length = struct.pack("<Q", len(content))
    return length + _checksum(length) + content + _checksum(content)


def write_shard(path: Path, examples: Sequence[bytes]) -> None:
    """Write a file of records, compressed as AndroidControl's are."""
    path.write_bytes(gzip.compress(b"".join(map(record, examples)), compresslevel=1, mtime=0))


def example(features: Mapping[str, Sequence[bytes] | Sequence[int]]) -> bytes:
    """Return a tf.train.Example of lists of bytes or of whole numbers that are not negative."""
    entries = b"".join(_field(1, _field(1, name.encode()) + _field(2, _list(each))) for name, each in features.items())
    return _field(1, entries)


def episode(
    number: int,
    goal: str,
    actions: Sequence[Mapping[str, object]],
    instructions: Sequence[str],
    screens: Sequence[tuple[bytes, tuple[int, int], bytes]],
) -> bytes:
    """Return an episode; `screens` are the PNG, the size and the forest of each."""
    return example(
        {
            "episode_id": [number],
            "goal": [goal.encode()],
            "actions": [json.dumps(action).encode() for action in actions],
            "step_instructions": [text.encode() for text in instructions],
            "screenshots": [png for png, _, _ in screens],
            "accessibility_trees": [tree for _, _, tree in screens],
            "screenshot_widths": [width for _, (width, _), _ in screens],
            "screenshot_heights": [height for _, (_, height), _ in screens],
        }
    )


def forest(windows: Sequence[tuple[tuple[int, int, int, int], Sequence[Node]]]) -> bytes:
    """Return an AndroidAccessibilityForest of windows: the bounds and the nodes of each."""
    found = b""
    for bounds, nodes in windows:
        tree = b"".join(_field(1, _node(node)) for node in nodes)
        found += _field(1, _field(1, _bounds(bounds)) + _field(11, tree))
    return found


def _node(node: Node) -> bytes:
    found = _field(2, _bounds([int(side) for side in node.bounds]))
    if node.description:
        found += _field(4, node.description.encode())
    if node.text:
        found += _field(7, node.text.encode())
    found += _number(21, int(node.is_scrollable)) + _number(23, int(node.is_visible))
    return found if node.is_leaf else found + _field(25, _varint(1))


def _bounds(sides: Sequence[int]) -> bytes:
    """Return a ProtoRect, which leaves out zeros."""
    return b"".join(_number(place, side) for place, side in enumerate(sides, start=1) if side)


def _list(values: Sequence[bytes] | Sequence[int]) -> bytes:
    packed = b"".join(_varint(value) for value in values if isinstance(value, int))
    if packed:
        return _field(3, _field(1, packed))
    return _field(1, b"".join(_field(1, value) for value in values if isinstance(value, bytes)))


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    value &= 0xFFFFFFFFFFFFFFFF
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def _checksum(content: bytes) -> bytes:
    return struct.pack("<I", masked(crc32c(content)))
