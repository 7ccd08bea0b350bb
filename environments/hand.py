"""The pace of a hand, in one place for browsers, desktops and phones: how long presses last, and how a drag moves.

Programs are made for people. A game that looks once per frame at what is down misses a press of a few milliseconds; a
form that moves the focus on after each character loses what is typed before the focus has moved; a list that reorders
itself during a drag, a map that goes on gliding and a drop target that is found by a timer end elsewhere when the
pointer jumps or is released in motion. A person presses for 60 to 100 ms, types 5 to 15 keys per second, and rests
before releasing. The times here are the shortest ones at which all of these work.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handeye.actions.geometry import Point

PRESS_SECONDS = 0.04
"""How long a key or a button is down in a press or a click: more than two frames at 60 per second."""
KEY_SECONDS = 0.06
"""From one character to the next in a text typed at the pace of a hand."""
SHORT_TEXT = 12
"""Characters that are typed at that pace: codes, names, the beginning of a longer text. If the focus has not moved
within them, it does not move with each character, and the rest may follow faster."""
REPEAT_DELAY = 0.5
"""How long a key is held before it repeats, as keyboards do by default."""
REPEAT_SECONDS = 1 / 30
"""From one repetition to the next."""
STEP_SECONDS = 0.012
"""Between two pointer positions during a drag."""
GRIP_SECONDS = 0.06
"""How long a drag rests at its first point, before and after the button goes down."""
STEPS_TO_LIFT = 4
"""Positions after which every program has recognized the drag."""
LIFT_SECONDS = 0.15
"""How long a drag rests then: until a program has started the drag, it does not detect drop targets."""
DROP_SECONDS = 0.1
"""How long a drag rests at its last point, each time it arrives there."""
PICK_UP_SECONDS = 0.7
"""How long a point that is named twice in a row is held on a phone: longer than Android's long press of half a second,
so that an icon is picked up."""
_STEP = 15.0
"""Pixels between pointer positions during a drag."""
_MIN_STEPS, _MAX_STEPS = 8, 60
"""Positions of a drag between two points; a path of many points has fewer between each of them."""
_MOST_STEPS = 1000
"""Positions of a whole drag, about: a drawing of many points must not take forever."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast clicks and keys are, in seconds. Drags keep the pace of a hand."""

    press: float = PRESS_SECONDS
    """How long a key or a button is down."""
    key: float = KEY_SECONDS
    """From one press or character to the next."""


HAND = Pace()
AT_ONCE = Pace(0.0, 0.0)
"""For harnesses, on pages that are known to miss nothing: a program made for people may."""


def way(path: Sequence[Point]) -> Iterator[Point]:
    """Yield the points of a drag after the first one, close enough together for programs to follow."""
    legs = max(len(path) - 1, 1)
    least, most = math.ceil(_MIN_STEPS / legs), min(_MAX_STEPS, math.ceil(_MOST_STEPS / legs))
    for start, end in itertools.pairwise(path):
        steps = min(max(math.ceil(math.dist(start, end) / _STEP), least), most)
        for step in range(1, steps + 1):
            x = start.x + round((end.x - start.x) * step / steps)
            y = start.y + round((end.y - start.y) * step / steps)
            yield Point(x, y)
