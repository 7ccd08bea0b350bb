"""Recording a screen without anyone acting on it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from handeye.agent.recording.reel import Reel
from handeye.environments.environment import Environment

_LEAST = 0.001
"""Seconds between two frames at least: the clock may be set back."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What was recorded."""

    frames: int
    seconds: float
    """From the first frame to the last."""


def watch(
    environment: Environment,
    reel: Reel,
    *,
    fps: float,
    seconds: float | None,
    stop: threading.Event,
    on_frame: Callable[[Watched], None] = lambda watched: None,
) -> Watched:
    """Record what an environment shows, until `stop` is set or the seconds are over.

    Args:
        environment: It is started, and then only looked at. The caller closes it, and the reel.
        reel: Takes the frames.
        fps: So many frames a second, if the screen can be looked at that often; each keeps its own time.
        seconds: Ends the recording; None records until `stop` is set.
        stop: Ends the recording.
        on_frame: Called after each frame.

    Raises:
        EnvironmentLost: the screen is gone. What was recorded before is kept.
        RecordingNotWritten: a frame cannot be written.
    """
    seen = environment.reset()
    began, first, shown = time.monotonic(), seen.time, 0.0
    reel.add(seen.screenshot, seen.image, 0.0)
    watched = Watched(1, 0.0)
    on_frame(watched)
    turn = 1
    while not stop.is_set():
        now = time.monotonic() - began
        turn = max(turn, int(now * fps))  # turns that a slow screen has missed are left out
        due = turn / fps
        if seconds is not None and due > seconds:
            stop.wait(max(0.0, seconds - now))
            break
        if stop.wait(max(0.0, due - now)):
            break
        seen = environment.observe()
        shown = max(seen.time - first, shown + _LEAST)
        reel.add(seen.screenshot, seen.image, shown)
        watched = Watched(watched.frames + 1, shown)
        on_frame(watched)
        turn += 1
    return watched
