"""What reaches a phone's shell arrives as it was, and what comes back is read as it was sent."""

import shlex
import struct
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.environments.android.shell import command, read_packets, script
from handeye.environments.errors import EnvironmentLost

_WORDS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"))


@given(st.lists(_WORDS, min_size=1))
def test_every_word_arrives_as_it_is(words: list[str]) -> None:
    assert shlex.split(command(*words)) == words


def test_a_real_shell_reads_them_the_same() -> None:
    words = [
        "$(reboot)",
        "`reboot`",
        "a;b",
        "a&b",
        "a|b",
        "'",
        '"',
        "\\",
        "*",
        "~",
        "<>",
        "a\nb",
        "",
        "中😀",
        "-n",
        "!",
    ]
    done = subprocess.run(["sh", "-c", "printf '%s\\0' " + command(*words)], capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == words


def test_numbers_are_words_and_a_nul_is_none() -> None:
    assert command("input", "tap", 0, 12) == "input tap 0 12"
    assert script("a", "b") == "a && b"
    with pytest.raises(ValueError, match="NUL"):
        command("a\0b")


def _packet(kind: int, body: bytes) -> bytes:
    return struct.pack("<BI", kind, len(body)) + body


def test_packets_are_sorted_into_both_outputs_and_a_status() -> None:
    data = _packet(1, "é".encode()[:1]) + _packet(2, b"oh") + _packet(1, "é".encode()[1:]) + _packet(3, b"\x07")
    result = read_packets(data)
    assert result == ("é", "oh", 7)
    assert result.said == "é\noh"


@given(st.integers(0, 30))
def test_packets_that_break_off_are_a_loss(length: int) -> None:
    whole = _packet(1, b"some output") + _packet(3, b"\0")
    if length < len(whole):
        with pytest.raises(EnvironmentLost, match="disconnected"):
            read_packets(whole[:length])
