"""`handeye record` with a real window: keys and clicks come from the X server, as those of a person do."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from handeye.actions.geometry import Size
from handeye.actions.schema import Back, Click, CloseTab, Navigate, NewTab, Terminate, Type
from handeye.agent.journal.trajectory import read_trajectory
from handeye.environments.browser.chromium import find_chromium
from handeye.environments.desktop.isolated.environment import IsolatedDesktop

pytestmark = pytest.mark.slow

PAGE = """<!doctype html><title>Form</title><body style='margin:0; font-size:30px'>
<input id=q style='margin:20px;width:300px;height:40px'>
<button style='height:40px' onclick="document.body.style.background='#cfc'">Send</button><br>
<a href='/two' style='margin:20px'>two</a>"""


def test_a_person_at_a_window(
    needs: Callable[..., None], site: Callable[[Mapping[str, str]], str], tmp_path: Path
) -> None:
    needs("Xvfb", "openbox", "xdotool", "chromium")
    windowed = find_chromium(headless=False)
    url = site({"/": PAGE, "/two": "<h1>Two", "/three": "<h1>Three"})
    with IsolatedDesktop(Size(1000, 750)) as desktop:
        display = {**os.environ, "DISPLAY": desktop.display}
        command = [sys.executable, "-m", "handeye", "record", "Send it", "--url", url, "--viewport", "700x400"]
        recording = subprocess.Popen(
            [*command, "--out", "r"], cwd=tmp_path, env=display, stdout=subprocess.PIPE, text=True
        )
        watchdog = threading.Timer(300, recording.kill)
        watchdog.start()
        try:
            assert recording.stdout is not None
            assert recording.stdout.readline().startswith("recording")
            left, top = page_corner(display, 400)

            def hand(*arguments: str, pause: float = 1.2) -> None:
                subprocess.run(["xdotool", *arguments], env=display, check=True, timeout=120)
                time.sleep(pause)

            hand("mousemove", str(left + 100), str(top + 40), "click", "1", pause=0.7)
            hand("type", "--delay", "30", "Hello", pause=0.7)
            hand("mousemove", str(left + 360), str(top + 40), "click", "1")
            hand("mousemove", str(left + 40), str(top + 110), "click", "1")
            hand("key", "ctrl+l", pause=0.3)
            hand("type", "--delay", "20", f"{url}/three\n")
            hand("key", "alt+Left")
            hand("key", "ctrl+t")
            hand("key", "ctrl+w")
            recording.send_signal(signal.SIGINT)
            output = recording.communicate(timeout=120)[0]
        finally:
            watchdog.cancel()
            recording.kill()
            recording.wait()
    assert recording.returncode == 0, output
    steps = read_trajectory(tmp_path / "r").steps
    actions = [action for step in steps for action in step.decision.actions]
    assert [type(action) for action in actions] == [
        Click,
        Type,
        Click,
        Click,
        Navigate,
        Back,
        NewTab,
        CloseTab,
        Terminate,
    ]
    assert actions[1] == Type(text="Hello")
    assert actions[4] == Navigate(url=f"{url}/three")
    # The same Chromium without its window, on no display: the first steps lead to the same screens.
    away = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    done = subprocess.run(
        [sys.executable, "-m", "handeye", "replay", "r", "--out", "again", "--patience", "30"],
        cwd=tmp_path,
        env={**away, "HANDEYE_CHROMIUM": str(windowed)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert f"HANDEYE_CHROMIUM={windowed} handeye replay r" in output or find_chromium() == windowed
    assert done.returncode == 0, done.stdout + done.stderr


def page_corner(display: Mapping[str, str], height: int) -> tuple[int, int]:
    """Return where on the display the page begins, below the window's own bars."""

    def ask(*arguments: str) -> str:
        return subprocess.run(["xdotool", *arguments], env=display, capture_output=True, text=True, timeout=120).stdout

    deadline = time.monotonic() + 60
    while not (found := ask("search", "--onlyvisible", "--name", "Form").split()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    place = dict(line.split("=") for line in ask("getwindowgeometry", "--shell", found[0]).splitlines())
    return int(place["X"]), int(place["Y"]) + int(place["HEIGHT"]) - height
