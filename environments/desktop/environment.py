"""The user's own desktop, seen and controlled in pixels."""

import os
import subprocess
import weakref
from collections.abc import Mapping, Sequence
from functools import partial

from handeye.actions.closeable import Closeable
from handeye.actions.schema import Action
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
    """An existing X11, Windows or macOS desktop: only actions start, move or close anything on it.

    May be used from any thread. Calls are serialized; `close` may be called at any time.
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

        display: the X display, such as ":0"; None means the one in DISPLAY. Ignored on other systems.
        monitor: the part that is visible to the policy: None for the primary monitor, a number for an index from 0,
        "all" for the union of all monitors, other text for a monitor's name, including `xrandr --setmonitor` monitors.
        apps: what `open_app` may start: names or ids of the menu's applications, commands, or "*" for the whole menu.
        Any open application can be brought to the front.
        secrets: texts that the policy may type by name. An observation's texts never hold them; programs may show them.
        settle: how long to wait for the screen after an action.
        kill_switch: how the person stops the agent: the running or next call raises `KillSwitch` (a
        KeyboardInterrupt); None leaves only Ctrl-C.

        Raises `InvalidOption`.
        """
        self._display = display
        self._environ = dict(os.environ) if display is None else {**os.environ, "DISPLAY": display}
        found = Apps(apps, self._environ)
        self._screen = DesktopScreen(DesktopOptions(monitor, found, Secrets(secrets or {}), settle, kill_switch))
        # Also on garbage collection and at interpreter exit: held keys and buttons are released.
        self._finalizer = weakref.finalize(self, self._screen.close)

    @property
    def name(self) -> str:
        """Always "desktop"."""
        return "desktop"

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that `execute` carries out. Without apps that may be opened, none can be."""
        return self._screen.supported

    @property
    def app_names(self) -> tuple[str, ...]:
        """The names of the apps that may be opened."""
        return self._screen.app_names

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The names of the secrets that may be typed."""
        return self._screen.secret_names

    def reset(self) -> Observation:
        """Connect or reconnect to the desktop and return an observation; the screen is not changed.

        Raises `DisplayNotFound`, `DisplayRefused`, `WaylandSession`, `MissingDependency`, and `InvalidOption` if there
        is no such monitor.
        """
        self._screen.connect(self._display, partial(_run, environ=self._environ), self._environ)
        return self._screen.observe()

    def observe(self) -> Observation:
        """Return an observation without waiting for the screen to settle. Raises `EnvironmentLost` and `KillSwitch`."""
        return self._screen.observe()

    def execute(self, action: Action) -> Observation:
        """Carry out the action, wait until the screen has settled, and return an observation.

        Raises `ActionRejected` without having done anything, `ActionPartial` with a part done, `EnvironmentLost` when
        the display is gone or does not answer, and `KillSwitch` when the person stops the agent.
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
        """Release held keys and buttons and disconnect. Closing twice is harmless; any other use is then an error."""
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
