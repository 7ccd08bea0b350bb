"""What empties the line in a terminal follows from what runs there; this process is the terminal."""

import os
import pty
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from handeye.environments.desktop.terminal import line_keys
from handeye.environments.errors import ActionRejected

LINE = (("ctrl", "e"), ("ctrl", "u"))


@contextmanager
def terminal(command: Sequence[str], ready: bytes) -> Iterator[int]:
    """Run a command in a new terminal; return the process that the terminal has started when it has said something."""
    process, device = pty.fork()
    if not process:
        os.execvpe(command[0], command, {**os.environ, "TERM": "xterm"})
    try:
        said, deadline = b"", time.monotonic() + 60
        while ready not in said:
            assert time.monotonic() < deadline, said
            if select.select([device], [], [], 0.1)[0]:
                said += os.read(device, 1024)
        yield process
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(device)


@pytest.mark.parametrize(
    ("command", "ready", "keys"),
    [
        (["bash", "--norc", "-i"], b"bash-", LINE),
        (["sh", "-c", "echo begun; cat"], b"begun", (("ctrl", "u"),)),
        ([sys.executable, "-q", "-i"], b">>> ", LINE),
        (["bash", "--norc", "-c", "echo begun; exec sleep 600"], b"begun", (("ctrl", "u"),)),
    ],
    ids=["bash", "cat", "python", "a program that does not read"],
)
def test_shells_and_plain_programs_have_keys_for_it(
    command: list[str], ready: bytes, keys: tuple[tuple[str, ...], ...]
) -> None:
    with terminal(command, ready):
        deadline = time.monotonic() + 60
        while True:  # a shell changes its terminal a moment after its prompt
            try:
                found = line_keys(os.getpid())
            except ActionRejected:
                found = ()
            if found == keys:
                return
            assert time.monotonic() < deadline, found
            time.sleep(0.05)


def test_programs_with_a_screen_of_their_own_have_none(needs: Callable[..., None]) -> None:
    needs("less")
    with terminal(["less", __file__], b"What empties"), pytest.raises(ActionRejected, match="less in this terminal"):
        line_keys(os.getpid())


def test_what_is_not_known_is_rejected() -> None:
    with pytest.raises(ActionRejected, match="unknown"):
        line_keys(None)
    with pytest.raises(ActionRejected, match="unknown"):
        line_keys(os.getpid())  # nothing runs in a terminal below it
    with (
        terminal(["bash", "--norc", "-i"], b"bash-"),
        terminal(["sh", "-c", "echo begun; cat"], b"begun"),
        pytest.raises(ActionRejected, match="unknown"),
    ):
        time.sleep(0.5)
        line_keys(os.getpid())
