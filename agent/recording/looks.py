"""The looks at a screen that a person works on: which one was the last before what they did."""

import time
from collections import deque
from dataclasses import replace
from typing import NamedTuple

from handeye.environments.errors import ActionRejected, EnvironmentLost
from handeye.environments.observation import Observation
from handeye.environments.recording.events import Deed
from handeye.environments.recording.recorder import Recorder

_SOON = 0.05
"""Seconds after the last thing that was done until the next look."""
_PAUSES = (0.15, 0.3, 0.6, 1.0)
"""Seconds between the looks after that, while nothing is done."""
_CLOSING = 1.0
_KEPT = 8
_REACTION = 0.02
"""Seconds that a screen needs at least to show what was done."""


class Look(NamedTuple):
    """One look, and when it was begun and over."""

    began: float
    ended: float
    observation: Observation


class Looks:
    """Looks at the screen while the person does nothing, and remembers what they saw when they did something."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._looks: deque[Look] = deque(maxlen=_KEPT)
        self._before: dict[float, Look] = {}
        self._used: Look | None = None
        self._done = 0.0
        self._active = 0.0
        self._quiet = 0

    def add(self, observation: Observation) -> None:
        """Take the first look, which the recorder began with."""
        self._looks.append(Look(observation.time, time.time(), observation))

    def look(self) -> None:
        """Look, if it is time for it. Raises `EnvironmentLost` if the screen is gone and nobody has closed it."""
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
            return  # nothing can be seen just now
        except EnvironmentLost:
            if not self._has_ended():
                raise
            return
        last = self._looks[-1].observation
        if observation.notices == last.notices == () and observation.screenshot == last.screenshot:
            # One copy of the bytes is enough.
            observation = replace(observation, screenshot=last.screenshot)
        self._looks.append(Look(now, time.time(), observation))

    def remember(self, moment: float) -> None:
        """Keep what was seen last before something that was done at `moment`."""
        self._active, self._quiet = time.time(), 0
        seen = [look for look in self._looks if look.ended <= moment]
        self._before.setdefault(moment, seen[-1] if seen else self._looks[0])

    def before(self, deed: Deed) -> tuple[Observation, bool]:
        """Return what the person saw when they did this, and whether that is later than what they did before it.

        Someone quick has done the next thing before anybody looked. The screenshot is then that of the step before,
        with the same time, and it is known by that.
        """
        look = self._before.get(deed.began, self._looks[-1])
        self._before = {moment: kept for moment, kept in self._before.items() if moment > deed.began}
        anew = self._used is None or (look is not self._used and look.began >= self._done + _REACTION)
        if not anew and self._used is not None:
            look = self._used
        self._used, self._done = look, deed.ended
        return look.observation, anew

    def last(self) -> Observation:
        """Return what is on the screen at the end; what was seen last, where the person has closed it.

        Raises `EnvironmentLost` as `look` does.
        """
        try:
            return self._recorder.observe()
        except (EnvironmentLost, ActionRejected) as error:
            if isinstance(error, EnvironmentLost) and not self._has_ended():
                raise
            last = self._looks[-1].observation
            notice = "This was seen last, before the window was closed."
            return replace(last, notices=(*last.notices, notice))

    def _has_ended(self) -> bool:
        """Return whether the person has closed what is recorded. What closes is lost a moment before that is known."""
        deadline = time.monotonic() + _CLOSING
        while not self._recorder.ended and time.monotonic() < deadline:
            time.sleep(_SOON)
        return self._recorder.ended
