"""An isolated desktop: an X server without a screen, a window manager, and the programs started on it."""

import os
import subprocess
import sys
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from handeye.actions.closeable import Closeable
from handeye.actions.geometry import Size
from handeye.actions.schema import Action, OpenApp
from handeye.environments.desktop.apps import EVERY, Apps
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
from handeye.environments.errors import ActionRejected, DesktopFailed, InvalidOption
from handeye.environments.observation import Observation
from handeye.environments.secrets import Secrets
from handeye.environments.settle import Settle

_LEAST, _MOST = 200, 16_384
_SCALES = (0.5, 4.0)


class IsolatedDesktop(Closeable):
    """Xvfb, openbox and the programs that run on them, with a separate home folder.

    It does not touch the user's screen, session or files. Every process started on it ends with `close`, and also when
    this program is killed; the home folder is removed with them. Other users of the machine cannot connect to it.
    """

    def __init__(self, size: Size = Size(1280, 800), scale: float = 1.0, vnc: bool = False) -> None:
        """Check the options; `start` starts it.

        size: of the screen, in pixels.
        scale: how much larger than usual programs draw themselves, as on a high-density screen.
        vnc: whether a VNC viewer on this machine can watch and interact.

        Raises `InvalidOption`, `MissingProgram`, `MissingDependency`, and `DesktopFailed` if this is not Linux.
        """
        if not all(_LEAST <= side <= _MOST for side in size):
            raise InvalidOption(f"a desktop's sides must be from {_LEAST} to {_MOST} px, not {size}")
        if not _SCALES[0] <= scale <= _SCALES[1]:
            raise InvalidOption(f"a desktop's scale must be from {_SCALES[0]:g} to {_SCALES[1]:g}, not {scale:g}")
        if sys.platform != "linux":
            raise DesktopFailed("isolated desktops need Linux: use the user's desktop")
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
        """The environment variables for programs to run on it."""
        return self._require_running().environ

    @property
    def home(self) -> Path:
        """Its programs' home folder; `close` removes it with all its contents."""
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
        """The VNC password, different for each start; None without `vnc`."""
        return None if self._vnc is None else self._vnc.password

    def start(self) -> None:
        """Start it without programs. Raises `DesktopFailed` if that fails or it is already running."""
        if self._running is not None:
            raise DesktopFailed("the desktop is already running: close it first")
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
        """End every process started on it, and remove its folder. Closing twice is harmless."""
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
    """An isolated desktop, seen and controlled in pixels and not visible on the user's screen.

    May be used from any thread. Calls are serialized; `close` may be called at any time.
    """

    def __init__(
        self,
        *,
        size: Size = Size(1280, 800),
        scale: float = 1.0,
        vnc: bool = False,
        monitor: int | str | None = None,
        apps: Sequence[str] = (),
        open_apps: bool = False,
        secrets: Mapping[str, str] | None = None,
        settle: Settle = DESKTOP_SETTLE,
        kill_switch: StopSwitch | None = None,
        on_start: Callable[[IsolatedDesktop], None] | None = None,
    ) -> None:
        """Check the options; each `reset` starts a desktop.

        size, scale, vnc: as for `IsolatedDesktop`.
        open_apps: whether each desktop begins with all `apps` open, the first one in front.
        on_start: called with each desktop that has started, for example to report where it can be watched.
        The others are as for `DesktopEnvironment`; a kill switch is useful with `vnc`, where a person can use it.

        Raises `InvalidOption`, `MissingProgram`, `MissingDependency`, and `DesktopFailed` if this is not Linux.
        """
        if open_apps and EVERY in apps:
            raise InvalidOption("apps: the whole menu cannot be open at the start: name the programs")
        self._desktop = IsolatedDesktop(size, scale, vnc)
        self._opened = tuple(reversed(apps)) if open_apps else ()
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
        """The types of the actions that `execute` carries out. Without apps that may be opened, none can be."""
        return self._screen.supported

    @property
    def desktop(self) -> IsolatedDesktop:
        """The desktop itself, for harnesses that run programs on it; each `reset` starts another one."""
        return self._desktop

    @property
    def app_names(self) -> tuple[str, ...]:
        """The names of the apps that may be opened."""
        return self._screen.app_names

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The names of the secrets that may be typed."""
        return self._screen.secret_names

    def reset(self) -> Observation:
        """End the previous desktop, start a new one, and return an observation. Raises `DesktopFailed`."""
        with self._screen.turn:
            self._screen.require_open()
            self._screen.disconnect()
            self._desktop.close()
            self._desktop.start()
            if self._on_start is not None:
                self._on_start(self._desktop)
            self._screen.connect(self._desktop.display, self._desktop.run, self._desktop.environ)
            seen = self._screen.observe()
        for name in self._opened:
            try:
                seen = self._screen.execute(OpenApp(name=name))
            except ActionRejected as error:
                raise DesktopFailed(f"{name} cannot be shown on the desktop: {error}") from None
        return seen

    def observe(self) -> Observation:
        """Return an observation without waiting for the screen to settle. Raises `EnvironmentLost`."""
        return self._screen.observe()

    def execute(self, action: Action) -> Observation:
        """Carry out the action, wait until the screen has settled, and return an observation.

        Raises `ActionRejected` without having done anything, `ActionPartial` with a part done, `EnvironmentLost` when
        the X server is gone, and `KillSwitch`.
        """
        return self._screen.execute(action)

    def windows(self) -> tuple[Window, ...]:
        """Return the programs' windows, front to back. For harnesses. Raises `EnvironmentLost`."""
        return self._screen.windows()

    def elements(self) -> tuple[Element, ...]:
        """Return the active window's elements that can be pointed at, in reading order, as reported through AT-SPI.

        Raises `EnvironmentLost`, and `AccessibilityUnavailable` if nothing reports elements.
        """
        return self._screen.elements()

    def focus(self, window: Window) -> None:
        """Bring a window to the front. For harnesses; actions use `open_app`. Raises `EnvironmentLost`."""
        self._screen.focus(window)

    def close(self) -> None:
        """End the desktop and every program on it. Closing twice is harmless; any other use is then an error."""
        self._finalizer()


def _close(screen: DesktopScreen, desktop: IsolatedDesktop) -> None:
    screen.close()
    with screen.turn:
        desktop.close()
