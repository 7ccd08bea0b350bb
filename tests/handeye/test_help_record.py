"""The examples of `handeye record`: real windows, and the input of a person as the X server delivers it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from handeye.actions.geometry import Box, Frame, Size
from handeye.actions.schema import Action, Click, Press, Terminate, Type
from handeye.agent.journal.trajectory import read_trajectory
from handeye.environments.desktop.elements import find_elements
from handeye.environments.desktop.isolated.environment import IsolatedDesktop

if TYPE_CHECKING:
    from conftest import Example

pytestmark = pytest.mark.slow

SECRET = "tea-for-2"
SHOP = "https://shop.example"
SCREEN = Frame("screenshot", Size(1280, 800))
PAUSE = 0.7
"""Seconds from one hand's movement to the next: a person takes as long, and the recorder looks in between."""
FORM = """<!doctype html><title>Shop</title><body style="margin:0"><style>* { font-size: 30px } form > * {
  position: absolute; left: 20px; height: 40px; width: 300px }</style>
<form onsubmit="event.preventDefault(); document.title = word.value === 'SECRET' ? 'Thank you' : word.value">
<input style="top:20px"> <input id="word" type="KIND" style="top:80px"> <button style="top:140px">Send</button></form>
""".replace("SECRET", SECRET)


class Person:
    """Sits at a display and works with mouse and keyboard."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = dict(environ)

    def ask(self, *words: str) -> str:
        """Run a program on the display and return what it says."""
        return subprocess.run(words, env=self.environ, capture_output=True, text=True, timeout=60).stdout

    def hand(self, *words: str) -> None:
        """Let xdotool move the hand."""
        subprocess.run(["xdotool", *words], env=self.environ, check=True, timeout=60)
        time.sleep(PAUSE)

    def click(self, x: int, y: int) -> None:
        self.hand("mousemove", str(x), str(y), "click", "1")

    def type(self, text: str) -> None:
        self.hand("type", "--delay", "30", text)

    def window(self, name: str) -> str:
        """Wait for a window, and return its number."""
        deadline = time.monotonic() + 60
        while not (found := self.ask("xdotool", "search", "--onlyvisible", "--name", name).split()):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return found[0]

    def page_corner(self, name: str, height: int) -> tuple[int, int]:
        """Return where on the display a page of this height begins, below the window's own bars."""
        lines = self.ask("xdotool", "getwindowgeometry", "--shell", self.window(name)).splitlines()
        place = dict(line.split("=") for line in lines)
        return int(place["X"]), int(place["Y"]) + int(place["HEIGHT"]) - height


@contextmanager
def recording(words: list[str], folder: Path, environ: Mapping[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """Run the command until it has been told to end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "handeye", *words],
        cwd=folder,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=60)


def until(process: "subprocess.Popen[str]", words: str) -> str:
    """Read what the command says up to the line that begins so, and return it all."""
    assert process.stdout is not None
    said = ""
    while not said.rpartition("\n")[2].startswith(words):
        line = process.stdout.readline()
        assert line, said
        said = f"{said}\n{line.rstrip()}"
    return said


def ended(process: "subprocess.Popen[str]", folder: Path) -> tuple[str, list[Action]]:
    """Press Ctrl-C; return what the command says, and the actions that it has recorded."""
    time.sleep(PAUSE)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    (kept,) = (read_trajectory(each) for each in (folder / "runs").iterdir())
    assert SECRET not in output
    assert [file for file in kept.directory.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()] == []
    return output, [action for step in kept.steps for action in step.decision.actions]


def filled(words: list[str], folder: Path, environ: Mapping[str, str]) -> tuple[str, list[Action]]:
    """Record a person who fills in the form; return what the command says at the end, and the actions."""
    with IsolatedDesktop(Size(1400, 950)) as desktop:
        person = Person({**os.environ, **desktop.environ})
        with recording(words, folder, {**person.environ, **environ}) as process:
            until(process, "recording")
            left, top = person.page_corner("Shop", 720)
            person.click(left + 100, top + 40)
            person.type("mail at home")
            person.click(left + 100, top + 100)
            person.type(SECRET)
            person.click(left + 100, top + 160)
            person.window("Thank you")
            return ended(process, folder)


def keys(person: Person) -> dict[str, Box]:
    """Wait for the keys of the calculator, and return their places."""
    deadline = time.monotonic() + 60
    while "=" not in (found := {each.text: each.box for each in find_elements(SCREEN, person.environ)}):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


@pytest.fixture(autouse=True)
def programs(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "xdotool", "chromium")


@pytest.mark.example('handeye record "Log in" --url https://shop.example')
def test_a_login(example: "Example", site: Callable[[Mapping[str, str]], str], tmp_path: Path) -> None:
    shop = site({"/": FORM.replace("KIND", "password")})
    output, actions = filled(example.where(SHOP, shop).words, tmp_path, {})
    assert [type(action) for action in actions] == [Click, Type, Click, Type, Click, Terminate]
    assert actions[1] == Type(text="mail at home")
    assert isinstance(actions[3], Type) and actions[3].secret is not None
    assert f"the text typed as {actions[3].secret!r} is secret and was not saved: a replay needs it" in output


@pytest.mark.example(
    'SHOP_PASSWORD=... handeye record "Pay" --url https://shop.example --secret password=SHOP_PASSWORD'
)
def test_a_payment(example: "Example", site: Callable[[Mapping[str, str]], str], tmp_path: Path) -> None:
    shop = site({"/": FORM.replace("KIND", "text")})
    assert list(example.environ) == ["SHOP_PASSWORD"]
    output, actions = filled(example.where(SHOP, shop).words, tmp_path, {"SHOP_PASSWORD": SECRET})
    assert [type(action) for action in actions] == [Click, Type, Click, Type, Click, Terminate]
    assert actions[3] == Type(secret="password")
    assert "recorded 5 actions" in output


@pytest.mark.example('handeye record "Add 2 and 3" --env desktop:xvfb --vnc --app galculator')
def test_a_sum(example: "Example", tmp_path: Path, needs: Callable[..., None]) -> None:
    needs("galculator", "x11vnc", "xclip")
    with recording(example.words, tmp_path, {}) as process:
        said = until(process, "recording")
        watched = re.search(r"^VNC: ([\d.]+):(\d+), password \S+$", said, re.MULTILINE)
        assert watched is not None
        with socket.create_connection((watched[1], int(watched[2])), timeout=60) as viewer:
            assert viewer.recv(12).startswith(b"RFB 003.")
        children = psutil.Process(process.pid).children(recursive=True)
        person = Person(next(child.environ() for child in children if child.name() == "galculator"))
        boxes = keys(person)
        for key in ("2", "+", "3", "="):
            person.click((boxes[key].left + boxes[key].right) // 2, (boxes[key].top + boxes[key].bottom) // 2)
        person.hand("key", "ctrl+c")
        assert person.ask("xclip", "-o", "-selection", "clipboard") == "5"
        output, actions = ended(process, tmp_path)
        _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive
    assert [type(action) for action in actions[-6:]] == [Click, Click, Click, Click, Press, Terminate]
    assert f"recorded {len(actions) - 1} actions" in output
