"""Recording what a person does on an X11 desktop: their own, or an isolated one shown by VNC."""

import queue
import time
from collections.abc import Callable, Collection, Sequence

from handeye.actions.closeable import Closeable
from handeye.actions.geometry import Point
from handeye.actions.schema import OpenApp
from handeye.environments.environment import Environment
from handeye.environments.errors import EnvironmentLost
from handeye.environments.observation import Observation
from handeye.environments.recording.events import Did, HandEvent
from handeye.environments.recording.x11 import X11Hands


class DesktopRecorder(Closeable):
    """A desktop on which a person works.

    The pause key ends the recording, as does the end of the X server.
    """

    def __init__(
        self, environment: Environment, display: Callable[[], str | None], open_apps: Sequence[str] = ()
    ) -> None:
        """`environment` shows the desktop; it is closed with the recorder.

        display: returns the name of its X display once it runs; None means the one in DISPLAY.
        open_apps: the apps to open for the person at the beginning, as a part of the recording.
        """
        self._environment = environment
        self._display = display
        self._open_apps = tuple(open_apps)
        self._hands: X11Hands | None = None
        self._opened: list[HandEvent] = []
        self._seen: Observation | None = None

    @property
    def name(self) -> str:
        """The environment's name."""
        return self._environment.name

    @property
    def ended(self) -> bool:
        """Whether the person has pressed the stop key, or the display is gone."""
        return self._hands is not None and self._hands.ended

    def start(self) -> Observation:
        """Connect, open the apps, and listen. Raises what the environment and `X11Hands` raise."""
        self._seen = first = self._environment.reset()
        for app in self._open_apps:
            action = OpenApp(name=app)
            self._opened.append(Did(time.time(), action))
            self._seen = self._environment.execute(action)
        self._hands = X11Hands(self._display(), self._pixel)
        return first

    def observe(self) -> Observation:
        """Look."""
        self._seen = self._environment.observe()
        return self._seen

    def take(self, seconds: float) -> Collection[HandEvent]:
        """Return the events since the last call, waiting for some for at most `seconds`."""
        if self._hands is None:
            raise EnvironmentLost("nothing is recorded yet: call start() first")
        taken, self._opened = self._opened, []
        try:
            taken.append(self._hands.events.get(timeout=0 if taken else seconds))
            while True:
                taken.append(self._hands.events.get_nowait())
        except queue.Empty:
            return taken

    def close(self) -> None:
        """Stop listening, and close the environment."""
        if self._hands is not None:
            self._hands.close()
        self._environment.close()

    def _pixel(self, point: Point) -> Point:
        """Map a point of the display to a pixel of the newest screenshot; the nearest one if it is outside."""
        if self._seen is None:
            return point
        for transform in reversed(self._seen.transforms):
            point = transform.inverse().point(transform.target.clamp(point))
        return self._seen.frame.clamp(point)
