"""A desktop of our own leaves nothing behind, lets nobody in, and draws as large as it is told."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from handeye.actions.geometry import Size
from handeye.environments.contract.kiosk import Kiosk
from handeye.environments.contract.targets import TargetServer
from handeye.environments.desktop.environment import DesktopEnvironment
from handeye.environments.desktop.isolated.environment import IsolatedDesktop, IsolatedDesktopEnvironment
from handeye.environments.desktop.isolated.keeper import MARK, processes
from handeye.environments.errors import DesktopFailed, EnvironmentLost, InvalidOption

SHARED_MEMORY = Path("/proc/sysvipc/shm")

PROGRAM = """
import sys, time
from handeye.environments.desktop.isolated.environment import IsolatedDesktop

desktop = IsolatedDesktop()
desktop.start()
# One that leaves its parent and its session, as daemons do.
desktop.run(["sh", "-c", "setsid sleep 1000 & exec setsid xterm"])
print(desktop.environ["HANDEYE_DESKTOP"], desktop.home.parent, flush=True)
sys.stdin.readline()
if sys.argv[1] == "fail":
    raise RuntimeError("on purpose")
if sys.argv[1] == "forget":
    del desktop
"""


def until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def names(mark: str) -> set[str]:
    found = set()
    for process in processes(mark):
        with suppress(psutil.NoSuchProcess):
            found.add(psutil.Process(process).name())
    return found


def name_of(process: int) -> str:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(process).name()
    return ""


def command_line(process: psutil.Process) -> list[str]:
    """Return the words of a process; none of one that has ended."""
    with suppress(psutil.NoSuchProcess):  # a zombie's too
        return process.cmdline()
    return []


def is_stale(display: str) -> bool:
    """Whether an X server has left its socket behind; another one may have taken the number."""
    path = Path(f"/tmp/.X11-unix/X{display.removeprefix(':')}")
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except FileNotFoundError:
            return False
        except ConnectionRefusedError:
            return True
    return False


@pytest.mark.parametrize(
    ("name", "end", "group"),
    [
        ("forget", None, False),
        ("fail", None, False),
        ("wait", signal.SIGINT, True),
        ("wait", signal.SIGTERM, False),
        ("wait", signal.SIGKILL, False),
        ("wait", signal.SIGKILL, True),
    ],
)
@pytest.mark.slow
def test_nothing_is_left(
    name: str, end: signal.Signals | None, group: bool, needs: Callable[..., None], tmp_path: Path
) -> None:
    needs("Xvfb", "openbox", "xterm")
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, name],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert program.stdout is not None
    mark, folder = program.stdout.readline().split()
    assert until(lambda: names(mark) >= {"xterm", "sleep", "Xvfb"})
    if end is not None:
        (os.killpg if group else os.kill)(program.pid, end)
    program.communicate("go on\n", timeout=120)
    assert until(lambda: not Path(folder).exists() and not processes(mark))
    assert not list(tmp_path.iterdir())


SLOW_OPENBOX = """#!/bin/sh
{python} -c '
import time
from Xlib import Xatom, display
screen = display.Display()
root = screen.screen().root
root.change_property(screen.get_atom("_NET_SUPPORTING_WM_CHECK"), Xatom.WINDOW, 32, [root.id])
screen.sync()
time.sleep(1)
'
exec {openbox} "$@"
"""
"""A window manager that is already announced while it still starts, and does not focus windows opened meanwhile."""


@pytest.mark.slow
def test_it_has_started_when_a_window_that_opens_is_focused(
    needs: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("Xvfb", "openbox")
    from Xlib.display import Display

    manager = tmp_path / "openbox"
    manager.write_text(SLOW_OPENBOX.format(python=sys.executable, openbox=shutil.which("openbox")))
    manager.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with IsolatedDesktop() as desktop, closing(Display(desktop.display)) as screen:
        window = screen.screen().root.create_window(0, 0, 200, 100, 0, screen.screen().root_depth)
        window.map()
        screen.sync()
        assert until(lambda: screen.get_input_focus().focus == window)


def test_a_killed_x_server_is_a_loss_that_a_reset_mends(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox")
    with IsolatedDesktopEnvironment() as environment:
        environment.reset()
        old = environment.desktop.environ
        os.kill(environment.desktop.x_server, signal.SIGKILL)
        for _ in range(2):
            with pytest.raises(EnvironmentLost, match="gone"):
                environment.observe()
        assert environment.reset().size == (1280, 800)
        assert not processes(old[MARK])
        assert not is_stale(old["DISPLAY"])
        assert not Path(old["HOME"]).exists()


def test_sockets_of_killed_programs_go_with_them(needs: Callable[..., None], tmp_path: Path) -> None:
    needs("Xvfb", "openbox")
    path, listening = tmp_path / "socket", tmp_path / "listening"
    program = (
        "import pathlib, socket, sys, time; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); "
        "pathlib.Path(sys.argv[2]).touch(); time.sleep(99)"
    )
    with IsolatedDesktop() as desktop:
        desktop.run([sys.executable, "-c", program, str(path), str(listening)])
        assert until(listening.exists)
    assert not path.exists()


def test_a_killed_keeper_is_no_excuse(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox")
    with IsolatedDesktop() as desktop:
        mark, home = desktop.environ[MARK], desktop.home
        (keeper,) = [child for child in psutil.Process().children() if mark in command_line(child)]
        keeper.kill()
    assert not processes(mark)
    assert not home.exists()


def test_a_long_path_of_temporary_files_is_no_hindrance(
    needs: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("Xvfb", "openbox", "dbus-daemon")
    long = tmp_path / ("a" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with IsolatedDesktop() as desktop:
        assert (Path(desktop.environ["XDG_RUNTIME_DIR"]) / "bus").is_socket()


def test_programs_see_a_session_of_their_own(isolated: IsolatedDesktop, monkeypatch: pytest.MonkeyPatch) -> None:
    written = isolated.home / "environ"
    isolated.run(["sh", "-c", f"env > {written}.part && mv {written}.part {written}"])
    assert until(written.exists)
    variables = dict(line.split("=", 1) for line in written.read_text().splitlines() if "=" in line)
    assert variables["DISPLAY"] == isolated.display
    folder = str(isolated.home.parent)
    for name in ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"):
        assert variables[name].startswith(folder)
    assert folder in variables["DBUS_SESSION_BUS_ADDRESS"]
    assert "PYTEST_CURRENT_TEST" not in variables
    assert (isolated.home / ".config/gtk-3.0/settings.ini").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can run a program as another user")
def test_other_users_are_not_let_in(isolated: IsolatedDesktop, needs: Callable[..., None]) -> None:
    needs("xdpyinfo", "setpriv")
    command = ["setpriv", "--reuid=65534", "--clear-groups", "xdpyinfo", "-display", isolated.display]
    refused = subprocess.run(command, capture_output=True, text=True)
    assert refused.returncode != 0
    assert "Authorization required" in refused.stderr
    assert subprocess.run(["xdpyinfo", "-display", isolated.display], capture_output=True).returncode == 0


@pytest.mark.slow
def test_programs_draw_larger_at_a_scale(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "galculator")

    def height(scale: float) -> int:
        with IsolatedDesktop(Size(1600, 1200), scale) as desktop:
            desktop.run(["galculator"])
            with DesktopEnvironment(display=desktop.display, kill_switch=None) as environment:
                environment.reset()
                assert until(lambda: bool(environment.windows()))
                return environment.windows()[0].box.size.height

    usual, larger, double = height(1.0), height(1.5), height(2.0)
    assert 1.05 < larger / usual < 1.6  # GTK enlarges only text by a part
    assert 1.9 < double / usual < 2.1


@pytest.mark.parametrize("scale", [1.5, 2.0, 2.5])
@pytest.mark.slow
def test_chromium_draws_at_the_scale(scale: float, needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "chromium")
    with (
        IsolatedDesktop(Size(1600, 1200), scale) as desktop,
        TargetServer() as server,
        Kiosk(server.url, environ=desktop.environ),
    ):
        assert server.layout().ratio == scale


def test_vnc_shows_it_to_who_knows_the_password(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "x11vnc")
    with IsolatedDesktop(vnc=True) as desktop:
        assert desktop.vnc_address is not None and desktop.vnc_password
        host, port = desktop.vnc_address.split(":")
        assert host == "127.0.0.1"
        with socket.create_connection((host, int(port)), timeout=60) as viewer:
            greeting = viewer.recv(12)
            assert greeting.startswith(b"RFB 003.")
            viewer.sendall(greeting)
            count, *kinds = viewer.recv(16)
            assert kinds[:count] == [2]  # a password, and no way without
        listening = {
            connection.laddr.ip for connection in psutil.net_connections("tcp") if connection.laddr.port == int(port)
        }
        assert listening == {"127.0.0.1"}
    assert desktop.vnc_address is None


@pytest.mark.skipif(not SHARED_MEMORY.exists(), reason="this system does not list its shared memory")
def test_vnc_leaves_no_shared_memory_behind(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "x11vnc")
    with IsolatedDesktop(vnc=True) as desktop:
        desktop.run(["true"])
        server = next(each for each in processes(desktop.environ["HANDEYE_DESKTOP"]) if name_of(each) == "x11vnc")
    makers = [int(line.split()[4]) for line in SHARED_MEMORY.read_text().splitlines()[1:]]
    assert server not in makers


@pytest.mark.parametrize(
    ("size", "scale"), [(Size(0, 800), 1.0), (Size(1280, 20_000), 1.0), (Size(800, 600), 0.0), (Size(800, 600), 9.0)]
)
def test_options_are_checked(size: Size, scale: float) -> None:
    with pytest.raises(InvalidOption):
        IsolatedDesktop(size, scale)


def test_it_is_not_used_before_it_runs(isolated: IsolatedDesktop) -> None:
    with pytest.raises(DesktopFailed, match="not running"):
        IsolatedDesktop().run(["true"])
    with pytest.raises(DesktopFailed, match="already running"):
        isolated.start()
    with pytest.raises(OSError, match="no such program"):
        isolated.run(["no such program"])


def test_opening_an_app_is_offered_where_one_may_be_opened() -> None:
    assert "open_app" not in IsolatedDesktopEnvironment().supported
    assert "open_app" in IsolatedDesktopEnvironment(apps=["xterm"]).supported


@pytest.mark.slow
def test_the_apps_are_open_at_the_start_and_again_after_a_reset(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "xterm", "galculator")
    with IsolatedDesktopEnvironment(apps=["galculator", "xterm"], open_apps=True) as environment:
        for _ in range(2):
            seen = environment.reset()
            assert [window.app.casefold() for window in environment.windows()][:2] == ["galculator", "xterm"]
            assert seen.app is not None and seen.app.casefold() == "galculator"


def test_the_whole_menu_cannot_be_open_at_the_start(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox")
    with pytest.raises(InvalidOption, match="name the programs"):
        IsolatedDesktopEnvironment(apps=["*"], open_apps=True)
