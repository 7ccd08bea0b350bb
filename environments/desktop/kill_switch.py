"""How a person stops the agent: move the pointer into a corner and leave it there, or hold a key down.

pyautogui's own fail-safe does not know who moved the pointer: it stops an agent that clicks in a corner.
"""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Point
from handeye.actions.keys import canonical_key
from handeye.environments.desktop.system import Monitor, Probe
from handeye.environments.errors import EnvironmentLost, InvalidOption, KillSwitch

Corner = Literal["upper left", "upper right", "lower left", "lower right"]

_POLL = 0.1
_REACH = 2
"""How far from the corner the pointer may be, in pixels."""


@dataclass(frozen=True, slots=True)
class StopSwitch:
    """What stops the agent."""

    corner: Corner | None = "upper left"
    """The corner to move the pointer to: the outermost one of all monitors."""
    key: str | None = None
    """The key to hold down, by its name as for actions; the agent may not press it then. X11 only."""
    seconds: float = 1.0
    """How long the pointer or key must be held, in seconds."""

    def __post_init__(self) -> None:
        if self.corner is None and self.key is None:
            raise InvalidOption("a kill switch needs a corner or a key; pass None to go without one")
        if not (math.isfinite(self.seconds) and self.seconds >= 0):
            raise InvalidOption(f"a kill switch must be held for 0 s or more, not {self.seconds}")
        if self.key is not None and canonical_key(self.key) != self.key:
            raise InvalidOption(f"the key {self.key!r} is called {canonical_key(self.key)!r}")


def corner_point(monitors: tuple[Monitor, ...], corner: Corner) -> Point:
    """Return the outermost pixel in a corner that is on a monitor, where the pointer can be."""
    down, right = -1 if corner.startswith("upper") else 1, -1 if corner.endswith("left") else 1
    boxes = [monitor.box for monitor in monitors]
    points = [Point(box.left if right < 0 else box.right - 1, box.top if down < 0 else box.bottom - 1) for box in boxes]
    return max(points, key=lambda point: right * point.x + down * point.y)


class KillSwitchWatch:
    """Watches on its own thread whether the person stops the agent."""

    def __init__(self, switch: StopSwitch, probe: Probe, corner: Callable[[], Point], fire: Callable[[], None]) -> None:
        """Start watching. `corner` returns the corner's position; `fire` is called once when the switch is used.

        Takes ownership of the probe. Raises `InvalidOption` if it cannot be determined whether the key is held.
        """
        self._switch = switch
        self._probe = probe
        self._corner = corner
        self._fire = fire
        self._rest = probe.pointer()
        if switch.key is not None:
            probe.is_held(switch.key)
        self._pointing = False
        self._moved = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="handeye-kill-switch", daemon=True)
        self._thread.start()

    @contextmanager
    def pointing(self, last_point: Callable[[], Point | None]) -> Iterator[None]:
        """Attribute pointer movement in the block to the agent; it ends at `last_point`."""
        self._pointing = True
        try:
            yield
        finally:
            self._rest, self._moved = last_point() or self._rest, False
            self._pointing = False

    def close(self) -> None:
        """Stop watching. May be called repeatedly, also from `fire`."""
        self._ended.set()
        if self._thread is not threading.current_thread():
            self._thread.join(_POLL * 10)

    def _run(self) -> None:
        seconds = 0.0
        try:
            while not self._ended.wait(_POLL):
                seconds = seconds + _POLL if self._is_used() else 0.0
                if seconds > self._switch.seconds:
                    self._fire()
                    return
        except EnvironmentLost:
            return  # the session will notice the loss itself
        finally:
            self._probe.close()

    def _is_used(self) -> bool:
        if self._switch.key is not None and self._probe.is_held(self._switch.key):
            return True
        if self._switch.corner is None or self._pointing:
            return False
        pointer, corner = self._probe.pointer(), self._corner()
        self._moved = self._moved or pointer != self._rest
        return self._moved and max(abs(pointer.x - corner.x), abs(pointer.y - corner.y)) <= _REACH


def stopped() -> KillSwitch:
    """Return the error that stops the agent."""
    return KillSwitch("the person at the desktop has stopped the agent")


class Halt:
    """Waits that another thread can end with an error."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._error: HandeyeError | KillSwitch | None = None

    def stop(self, error: HandeyeError | KillSwitch) -> None:
        """Make the current and every later wait raise the error; only the first error counts."""
        if self._error is None:
            self._error = error
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Wait for `seconds`; raise the error if stopped.

        A `KillSwitch` is raised once, like Ctrl-C; later calls raise `EnvironmentLost`.
        """
        if self._event.wait(seconds) and self._error is not None:
            error = self._error
            if isinstance(error, KillSwitch):
                self._error = EnvironmentLost(f"{error}: reset() connects again")
            raise error

    def check(self) -> None:
        """Raise the error if stopped."""
        self.wait(0)
