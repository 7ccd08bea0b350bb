"""CRC-32C (Castagnoli), the checksum of TFRecords.

Long inputs are cut into many equal parts whose checksums are computed together, four bytes of each at a time, and then
joined: the checksum of two texts after each other is that of the first, moved on by the length of the second, xor that
of the second.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Words: TypeAlias = NDArray[np.uint32]

_POLYNOMIAL: Final = 0x82F63B78
_PARTS: Final = 4096
"""A power of two: parts are joined in pairs."""
_LONG: Final = 64 * _PARTS
"""Shorter inputs are not worth cutting."""
_BITS: Final = np.uint32(1) << np.arange(32, dtype=np.uint32)


def _byte_table() -> Words:
    values = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = np.where(values & 1, (values >> 1) ^ np.uint32(_POLYNOMIAL), values >> 1).astype(np.uint32)
    return values


_TABLE: Final = _byte_table()
_NUMBERS: Final = tuple(int(value) for value in _TABLE)


def _zeros(states: Words, count: int) -> Words:
    """Return states after `count` zero bytes."""
    for _ in range(count):
        states = _TABLE[states & 0xFF] ^ (states >> 8)
    return states


_HALVES: Final = np.arange(1 << 16, dtype=np.uint32)
_LOW: Final = _zeros(_HALVES, 4)
_HIGH: Final = _zeros(_HALVES << np.uint32(16), 4)
"""What a state with this lower, or upper, half becomes after four zero bytes."""


def crc32c(data: bytes | memoryview) -> int:
    """Return the checksum of bytes."""
    state = 0xFFFFFFFF
    if len(data) >= _LONG:
        words = len(data) // (4 * _PARTS)
        state = _joined(memoryview(data)[: 4 * words * _PARTS], words, state)
        data = memoryview(data)[4 * words * _PARTS :]
    for byte in data:
        state = _NUMBERS[(state ^ byte) & 0xFF] ^ (state >> 8)
    return state ^ 0xFFFFFFFF


def masked(checksum: int) -> int:
    """Return a checksum as a TFRecord stores it: turned by 15 bits, plus a constant (tensorflow, hash/crc32c.h)."""
    return (((checksum >> 15) | (checksum << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def _joined(data: memoryview, words: int, state: int) -> int:
    """Return the state after `_PARTS` parts, each of so many words of four bytes."""
    # (parts, words) -> (words, parts): one word of each part in a row
    rows = np.ascontiguousarray(np.frombuffer(data, "<u4").reshape(_PARTS, words).T)
    states = np.zeros(_PARTS, np.uint32)
    states[0] = state
    for row in rows:
        mixed = states ^ row
        states = np.take(_LOW, mixed & 0xFFFF) ^ np.take(_HIGH, mixed >> 16)
    moving = _moved_by(4 * words)
    while len(states) > 1:
        states = _move(moving, states[0::2]) ^ states[1::2]
        moving = _move(moving, moving)
    return int(states[0])


def _moved_by(length: int) -> Words:
    """Return what each bit of a state becomes after `length` zero bytes: (32,)."""
    moved, step = _BITS, _zeros(_BITS, 1)
    while length:
        if length & 1:
            moved = _move(step, moved)
        step = _move(step, step)
        length >>= 1
    return moved


def _move(bits: Words, states: Words) -> Words:
    """Return states moved by the map that takes bit i to `bits[i]`."""
    found = np.zeros_like(states)
    for place in range(32):
        found ^= np.where((states >> np.uint32(place)) & 1, bits[place], np.uint32(0)).astype(np.uint32)
    return found
