"""A desktop of our own: an X server that shows nothing, a window manager, and what is started on it."""

import os
import subprocess
import sys
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from handeye.actions.closeable import Closeable
from handeye.actions.geometry import Size
from handeye.actions.schema import Action
from handeye.environments.desktop.actions import SUPPORTED
from handeye.environments.desktop.apps import Apps
from handeye.environments.desktop.isolated.home import furnish
from handeye.environments.desktop.isolated.run import DesktopRun
from handeye.environments.desktop.isolated.servers import (
    VncServer,
    require_programs,
    start_session_bus,
    start_vnc,
    start_window_manager,
    start_x_server,
)
from handeye.environments.desktop.kill_switch import StopSwitch
from handeye.environments.desktop.screen import DesktopScreen
from handeye.environments.desktop.session import DESKTOP_SETTLE, DesktopOptions
from handeye.environments.desktop.system import Window
from handeye.environments.element import Element
from handeye.environments.errors import DesktopFailed, InvalidOption
from handeye.environments.observation import Observation
from handeye.environments.secrets import Secrets
from handeye.environments.settle import Settle

_LEAST, _MOST = 200, 16_384
_SCALES = (0.5, 4.0)


class IsolatedDesktop(Closeable):
    """Xvfb, openbox and the programs that are run on them, with a home folder of their own.

    None of it touches the user's screen, session or files. Every process that is started on it ends with `close`, and
    also when this program is killed; the home folder goes with them. Other users of the machine cannot connect to it.
    """

    def __init__(self, size: Size = Size(1280, 800), scale: float = 1.0, vnc: bool = False) -> None:
        """Check the options; `start` starts it.

        size: of the screen, in pixels.
        scale: how much larger than usual programs draw themselves, as on a screen of high density.
        vnc: whether a VNC viewer on this machine can watch and take part.

        Raises `InvalidOption`, `MissingProgram`, `MissingDependency`, and `DesktopFailed` elsewhere than on Linux.
        """
        if not all(_LEAST <= side <= _MOST for side in size):
            raise InvalidOption(f"a desktop must have sides from {_LEAST} to {_MOST} px, not {size}")
        if not _SCALES[0] <= scale <= _SCALES[1]:
            raise InvalidOption(f"a desktop's scale must be from {_SCALES[0]:g} to {_SCALES[1]:g}, not {scale:g}")
        if sys.platform != "linux":
            raise DesktopFailed("isolated desktops need Linux: use the desktop itself")
        require_programs(vnc)
        self._size, self._scale, self._with_vnc = size, scale, vnc
        self._running: DesktopRun | None = None
        self._vnc: VncServer | None = None
        self._finalizer: weakref.finalize[[], IsolatedDesktop] | None = None

    @property
    def display(self) -> str:
        """The name of the X display, such as ":99"."""
        return self.environ["DISPLAY"]

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment variables for programs that are to run on it."""
        return self._require_running().environ

    @property
    def home(self) -> Path:
        """The home folder of its programs; removed with everything in it by `close`."""
        return Path(self.environ["HOME"])

    @property
    def x_server(self) -> int:
        """The process id of its X server."""
        return self._require_running().processes[0].pid

    @property
    def vnc_address(self) -> str | None:
        """Where a VNC viewer on this machine can watch, such as "127.0.0.1:5900"; None without `vnc`."""
        return None if self._vnc is None else self._vnc.address

    @property
    def vnc_password(self) -> str | None:
        """What the VNC viewer has to say; another for each start."""
        return None if self._vnc is None else self._vnc.password

    def start(self) -> None:
        """Start it, without programs. Raises `DesktopFailed` if that fails or it is running already."""
        if self._running is not None:
            raise DesktopFailed("the desktop is running already: close it first")
        running = DesktopRun()
        folder = running.folder
        self._running = running
        self._finalizer = weakref.finalize(self, running.end)
        try:
            furnish(folder, self._scale)
            server = start_x_server(self._size, self._scale, running.environ, running.processes)
            running.environ["DISPLAY"] = server
            running.tell_keeper(server.removeprefix(":"))
            start_session_bus(running.environ, running.processes)
            start_window_manager(folder, running.environ, running.processes)
            if self._with_vnc:
                self._vnc = start_vnc(folder, running.environ, running.processes)
        except BaseException:
            self.close()
            raise

    def run(self, command: Sequence[str]) -> "subprocess.Popen[bytes]":
        """Start a program on the desktop, without a terminal; it ends with the desktop at the latest.

        command: the program and its arguments; no shell is involved. Raises `OSError` if it cannot be started.
        """
        running = self._require_running()
        process = subprocess.Popen(
            list(command),
            env=running.environ,
            cwd=running.environ["HOME"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        running.processes.append(process)
        return process

    def close(self) -> None:
        """End every process that was started on it, and remove its folder. Closing twice does nothing more."""
        finalizer, self._finalizer = self._finalizer, None
        self._running = self._vnc = None
        if finalizer is not None:
            finalizer()

    def __enter__(self) -> Self:
        self.start()
        return self

    def _require_running(self) -> "DesktopRun":
        if self._running is None:
            raise DesktopFailed("the desktop is not running: start it first")
        return self._running


class IsolatedDesktopEnvironment(Closeable):
    """A desktop of its own, seen and acted on in pixels, which the user's screen shows nothing of.

    It may be used from any thread. Calls are made one after the other; `close` may come at any time.
    """

    def __init__(
        self,
        *,
        size: Size = Size(1280, 800),
        scale: float = 1.0,
        vnc: bool = False,
        monitor: int | str | None = None,
        apps: Sequence[str] = (),
        secrets: Mapping[str, str] | None = None,
        settle: Settle = DESKTOP_SETTLE,
        kill_switch: StopSwitch | None = None,
        on_start: Callable[[IsolatedDesktop], None] | None = None,
    ) -> None:
        """Check the options; each `reset` starts a desktop.

        size, scale, vnc: as for `IsolatedDesktop`. on_start: told of each desktop that has started, to say where it can
        be watched. The others are as for `DesktopEnvironment`; a kill switch is of use with `vnc`, where there is a
        person to use it.

        Raises `InvalidOption`, `MissingProgram`, `MissingDependency`, and `DesktopFailed` elsewhere than on Linux.
        """
        self._desktop = IsolatedDesktop(size, scale, vnc)
        self._on_start = on_start
        found = Apps(apps, {"PATH": os.environ.get("PATH", os.defpath)})
        self._screen = DesktopScreen(DesktopOptions(monitor, found, Secrets(secrets or {}), settle, kill_switch))
        self._finalizer = weakref.finalize(self, _close, self._screen, self._desktop)

    @property
    def name(self) -> str:
        """Always "desktop"."""
        return "desktop"

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that `execute` carries out."""
        return SUPPORTED

    @property
    def desktop(self) -> IsolatedDesktop:
        """The desktop itself, for harnesses that run programs on it; another one runs after each `reset`."""
        return self._desktop

    def reset(self) -> Observation:
        """Start an empty desktop, ending the one before with all its programs, and look. Raises `DesktopFailed`."""
        with self._screen.turn:
            self._screen.require_open()
            self._screen.disconnect()
            self._desktop.close()
            self._desktop.start()
            if self._on_start is not None:
                self._on_start(self._desktop)
            self._screen.connect(self._desktop.display, self._desktop.run)
            return self._screen.observe()

    def observe(self) -> Observation:
        """Look, without waiting for the screen to settle. Raises `EnvironmentLost`."""
        return self._screen.observe()

    def execute(self, action: Action) -> Observation:
        """Carry out the action, wait until the screen has settled, and look.

        Raises `ActionRejected`, and then nothing was done, `EnvironmentLost` when the X server is gone, and
        `KillSwitch`.
        """
        return self._screen.execute(action)

    def windows(self) -> tuple[Window, ...]:
        """Return the programs' windows, the one in front first. For harnesses. Raises `EnvironmentLost`."""
        return self._screen.windows()

    def elements(self) -> tuple[Element, ...]:
        """Return what can be pointed at in the active window, in reading order, as far as its program tells (AT-SPI).

        Raises `EnvironmentLost`, and `AccessibilityUnavailable` if nothing tells.
        """
        return self._screen.elements(self._desktop.environ)

    def focus(self, window: Window) -> None:
        """Bring a window to the front. For harnesses; actions do it by `open_app`. Raises `EnvironmentLost`."""
        self._screen.focus(window)

    def close(self) -> None:
        """End the desktop and every program on it. Closing twice does nothing more; other use is an error."""
        self._finalizer()


def _close(screen: DesktopScreen, desktop: IsolatedDesktop) -> None:
    screen.close()
    with screen.turn:
        desktop.close()
