"""However a program ends, no process and no temporary folder of its browser is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

PROGRAM = """
import signal, sys, time
from handeye.actions.schema import Wait
from handeye.environments.browser.environment import BrowserEnvironment

def ready():
    print("ready", flush=True)
    sys.stdin.readline()

def fail():
    environment = BrowserEnvironment()
    environment.reset()
    ready()
    raise RuntimeError("on purpose")

def wait():
    environment = BrowserEnvironment()
    environment.reset()
    print("ready", flush=True)
    environment.execute(Wait(seconds=600))

def interrupted_and_goes_on():
    with BrowserEnvironment() as environment:
        environment.reset()
        try:
            print("ready", flush=True)
            environment.execute(Wait(seconds=600))
        except KeyboardInterrupt:
            assert environment.observe().size == (1280, 720)
            print("still there", flush=True)

globals()[sys.argv[1]]()
"""


def run(name: str, folder: Path, end: signal.Signals | None = None, group: bool = False) -> tuple[int, str]:
    """Run the program, end it by a signal or let it go on; return its exit code and what it wrote.

    Fails when a process or a file in its temporary folder outlives it.
    """
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, name],
        env={**os.environ, "TMPDIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    children = psutil.Process(program.pid).children(recursive=True)
    assert len(children) > 3
    if end is not None:
        time.sleep(0.2)
        (os.killpg if group else os.kill)(program.pid, end)
    written, _ = program.communicate("go on\n", timeout=120)
    deadline = time.monotonic() + 60
    while (left := [*filter(runs, children), *folder.iterdir()]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left
    return program.returncode, written


def runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "end", "group", "code"),
    [
        ("fail", None, False, 1),
        ("wait", signal.SIGINT, True, -signal.SIGINT),
        ("wait", signal.SIGTERM, False, -signal.SIGTERM),
        ("wait", signal.SIGKILL, False, -signal.SIGKILL),
    ],
)
def test_nothing_is_left(name: str, end: signal.Signals | None, group: bool, code: int, short_folder: Path) -> None:
    returned, _ = run(name, short_folder, end, group)
    assert returned == code


@pytest.mark.slow
def test_after_an_interrupt_the_browser_is_still_there(short_folder: Path) -> None:
    returned, written = run("interrupted_and_goes_on", short_folder, signal.SIGINT, group=True)
    assert (returned, written) == (0, "still there\n")
