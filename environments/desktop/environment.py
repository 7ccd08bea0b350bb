"""The desktop of the person whose computer this is, seen and acted on in pixels."""

import os
import subprocess
import weakref
from collections.abc import Mapping, Sequence
from functools import partial

from handeye.actions.closeable import Closeable
from handeye.actions.schema import Action
from handeye.environments.desktop.actions import SUPPORTED
from handeye.environments.desktop.apps import Apps
from handeye.environments.desktop.kill_switch import StopSwitch
from handeye.environments.desktop.screen import DesktopScreen
from handeye.environments.desktop.session import DESKTOP_SETTLE, DesktopOptions
from handeye.environments.desktop.system import Window
from handeye.environments.element import Element
from handeye.environments.observation import Observation
from handeye.environments.secrets import Secrets
from handeye.environments.settle import Settle

_UPPER_LEFT = StopSwitch()


class DesktopEnvironment(Closeable):
    """A desktop of X11, Windows or macOS, as it is: nothing on it is started, moved or closed but by actions.

    It may be used from any thread. Calls are made one after the other; `close` may come at any time.
    """

    def __init__(
        self,
        *,
        display: str | None = None,
        monitor: int | str | None = None,
        apps: Sequence[str] = (),
        secrets: Mapping[str, str] | None = None,
        settle: Settle = DESKTOP_SETTLE,
        kill_switch: StopSwitch | None = _UPPER_LEFT,
    ) -> None:
        """Check the options; `reset` connects.

        display: the X display, such as ":0"; None is the one that DISPLAY names. It has no meaning elsewhere.
        monitor: what is seen and can be pointed at. None is the primary monitor, a number an index from 0, "all" the
        union of all monitors, another text a monitor's name, also of those that `xrandr --setmonitor` makes.
        apps: what `open_app` may start: names or ids of the menu's applications, commands, or "*" for the whole menu.
        Whatever is open can be brought to the front.
        secrets: texts that the policy may type by name. They are in no text of an observation; a program may show them.
        settle: how long to wait for the screen after an action.
        kill_switch: how the person stops the agent, by a `KillSwitch` (a KeyboardInterrupt) from the running or the
        next call; None leaves only Ctrl-C.

        Raises `InvalidOption`.
        """
        self._display = display
        self._environ = dict(os.environ) if display is None else {**os.environ, "DISPLAY": display}
        found = Apps(apps, self._environ)
        self._screen = DesktopScreen(DesktopOptions(monitor, found, Secrets(secrets or {}), settle, kill_switch))
        # Also when the environment is forgotten, and when the interpreter ends: what is held is let go.
        self._finalizer = weakref.finalize(self, self._screen.close)

    @property
    def name(self) -> str:
        """Always "desktop"."""
        return "desktop"

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that `execute` carries out."""
        return SUPPORTED

    def reset(self) -> Observation:
        """Connect to the desktop, anew if need be, and look; what is on it stays as it is.

        Raises `DisplayNotFound`, `DisplayRefused`, `WaylandSession`, `MissingDependency`, and `InvalidOption` if there
        is no such monitor.
        """
        self._screen.connect(self._display, partial(_run, environ=self._environ))
        return self._screen.observe()

    def observe(self) -> Observation:
        """Look, without waiting for the screen to settle. Raises `EnvironmentLost`, and `KillSwitch` when stopped."""
        return self._screen.observe()

    def execute(self, action: Action) -> Observation:
        """Carry out the action, wait until the screen has settled, and look.

        Raises `ActionRejected`, and then nothing was done, `EnvironmentLost` when the display is gone or does not
        answer, and `KillSwitch` when the person stops the agent.
        """
        return self._screen.execute(action)

    def windows(self) -> tuple[Window, ...]:
        """Return the programs' windows, the one in front first. For harnesses. Raises `EnvironmentLost`."""
        return self._screen.windows()

    def elements(self) -> tuple[Element, ...]:
        """Return what can be pointed at in the active window, in reading order, as far as its program tells (AT-SPI).

        Raises `EnvironmentLost`, and `AccessibilityUnavailable` if nothing tells.
        """
        return self._screen.elements(self._environ)

    def focus(self, window: Window) -> None:
        """Bring a window to the front. For harnesses; actions do it by `open_app`. Raises `EnvironmentLost`."""
        self._screen.focus(window)

    def close(self) -> None:
        """Let go of everything that is held, and hang up. Closing twice does nothing more; other use is an error."""
        self._finalizer()


def _run(command: Sequence[str], environ: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """Start a program that outlives this one, without a terminal."""
    return subprocess.Popen(
        list(command),
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
