"""Elements of a real application, over a real accessibility bus."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handeye.actions.geometry import Box, Frame, Point, Size
from handeye.actions.schema import WaitUntilStable
from handeye.environments.desktop.elements import AccessibilityUnavailable, find_elements
from handeye.environments.desktop.isolated.environment import IsolatedDesktopEnvironment
from handeye.environments.element import Element

PROGRAMS = ("Xvfb", "openbox", "dbus-daemon", "mousepad", "xdotool", "/usr/libexec/at-spi-bus-launcher")
SCREEN = Frame("screenshot", Size(1000, 700))


@pytest.fixture(scope="module")
def desktop(needs: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A desktop with an accessibility bus and a text editor on it; the environment of the programs there."""
    needs(*PROGRAMS)
    home = tmp_path_factory.mktemp("home")
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "GSETTINGS_BACKEND": "memory"}
    running: list[subprocess.Popen[bytes]] = []

    def start(*command: str, pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
        running.append(
            subprocess.Popen(
                command, env=environ, pass_fds=pass_fds, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=home
            )
        )
        return running[-1]

    try:
        reading, writing = os.pipe()
        start(
            "Xvfb", "-displayfd", str(writing), "-screen", "0", "1000x700x24", "-nolisten", "tcp", pass_fds=(writing,)
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            environ["DISPLAY"] = f":{told.readline().strip()}"
        bus = start("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1")
        assert bus.stdout is not None
        environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
        start("openbox")
        (home / "note.txt").write_text("first line")
        start("mousepad", "note.txt")
        yield environ
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(60)
            if process.stdout is not None:
                process.stdout.close()


def wait_for(environ: dict[str, str], wanted: Callable[[tuple[Element, ...]], bool]) -> tuple[Element, ...]:
    deadline = time.monotonic() + 60
    while not wanted(found := find_elements(SCREEN, environ)):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


def press(environ: dict[str, str], *arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], env=environ, check=True, timeout=60)


@pytest.mark.slow
def test_the_active_window_tells_its_elements(desktop: dict[str, str]) -> None:
    found = wait_for(desktop, lambda found: any(element.editable for element in found))
    assert [element.text for element in found if element.role == "menu"] == [
        "File",
        "Edit",
        "Search",
        "View",
        "Document",
        "Help",
    ]
    assert [(element.role, element.text) for element in found if element.editable] == [("text", "first line")]

    # A part of the screen, as one of several monitors shows it.
    file = found[0].box
    part = Frame("screenshot", Size(300, 300), Point(file.left + 10, file.top + 5))
    (cut, *_) = find_elements(part, desktop)
    assert (cut.text, cut.box) == ("File", Box(0, 0, file.size.width - 10, file.size.height - 5))

    # Its boxes are where the mouse finds the elements.
    x, y = file.center
    press(desktop, "mousemove", str(x), str(y), "click", "1")
    opened = wait_for(desktop, lambda found: any(element.role == "menu item" for element in found))
    save = next(element for element in opened if element.text == "Save As...")
    x, y = save.box.center
    press(desktop, "mousemove", str(x), str(y), "click", "1")
    dialog = wait_for(desktop, lambda found: any(element.text == "Cancel" for element in found))
    assert "File" not in [element.text for element in dialog]
    x, y = next(element for element in dialog if element.text == "Cancel").box.center
    press(desktop, "mousemove", str(x), str(y), "click", "1")
    wait_for(desktop, lambda found: "File" in [element.text for element in found])


def test_without_a_bus_the_reason_is_told(tmp_path: Path) -> None:
    with pytest.raises(AccessibilityUnavailable, match="DBUS_SESSION_BUS_ADDRESS is not set"):
        find_elements(SCREEN, {"XDG_RUNTIME_DIR": str(tmp_path)})
    with pytest.raises(AccessibilityUnavailable, match="does not answer"):
        find_elements(SCREEN, {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none"})
    with pytest.raises(AccessibilityUnavailable, match="does not answer"):
        find_elements(SCREEN, {"DBUS_SESSION_BUS_ADDRESS": "nonsense"})


@pytest.mark.slow
@pytest.mark.parametrize("before", [0, 5, 995, 1400])
def test_a_secret_longer_than_what_is_told_is_in_no_element(before: int, needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "mousepad", "dbus-daemon", "/usr/libexec/at-spi-bus-launcher")
    key = "-----BEGIN KEY-----\n" + "\n".join(f"{number:03d}AbCdEfGh+/" * 5 for number in range(40))
    with IsolatedDesktopEnvironment(apps=["*"], secrets={"key": key, "x": "y" * 30}) as environment:
        environment.reset()
        file = environment.desktop.home / "note.txt"
        file.write_text("y" * before + "\n" + key + key)
        environment.desktop.run(["mousepad", "--disable-server", str(file)])
        texts: list[str] = []
        deadline = time.monotonic() + 60
        while not any(texts):
            assert time.monotonic() < deadline
            environment.execute(WaitUntilStable())
            texts = [element.text for element in environment.elements() if element.editable]
    assert "AbC" not in texts[0] and "BEGIN" not in texts[0]
