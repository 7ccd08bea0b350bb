import random

import pytest

from handeye.evals.androidcontrol.records import crc32c as module
from handeye.evals.androidcontrol.records.crc32c import crc32c, masked


def slowly(data: bytes) -> int:
    """The checksum, bit by bit."""
    state = 0xFFFFFFFF
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = state >> 1 ^ (0x82F63B78 if state & 1 else 0)
    return state ^ 0xFFFFFFFF


def test_known_checksums() -> None:
    """The check value of CRC-32C, and those of RFC 3720, B.4."""
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43
    assert crc32c(bytes(range(32))) == 0x46DD794E
    assert crc32c(b"") == 0


def test_a_masked_checksum() -> None:
    assert masked(0xE3069283) == 0xC78AB0E5
    assert masked(0) == 0xA282EAD8


@pytest.mark.parametrize("more", [0, 1, 3, 4, 16383, 16384, 40_000])
def test_long_inputs_are_cut_and_joined(monkeypatch: pytest.MonkeyPatch, more: int) -> None:
    monkeypatch.setattr(module, "_LONG", 4 * 4096)
    data = random.Random(more).randbytes(4 * 4096 + more)
    assert crc32c(data) == crc32c(memoryview(data)) == slowly(data)
