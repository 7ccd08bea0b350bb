"""Opening applications on a desktop."""

import subprocess
import time
from collections.abc import Callable, Sequence

from handeye.environments.desktop.apps import App, Apps
from handeye.environments.desktop.system import DesktopSystem, Window
from handeye.environments.errors import ActionRejected
from handeye.environments.secrets import Secrets

OPEN_SECONDS = 20.0
"""How long a program may take to show its first window."""
_POLL = 0.05

Run = Callable[[Sequence[str]], "subprocess.Popen[bytes]"]


class Launcher:
    """Brings an application to the front, starting it if it is not open."""

    def __init__(
        self, apps: Apps, system: DesktopSystem, run: Run, wait: Callable[[float], None], secrets: Secrets
    ) -> None:
        self._apps = apps
        self._system = system
        self._run = run
        self._wait = wait
        self._secrets = secrets
        self._news: list[str] = []
        self._started: list[subprocess.Popen[bytes]] = []

    def open(self, name: str) -> None:
        """Bring the application's window to the front, or start it and wait for a window.

        Raises `ActionRejected` if it is not allowed and not open, cannot be started, or does not come to the front.
        """
        windows = self._system.windows()
        found = self._apps.require(name, windows, self._secrets)
        if isinstance(found, Window):
            self._system.focus(found)
            self._require_in_front(found)
        else:
            self._launch(found, {window.id for window in windows})

    def news(self) -> list[str]:
        """Return notices about opened applications, each only once."""
        # Reap processes that have ended, so that they do not remain as zombies.
        self._started = [process for process in self._started if process.poll() is None]
        news, self._news = self._news, []
        return news

    def _require_in_front(self, window: Window) -> None:
        if not self._system.has_window_manager():
            return
        active = self._system.active_window()
        if active is None or (active.id != window.id and active.process != window.process):
            raise ActionRejected("its window is open, but the desktop does not bring it to the front")

    def _launch(self, app: App, before: set[int]) -> None:
        try:
            process = self._run(app.command)
        except OSError as error:
            raise ActionRejected(f"{app.name} could not be started: {error.strerror or error}") from None
        self._started.append(process)
        deadline = time.monotonic() + OPEN_SECONDS
        while time.monotonic() < deadline:
            # Exit status 0 is not a failure: many programs hand over to a running instance.
            if process.poll():
                self._news.append(f"{app.name} exited immediately with status {process.returncode}.")
                return
            if any(window.id not in before for window in self._system.windows()):
                return
            self._wait(_POLL)
        self._news.append(f"{app.name} was started, but has shown no window for {OPEN_SECONDS:g} s.")
