"""Screenshots of the screen that a person works on, and which one was the last before each of their actions."""

import time
from collections import deque
from dataclasses import replace
from typing import NamedTuple

from handeye.environments.errors import ActionRejected, EnvironmentLost
from handeye.environments.observation import Observation
from handeye.environments.recording.events import Deed
from handeye.environments.recording.recorder import Recorder

_SOON = 0.05
"""Seconds from the last user action to the next look."""
_PAUSES = (0.15, 0.3, 0.6, 1.0)
"""Seconds between the later looks, while the user does nothing."""
_CLOSING = 1.0
_KEPT = 8
_REACTION = 0.02
"""The shortest time in seconds that a screen needs to show the effect of an action."""


class Look(NamedTuple):
    """One look, and when it started and ended."""

    began: float
    ended: float
    observation: Observation


class Looks:
    """Looks at the screen while the person does nothing, and remembers what they saw when they acted."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._looks: deque[Look] = deque(maxlen=_KEPT)
        self._before: dict[float, Look] = {}
        self._used: Look | None = None
        self._done = 0.0
        self._active = 0.0
        self._quiet = 0

    def add(self, observation: Observation) -> None:
        """Add the first look, which comes from the start of the recorder."""
        self._looks.append(Look(observation.time, time.time(), observation))

    def look(self) -> None:
        """Look if a look is due. Raises `EnvironmentLost` if the screen is gone although nobody has closed it."""
        now = time.time()
        if self._quiet == 0:
            due = self._active + _SOON
        else:
            due = self._looks[-1].ended + _PAUSES[min(self._quiet, len(_PAUSES)) - 1]
        if now < due or self._recorder.ended:
            return
        self._quiet += 1
        try:
            observation = self._recorder.observe()
        except ActionRejected:
            return  # nothing can be seen at the moment
        except EnvironmentLost:
            if not self._has_ended():
                raise
            return
        last = self._looks[-1].observation
        if observation.notices == last.notices == () and observation.screenshot == last.screenshot:
            # Keep only one copy of the same bytes.
            observation = replace(observation, screenshot=last.screenshot)
        self._looks.append(Look(now, time.time(), observation))

    def remember(self, moment: float) -> None:
        """Keep the last look before an event at `moment`."""
        self._active, self._quiet = time.time(), 0
        seen = [look for look in self._looks if look.ended <= moment]
        self._before.setdefault(moment, seen[-1] if seen else self._looks[0])

    def before(self, deed: Deed) -> tuple[Observation, bool]:
        """Return what the person saw before this deed, and whether that look is newer than their previous deed.

        A quick person acts again before the next look. The step then gets the screenshot of the step before; the equal
        time shows this.
        """
        look = self._before.get(deed.began, self._looks[-1])
        self._before = {moment: kept for moment, kept in self._before.items() if moment > deed.began}
        anew = self._used is None or (look is not self._used and look.began >= self._done + _REACTION)
        if not anew and self._used is not None:
            look = self._used
        self._used, self._done = look, deed.ended
        return look.observation, anew

    def last(self) -> Observation:
        """Return what is on the screen at the end, or the last look if the person has closed it.

        Raises `EnvironmentLost` as `look` does.
        """
        try:
            return self._recorder.observe()
        except (EnvironmentLost, ActionRejected) as error:
            if isinstance(error, EnvironmentLost) and not self._has_ended():
                raise
            last = self._looks[-1].observation
            notice = "This is the last screenshot from before the window was closed."
            return replace(last, notices=(*last.notices, notice))

    def _has_ended(self) -> bool:
        """Return whether the person has closed the recorded window. It is lost shortly before its end is reported."""
        deadline = time.monotonic() + _CLOSING
        while not self._recorder.ended and time.monotonic() < deadline:
            time.sleep(_SOON)
        return self._recorder.ended
