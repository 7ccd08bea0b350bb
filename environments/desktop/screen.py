"""What both kinds of desktop environment have in common: one session at a time, from any thread."""

import threading
from collections.abc import Mapping

from handeye.actions.schema import Action
from handeye.environments.desktop.actions import SUPPORTED
from handeye.environments.desktop.launch import Run
from handeye.environments.desktop.session import DesktopOptions, DesktopSession
from handeye.environments.desktop.system import Window
from handeye.environments.element import Element
from handeye.environments.errors import EnvironmentLost
from handeye.environments.observation import Observation
from handeye.environments.supported import require_supported

_CLOSED = "the environment is closed"


class DesktopScreen:
    """A desktop connection that can be lost, reconnected and closed. Calls are serialized."""

    def __init__(self, options: DesktopOptions) -> None:
        """Do not connect yet."""
        self._options = options
        self._turn = threading.RLock()
        self._closed = False
        self._session: DesktopSession | None = None
        self._display: str | None = None
        self._run: Run | None = None
        self._environ: Mapping[str, str] = {}

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that are carried out. Without apps that may be opened, none can be."""
        return SUPPORTED if self.app_names else SUPPORTED - {"open_app"}

    @property
    def app_names(self) -> tuple[str, ...]:
        """The names of the apps that may be opened."""
        return self._options.apps.names

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The names of the secrets that may be typed."""
        return self._options.secrets.names

    @property
    def turn(self) -> threading.RLock:
        """The lock held while the screen is in use."""
        return self._turn

    def connect(self, display: str | None, run: Run, environ: Mapping[str, str]) -> None:
        """Connect or reconnect; change nothing on the screen. Arguments and errors as of `DesktopSession`."""
        with self._turn:
            self.require_open()
            self.disconnect()
            self._display, self._run, self._environ = display, run, environ
            self._session = DesktopSession(self._options, display, run, environ)

    def observe(self) -> Observation:
        """Look."""
        with self._turn:
            return self._require_session().observe()

    def execute(self, action: Action) -> Observation:
        """Carry out the action, wait, and return an observation."""
        require_supported(action.type, SUPPORTED)
        with self._turn:
            return self._require_session().execute(action)

    def windows(self) -> tuple[Window, ...]:
        """Return the programs' windows, front to back."""
        with self._turn:
            return self._require_session().windows()

    def elements(self) -> tuple[Element, ...]:
        """Return the active window's elements that can be pointed at."""
        with self._turn:
            return self._require_session().elements()

    def focus(self, window: Window) -> None:
        """Bring a window to the front."""
        with self._turn:
            self._require_session().focus(window)

    def require_open(self) -> None:
        """Raise `EnvironmentLost` if it has been closed."""
        if self._closed:
            raise EnvironmentLost(_CLOSED)

    def disconnect(self) -> None:
        """Disconnect; the screen is not changed."""
        with self._turn:
            session, self._session = self._session, None
            if session is not None:
                session.close()

    def close(self) -> None:
        """End the running call and disconnect permanently. May be called repeatedly."""
        self._closed = True
        session = self._session
        if session is not None:
            session.stop(EnvironmentLost(_CLOSED))
        self.disconnect()

    def _require_session(self) -> DesktopSession:
        self.require_open()
        if self._session is not None and self._session.interrupted and self._run is not None:
            self.connect(self._display, self._run, self._environ)
        if self._session is None:
            raise EnvironmentLost("there is no screen yet: reset() connects to it")
        return self._session
