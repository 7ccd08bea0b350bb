"""Scrolls: how a dialect writes how far and which way."""

import re
from collections.abc import Iterator
from itertools import product

from handeye.actions.dialects.rules.chords import held
from handeye.actions.dialects.rules.forms import Bounded, Part, PointPair
from handeye.actions.dialects.rules.speech import FRAME, Speech
from handeye.actions.dialects.rules.written import Written, opened, plain, varied
from handeye.actions.fields import Modifier
from handeye.actions.geometry import Point
from handeye.actions.schema import Scroll

_START = Point(487, 523)
_CENTER = FRAME.box.center
_RIGHT, _DOWN = 212, 364
"""Distances that nothing else contains."""
_FEW = (10, 40, 130, 1200, 9000)
_MANY = sorted({*range(10, 1001, 10), *range(120, 12_001, 120)})
"""Distances of which a dialect that does not write pixels may make notches of a wheel, or parts of a screen."""
_WAYS = tuple((right, down) for right, down in product((0, 1, -1), repeat=2) if right or down)


def scrolls(speech: Speech) -> Iterator[Written]:
    """Return scrolls with any distance, in each direction, with at most one modifier."""
    for modifiers, way in product(held(1), _WAYS):
        anywhere = list(_scrolls(speech, _START, way, modifiers))
        yield from anywhere
        center = speech.body(_scroll(_CENTER, way, modifiers, _RIGHT))
        if center is not None and str(_CENTER.x) not in center:
            yield from _scrolls(speech, _CENTER, way, modifiers)


def _scroll(start: Point, way: tuple[int, int], modifiers: tuple[Modifier, ...], distance: int) -> Scroll:
    """Return a scroll; along two axes, it goes further down than to the right, by the difference of the two probes."""
    right, down = way
    further = distance + (_DOWN - _RIGHT if right else 0)
    return Scroll(point=start, dx=right * distance, dy=down * further, modifiers=modifiers)


def _scrolls(speech: Speech, start: Point, way: tuple[int, int], modifiers: tuple[Modifier, ...]) -> Iterator[Written]:
    action = _scroll(start, way, modifiers, _RIGHT)
    body = speech.body(action)
    if body is None:
        return
    parts: list[Part] | None = [body]
    for distance in {abs(action.dx), abs(action.dy)} - {0}:
        parts = None if parts is None else opened(parts, str(distance), Bounded.FAR)
    if parts is not None:
        yield Written(action, body, parts)
    elif span := _to_an_end(speech, action, body):
        yield Written(action, body, span)
    elif not all(way):
        if len({speech.body(_scroll(start, way, modifiers, each)) for each in _FEW}) == 1:
            yield from plain(speech, action)
        else:
            yield from varied(speech, (_scroll(start, way, modifiers, each) for each in _MANY))


def _to_an_end(speech: Speech, action: Scroll, body: str) -> list[Part] | None:
    """Return the parts of a scroll that names the point to which a finger moves; None if it does not.

    Where the direction is named too, the two points may be the same.
    """
    order = speech.dialect.points.order
    ends = action.point, Point(action.point.x - action.dx, action.point.y - action.dy)
    numbers = [number for end in ends for number in (end if order == "xy" else end[::-1])]
    found = re.search(r"(\D+)".join(map(str, numbers)), body)
    if found is None:
        return None
    first, second, third = found.groups()
    begin, end = body[: found.start()], body[found.end() :]
    back = speech.body(action.model_copy(update={"dx": -action.dx, "dy": -action.dy}))
    if back is None or back.endswith(end):
        return [begin, PointPair((first, second, third), "way", order), end]
    axes = (Bounded.X, Bounded.Y) if order == "xy" else (Bounded.Y, Bounded.X)
    return [begin, axes[0], first, axes[1], second, axes[0], third, axes[1], end]
