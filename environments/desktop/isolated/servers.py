"""The servers of an isolated desktop: X, the window manager, the session bus and VNC."""

import os
import secrets
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from handeye.actions.errors import MissingDependency
from handeye.actions.geometry import Size
from handeye.environments.desktop.isolated.home import WINDOW_MANAGER_SETTINGS
from handeye.environments.errors import DesktopFailed, MissingProgram

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

Processes = list["subprocess.Popen[bytes]"]

_START_SECONDS = 30.0
"""How long each server may take to start; on an idle machine all of them together take a third of a second."""
_POLL = 0.01
_DPI = 96
# By default X terminals use a bitmap font of fixed size, which also lacks Chinese.
_RESOURCES = """Xft.dpi:\t{dpi}
Xft.antialias:\t1
Xft.hinting:\t1
Xft.hintstyle:\thintslight
Xft.rgba:\tnone
*VT100*faceName:\tMonospace
*VT100*faceSize:\t{points}
"""
_POINTS = 10
_BACKGROUND = 0x3B4252
"""A dark blue-grey, so that an empty desktop does not look like a failed screenshot."""


class VncServer(NamedTuple):
    """Where a desktop can be watched, and the password for it."""

    address: str
    password: str


def require_programs(vnc: bool) -> None:
    """Raise `MissingProgram` or `MissingDependency` if a requirement of isolated desktops is not installed."""
    packages = {"Xvfb": "xvfb", "openbox": "openbox"} | ({"x11vnc": "x11vnc"} if vnc else {})
    for program, package in packages.items():
        if shutil.which(program) is None:
            raise MissingProgram(program, package)
    try:
        import Xlib.display  # noqa: F401  # only to check that it is installed
    except ImportError:
        raise MissingDependency("python-xlib", "desktop") from None


def start_x_server(size: Size, scale: float, environ: MutableMapping[str, str], processes: Processes) -> str:
    """Start an X server that only this user can reach; return the name of its display."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as numbers:
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-dpi", str(round(_DPI * scale))]
        try:
            server = _start([*command, "-nolisten", "tcp", "-noreset"], environ, processes, pass_fds=(writing,))
        finally:
            os.close(writing)
        ready, _, _ = select.select([numbers], [], [], _START_SECONDS)
        number = numbers.readline().strip() if ready else b""
    if not number:
        raise _failed("Xvfb", server, environ)
    display = f":{int(number)}"
    with _connection(display) as connection:
        _restrict(connection)
        _paint(connection)
        _set_scale(connection, scale, environ)
    return display


def start_window_manager(folder: Path, environ: Mapping[str, str], processes: Processes) -> None:
    """Start openbox and wait until it manages windows.

    It takes its place before it has read its settings, and windows opened between are not focused. When it answers a
    request about a window, it has started.
    """
    manager = _start(["openbox", "--config-file", str(folder / WINDOW_MANAGER_SETTINGS)], environ, processes)
    with _connection(environ["DISPLAY"]) as connection:
        check, extents = (connection.get_atom(name) for name in ("_NET_SUPPORTING_WM_CHECK", "_NET_FRAME_EXTENTS"))
        root = connection.screen().root
        window = root.create_window(0, 0, 1, 1, 0, 0)
        if not _until(lambda: root.get_full_property(check, 0) is not None, manager):
            raise _failed("openbox", manager, environ)

        def answers() -> bool:
            _request(connection, window, "_NET_REQUEST_FRAME_EXTENTS")
            return window.get_full_property(extents, 0) is not None

        if not _until(answers, manager):
            raise _failed("openbox", manager, environ)


def start_session_bus(environ: MutableMapping[str, str], processes: Processes) -> None:
    """Start the desktop's own D-Bus session, if D-Bus is installed; programs can run without it.

    Otherwise programs would find the user's session and open their windows on the user's screen.
    """
    path = Path(environ["XDG_RUNTIME_DIR"]) / "bus"
    environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={path}"
    if shutil.which("dbus-daemon") is None:
        environ["NO_AT_BRIDGE"] = "1"
        return
    bus = _start(
        ["dbus-daemon", "--session", "--nofork", f"--address={environ['DBUS_SESSION_BUS_ADDRESS']}"], environ, processes
    )
    if not _until(path.exists, bus):
        raise _failed("dbus-daemon", bus, environ)


def start_vnc(folder: Path, environ: Mapping[str, str], processes: Processes) -> VncServer:
    """Start a VNC server that only this machine can reach, with a password."""
    password = secrets.token_urlsafe(6)  # VNC uses only eight characters
    file = folder / "vnc"
    file.touch(mode=0o600)
    file.write_text(password)
    # Without -noshm it leaves segments of shared memory behind when it is killed, until the system has no more of them.
    options = ["-localhost", "-no6", "-forever", "-shared", "-quiet", "-noshm", "-autoport", "5900"]
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as written:
        try:
            command = ["x11vnc", "-display", environ["DISPLAY"], "-passwdfile", str(file), *options]
            server = _start(command, environ, processes, output=writing)
        finally:
            os.close(writing)
        ready, _, _ = select.select([written], [], [], _START_SECONDS)
        line = written.readline().decode(errors="replace") if ready else ""
    if not line.startswith("PORT="):
        raise _failed("x11vnc", server, environ)
    return VncServer(f"127.0.0.1:{int(line.removeprefix('PORT='))}", password)


def _start(
    command: list[str],
    environ: Mapping[str, str],
    processes: Processes,
    pass_fds: tuple[int, ...] = (),
    output: int = subprocess.DEVNULL,
) -> "subprocess.Popen[bytes]":
    with _log(command[0], environ).open("wb") as log:
        process = subprocess.Popen(
            command,
            env=environ,
            cwd=environ["HOME"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=log,
            pass_fds=pass_fds,
            start_new_session=True,
        )
    processes.append(process)
    return process


def _log(program: str, environ: Mapping[str, str]) -> Path:
    return Path(environ["TMPDIR"]) / f"{program}.log"


def _failed(program: str, process: "subprocess.Popen[bytes]", environ: Mapping[str, str]) -> DesktopFailed:
    """Return the error for a server that has ended or did not become ready in time."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(1.0)  # one that has closed its output is about to end
    ended = process.returncode is not None
    what = f"has ended with exit status {process.returncode}" if ended else f"is not ready after {_START_SECONDS:g} s"
    lines = [line.strip() for line in _log(program, environ).read_text(errors="replace").split("\n")]
    telling = [line for line in lines if line and not line.startswith("Xlib:  extension ")]  # programs do without
    last = telling[-1] if telling else "no output"
    return DesktopFailed(f"{program} {what}: {last}")


def _until(condition: Callable[[], bool], process: "subprocess.Popen[bytes]") -> bool:
    """Wait until the condition holds; return whether it does before the process ends or the time is up."""
    deadline = time.monotonic() + _START_SECONDS
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    return True


def _request(connection: "Display", window: "Window", name: str) -> None:
    """Ask the window manager for something about a window."""
    from Xlib import X
    from Xlib.protocol.event import ClientMessage

    message = ClientMessage(window=window, client_type=connection.get_atom(name), data=(32, [0] * 5))
    connection.screen().root.send_event(message, X.SubstructureRedirectMask | X.SubstructureNotifyMask)


@contextmanager
def _connection(display: str) -> Iterator["Display"]:
    from Xlib.display import Display
    from Xlib.error import ConnectionClosedError, DisplayError

    try:
        with closing(Display(display)) as connection:
            yield connection
    except (ConnectionClosedError, DisplayError) as error:
        raise DesktopFailed(f"the X server has ended while the desktop was starting ({error})") from None


def _restrict(connection: "Display") -> None:
    """Deny access to the machine's other users, with requests that python-xlib does not support: families 5 and 252."""
    from Xlib import X
    from Xlib.protocol import rq

    class ChangeHosts(rq.Request):
        _request = rq.Struct(
            rq.Opcode(109),
            rq.Card8("mode"),
            rq.RequestLength(),
            rq.Card8("family"),
            rq.Pad(1),
            rq.LengthOf("host", 2),
            rq.Binary("host"),
        )

    server_interpreted, any_local = 5, 252
    user = f"localuser\0#{os.getuid()}".encode()
    ChangeHosts(display=connection.display, mode=X.HostInsert, family=server_interpreted, host=user)
    ChangeHosts(display=connection.display, mode=X.HostDelete, family=any_local, host=b"")
    connection.sync()


def _paint(connection: "Display") -> None:
    root = connection.screen().root
    root.change_attributes(background_pixel=_BACKGROUND)
    root.clear_area()
    connection.sync()


def _set_scale(connection: "Display", scale: float, environ: MutableMapping[str, str]) -> None:
    """Tell programs how large to draw themselves: integer factors through variables, the rest through Xft.dpi.

    GTK scales everything but text by integer factors only. Chromium multiplies GTK's factor by that of Xft.dpi, as GTK
    does for text and Qt for everything, so that each of them arrives at `scale`; LibreOffice follows GTK. Programs that
    read neither variable, such as X terminals, are scaled by their own resources.
    """
    from Xlib import Xatom

    whole = max(int(scale), 1)
    resources = _RESOURCES.format(dpi=round(_DPI * scale / whole), points=_POINTS * whole)
    connection.screen().root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, resources.encode())
    connection.sync()
    if whole > 1:
        environ["GDK_SCALE"] = environ["QT_SCALE_FACTOR"] = str(whole)
