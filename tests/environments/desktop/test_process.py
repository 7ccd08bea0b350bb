"""Whether a program is at work."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from handeye.environments.desktop.process import is_at_rest, is_at_work


@pytest.fixture
def spinning(needs: Callable[..., None]) -> Iterator[int]:
    """The id of a process whose child never rests."""
    program = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"
    process = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
    yield process.pid
    os.killpg(process.pid, 9)
    process.wait()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_work_is_seen_also_in_a_child(spinning: int) -> None:
    until(lambda: is_at_work(spinning))
    sleeping = subprocess.Popen(["sleep", "600"])
    until(lambda: not is_at_work(sleeping.pid))
    sleeping.kill()
    sleeping.wait()
    assert not is_at_work(sleeping.pid)


def test_rest_is_that_of_every_thread() -> None:
    program = "import threading, time; threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()"
    spinning = subprocess.Popen([sys.executable, "-c", program])
    sleeping = subprocess.Popen(["sleep", "600"])
    try:
        until(lambda: not is_at_rest(spinning.pid))
        until(lambda: is_at_rest(sleeping.pid))
    finally:
        for process in (spinning, sleeping):
            process.kill()
            process.wait()
    assert is_at_rest(spinning.pid)
