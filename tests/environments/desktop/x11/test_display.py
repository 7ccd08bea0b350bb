"""Displays that are not there, do not let us in, or go away."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handeye.actions.geometry import Point
from handeye.environments.desktop.input import PartlyDone
from handeye.environments.desktop.x11.device import X11Device
from handeye.environments.desktop.x11.display import open_display
from handeye.environments.desktop.x11.input import X11Input
from handeye.environments.errors import ActionRejected, DisplayNotFound, DisplayRefused, EnvironmentLost, WaylandSession

NOBODY = ":54321"


@pytest.fixture(autouse=True)
def no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)


class Server:
    """An Xvfb of its own, for tests that harm it."""

    def __init__(self, *arguments: str) -> None:
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "320x240x24", "-nolisten", "tcp", *arguments]
        self.process = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as answer:
            self.name = f":{answer.readline().strip()}"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def server(needs: Callable[..., None]) -> Iterator[Server]:
    needs("Xvfb")
    server = Server()
    yield server
    server.process.terminate()  # so that it removes its lock file
    server.process.wait()


def test_no_display_is_set() -> None:
    with pytest.raises(DisplayNotFound, match="DISPLAY is not set"):
        open_display(None)


@pytest.mark.parametrize("name", ["nonsense", "a b:0", ":x", "tcp/:3", ":99999"])
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(DisplayNotFound, match="is not the name of an X display"):
        open_display(name)


def test_nothing_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DisplayNotFound, match=f"nothing answers at the X display {NOBODY}"):
        X11Input(NOBODY)
    monkeypatch.setenv("DISPLAY", NOBODY)
    with pytest.raises(DisplayNotFound, match=f"nothing answers at the X display {NOBODY}"):
        X11Input(None)


@pytest.mark.parametrize(("variable", "value"), [("WAYLAND_DISPLAY", "wayland-0"), ("XDG_SESSION_TYPE", "wayland")])
def test_wayland_without_x_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(WaylandSession, match=r"X11 \(Xorg\) session.*desktop:xvfb"):
        open_display(None)
    monkeypatch.setenv("DISPLAY", NOBODY)
    with pytest.raises(WaylandSession):
        open_display(None)
    with pytest.raises(DisplayNotFound):
        open_display(NOBODY)


def test_an_x_server_within_wayland_is_a_display(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("DISPLAY", server.name)
    X11Input(None).close()


def test_a_display_that_refuses(tmp_path: Path, needs: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    needs("Xvfb", "xauth")
    keys = tmp_path / "keys"
    key = ["xauth", "-f", str(keys), "add", ":0", "MIT-MAGIC-COOKIE-1", "0123456789abcdef0123456789abcdef"]
    subprocess.run(key, check=True, stderr=subprocess.DEVNULL)
    server = Server("-auth", str(keys))
    try:
        empty = tmp_path / "empty"
        empty.touch()
        monkeypatch.setenv("XAUTHORITY", str(empty))
        with pytest.raises(DisplayRefused, match=r"refuses access: .*XAUTHORITY") as refusal:
            open_display(server.name)
        assert "\n" not in str(refusal.value)
    finally:
        server.process.terminate()
        server.process.wait()


def test_nothing_is_printed_about_an_empty_file_of_keys(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    monkeypatch.setenv("XAUTHORITY", str(empty))
    open_display(server.name).close()
    assert capsys.readouterr().out == ""


def test_a_killed_server_is_a_lost_environment(server: Server) -> None:
    hands = X11Input(server.name)
    hands.type("é")
    server.kill()
    at = Point(5, 5)
    uses: list[Callable[[], object]] = [
        hands.pointer,
        hands.release,
        lambda: hands.move(at),
        lambda: hands.click(at, modifiers=["ctrl"]),
        lambda: hands.long_press(at, 0.1),
        lambda: hands.drag([at, Point(9, 9)]),
        lambda: hands.scroll(at, 0, 5),
        lambda: hands.type("a中"),
        lambda: hands.press(["ctrl", "a"]),
        lambda: hands.hold(["a"], 0.1),
        lambda: hands.require(text="a"),
    ]
    for use in uses:
        with pytest.raises(EnvironmentLost, match=f"the X display {server.name} is gone"):
            use()
    hands.close()


@pytest.mark.slow
@pytest.mark.parametrize("call", ["hold", "drag", "type"])
def test_a_server_that_is_killed_within_a_call(server: Server, call: str) -> None:
    hands = X11Input(server.name)
    calls: dict[str, Callable[[], None]] = {
        "hold": lambda: hands.hold(["ctrl", "shift"], 3.0),
        "drag": lambda: hands.drag([Point(0, 0), Point(300, 200)] * 500, modifiers=["alt"]),
        "type": lambda: hands.type("".join(map(chr, range(0x4E00, 0x4E00 + 5000)))),
    }
    killer = threading.Timer(0.15, server.kill)
    killer.start()
    try:
        with pytest.raises(EnvironmentLost):
            calls[call]()
    finally:
        killer.join()
    hands.close()


def test_a_server_that_hangs_is_a_lost_environment(server: Server) -> None:
    device = X11Device(server.name)
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(EnvironmentLost), device.call(at_most=0.3):
            device.sync()
        device.close(lambda: None)
    finally:
        os.kill(server.process.pid, signal.SIGCONT)


def test_servers_that_number_their_extensions_otherwise(server: Server) -> None:
    other = Server("-extension", "MIT-SHM")
    try:
        displays = [open_display(name) for name in (server.name, other.name, server.name)]
        first, second, again = (display.extension_event.ScreenChangeNotify for display in displays)
        assert first == again != second
        for display, number in zip(displays, (first, second, again), strict=True):
            assert display.display.event_classes[number].__name__ == "ScreenChangeNotify"
            display.sync()
            display.close()
    finally:
        other.process.terminate()
        other.process.wait()


@pytest.mark.parametrize("error", [RuntimeError, KeyError, SystemExit])
def test_whatever_ends_a_call_lets_go_of_everything(server: Server, error: type[BaseException]) -> None:
    device = X11Device(server.name)
    shift = 50
    with pytest.raises(error), device.call():
        device.key(shift, True)
        device.button(1, True)
        raise error
    with device.call():
        assert device.root.query_pointer().mask == 0
    device.close(lambda: None)


def test_what_the_server_refuses_is_named(server: Server) -> None:
    device = X11Device(server.name)
    refusal = f"the X display {server.name} refuses a request: BadAtom"
    with pytest.raises(ActionRejected, match=refusal), device.call():
        device.display.get_atom_name(123_456)
    with pytest.raises(PartlyDone, match=refusal), device.call():
        device.key(50, True)
        device.display.get_atom_name(123_456)
    with device.call():
        assert device.root.query_pointer().mask == 0

    def farewell() -> None:
        device.key(50, True)
        device.display.get_atom_name(123_456)

    display = open_display(server.name)  # before: a server starts afresh when its last client goes
    device.close(farewell)
    assert display.screen().root.query_pointer().mask == 0
    display.close()


def test_importing_needs_no_display_and_no_xlib() -> None:
    script = """
import sys
sys.modules["Xlib"] = None
from handeye.environments.desktop import input as desktop_input
from handeye.environments.desktop.x11 import clipboard as x11_clipboard
from handeye.environments.desktop.x11 import input as x11_input
from handeye.environments.desktop.x11 import xkb as x11_xkb
from handeye.actions.errors import MissingDependency
try:
    x11_input.X11Input(":0")
except MissingDependency as error:
    assert str(error) == 'needs python-xlib: pip install "handeye[desktop]"', error
else:
    raise SystemExit("no error")
"""
    subprocess.run([sys.executable, "-c", script], check=True, env={**os.environ})
