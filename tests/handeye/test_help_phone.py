"""The examples of `handeye phone`: a phone in a window, adb as a person types it, and the agent on that phone."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import psutil
import pytest

from handeye.actions.geometry import Size
from handeye.actions.schema import Action, OpenApp, Terminate
from handeye.agent.cli.phone import DEFAULT_PORT
from handeye.environments.android.adb_server import AdbServer, adb_program
from handeye.environments.desktop.isolated.environment import IsolatedDesktop

if TYPE_CHECKING:
    from conftest import Example, Played, Screen

pytestmark = pytest.mark.slow

ADDRESS = f"127.0.0.1:{DEFAULT_PORT}"
DENSITY = 3
"""Pixels of the phone for one of the window."""
EDGE = 4
"""The width of a window's frame."""


class Phone(NamedTuple):
    """A phone that a person has started in a terminal."""

    process: "subprocess.Popen[str]"
    address: str
    environ: dict[str, str]
    """With adb on the path, and an adb server of its own."""

    def shell(self, line: str) -> str:
        """Run a line as a person types it, and return what it says."""
        done = subprocess.run(["sh", "-c", line], env=self.environ, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def end(self) -> None:
        """Press Ctrl-C. Nothing is left."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        assert any("chrom" in child.name() for child in children)
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=120)
        assert self.process.returncode == 0
        _, alive = psutil.wait_procs(children, timeout=60)
        assert not alive


@contextmanager
def phone(words: list[str], folder: Path, environ: Mapping[str, str]) -> Iterator[Phone]:
    """Run the command, on any free port, until the phone can be used."""
    (folder / "bin").mkdir()
    (folder / "bin/adb").symlink_to(adb_program())
    with AdbServer() as server:
        path = f"{folder / 'bin'}:{os.environ['PATH']}"
        environ = {**os.environ, **environ, "PATH": path, "ANDROID_ADB_SERVER_PORT": str(server.port)}
        process = subprocess.Popen(
            [sys.executable, "-m", "handeye", *words, "--port", "0"],
            env={**environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "120"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            assert process.stdout is not None
            said = ""
            while "press Ctrl-C to stop it" not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
            found = re.search(r"^  adb connect (127\.0\.0\.1:\d+)$", said, re.MULTILINE)
            assert found is not None, said
            yield Phone(process, found[1], environ)
        finally:
            process.kill()
            process.communicate(timeout=60)


@pytest.fixture(scope="module")
def shown(needs: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phone]:
    """A phone whose screen is a window on a display."""
    needs("Xvfb", "openbox", "xdotool", "chromium")
    with (
        IsolatedDesktop(Size(1280, 1000)) as desktop,
        phone(["phone", "--headed"], tmp_path_factory.mktemp("person"), desktop.environ) as device,
    ):
        yield device
        device.end()


def middle(device: Phone, text: str) -> tuple[int, int]:
    """Return the middle of what says `text` on the screen, in pixels of the phone."""
    device.shell(f"adb connect {device.address}")
    tree = device.shell("adb exec-out uiautomator dump /dev/tty")
    found = re.search(rf'text="{text}"[^>]*bounds="\[(\d+),(\d+)\]\[(\d+),(\d+)\]"', tree)
    assert found is not None, tree
    left, top, right, bottom = map(int, found.groups())
    return (left + right) // 2, (top + bottom) // 2


def focus(device: Phone) -> str:
    """Return the window that has the focus."""
    return device.shell("adb shell dumpsys window | grep mCurrentFocus")


@pytest.mark.example("handeye phone --headed")
def test_a_phone_in_a_window(example: "Example", shown: Phone) -> None:
    assert example.words == ["phone", "--headed"]
    find = "xdotool search --onlyvisible --name 'handeye phone' getwindowgeometry --shell"
    window = dict(line.split("=") for line in shown.shell(find).split())
    x, y = middle(shown, "Settings")
    left, bottom = int(window["X"]) + EDGE, int(window["Y"]) + int(window["HEIGHT"]) - EDGE
    place = left + x // DENSITY, bottom - (2400 - y) // DENSITY
    shown.shell(f"xdotool mousemove {place[0]} {place[1]} click 1")
    deadline = time.monotonic() + 60
    while "com.android.settings" not in (seen := focus(shown)):
        assert time.monotonic() < deadline, seen
        time.sleep(0.1)


@pytest.mark.example("adb connect 127.0.0.1:5600; adb shell input keyevent HOME")
def test_adb_as_a_person_types_it(example: "Example", shown: Phone) -> None:
    shown.shell(f"adb connect {shown.address}; adb shell am start -W -a android.settings.SETTINGS")
    shown.shell("adb disconnect")
    said = shown.shell(example.where(ADDRESS, shown.address).text)
    assert said == f"connected to {shown.address}\n"
    assert "com.android.launcher3" in focus(shown)


@pytest.mark.example(
    'handeye run "turn on airplane mode" --env android:127.0.0.1:5600 --model Qwen/Qwen2.5-VL-7B-Instruct'
)
def test_the_agent_on_it(example: "Example", shown: Phone, play: "Callable[..., Played]", tmp_path: Path) -> None:
    def script(screen: "Screen") -> Iterator[Action]:
        yield OpenApp(name="Settings")
        yield screen.click("Network & internet")
        yield screen.click("Airplane mode")
        yield Terminate(status="success")

    words = example.where(ADDRESS, shown.address).words
    done = play(words, script, folder=tmp_path, environ=shown.environ)
    assert done.status == 0, done.output
    assert shown.shell("adb shell settings get global airplane_mode_on") == "1\n"


@pytest.mark.example("handeye phone --quirk samsung-clear,foldable-closed")
def test_a_phone_with_quirks(example: "Example", tmp_path: Path) -> None:
    with phone(example.words, tmp_path, {}) as device:
        device.shell(f"adb connect {device.address}")
        assert device.shell("adb shell dumpsys SurfaceFlinger --display-id").count("Display ") == 2
        x, y = middle(device, "Search apps")
        device.shell(f"adb shell input tap {x} {y}; adb shell input text tent")
        device.shell("adb shell input keycombination CTRL_LEFT A; adb shell input keyevent DEL")
        middle(device, "ten")
        device.end()
