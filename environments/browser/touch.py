"""A finger on a page, at the pace of a hand. Real touch events: a page sees no mouse, and scrolls as on a phone."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from handeye.actions.geometry import Box, Point
from handeye.actions.schema import Click, Drag, LongPress, Scroll
from handeye.environments.browser.input import CssPoint
from handeye.environments.browser.screen import Screen
from handeye.environments.errors import ActionPartial
from handeye.environments.hand import (
    DROP_SECONDS,
    GRIP_SECONDS,
    KEY_SECONDS,
    PICK_UP_SECONDS,
    PRESS_SECONDS,
    STEP_SECONDS,
    way,
)
from handeye.environments.strokes import MOST_STROKES, SLOP, before_end, scrolled, strokes
from handeye.environments.supported import require_finger

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

OUTERMOST: Final = 0.5 + 1 / 64
"""The distance from the right and lower edges within which a touch still hits an element, in CSS px: Chromium hit-tests
touches at the nearest whole CSS px, which at the edges would be outside."""

_STEPS: Final = 8
"""Finger moves in one stroke of a scroll."""
DISABLED: Final = ("ResamplingScrollEvents",)
"""What is disabled in Chromium: it predicts where a scrolling finger will be, and on a busy machine the content then
stops beside the finger."""
ARGUMENTS: Final = (f"--touch-slop-distance={SLOP}",)
"""What Chromium is started with: how far a finger moves before the content follows is Android's value, not its 15."""


async def touch(page: "Page", action: Click | LongPress | Drag | Scroll, screen: Screen) -> None:
    """Carry out an action with a finger.

    Raises `ActionRejected` before anything is done for what only a mouse can do, and `ActionPartial` if a scroll is too
    long.
    """
    require_finger(action)
    finger = Finger(page, screen)
    try:
        match action:
            case Click():
                await finger.tap(action.point, action.count)
            case LongPress():
                await finger.long_press(action.point, action.seconds)
            case Drag():
                await finger.drag(action.path, action.hold_seconds)
            case Scroll():
                await _scroll(finger, action, screen)
    finally:
        await finger.close()


async def _scroll(finger: "Finger", action: Scroll, screen: Screen) -> None:
    """Scroll in strokes, each of which ends in a rest, so that nothing flings."""
    whole = Box(0, 0, *screen.size)
    slop = round(SLOP * screen.factor)
    dx = dy = 0
    for number, (start, end) in enumerate(strokes(action.point, action.dx, action.dy, whole, slop)):
        if number == MOST_STROKES:
            part = action.model_copy(update={"dx": dx, "dy": dy})
            problem = f"the scroll stopped short after {number} finger strokes: scroll again to continue"
            raise ActionPartial(problem, part)
        await finger.stroke(start, end)
        distance = scrolled(start, end, slop)
        dx, dy = dx + distance.x, dy + distance.y


class Finger:
    """One finger; its points are pixels of the screenshot. It is lifted whatever happens."""

    def __init__(self, page: "Page", screen: Screen) -> None:
        self._page = page
        self._screen = screen
        self._session: CDPSession | None = None

    async def tap(self, point: Point, count: int) -> None:
        """Tap `count` times, as a double or triple tap if more than once."""
        for number in range(count):
            if number > 0:
                await asyncio.sleep(KEY_SECONDS)
            await self.long_press(point, PRESS_SECONDS)

    async def long_press(self, point: Point, seconds: float) -> None:
        """Hold the finger at a point for `seconds`."""
        async with self._down(point):
            await asyncio.sleep(seconds)

    async def drag(self, path: Sequence[Point], hold_seconds: float = 0.0) -> None:
        """Hold at the first point, move along the others, and rest at the last; a point named twice is held."""
        async with self._down(path[0]):
            await asyncio.sleep(max(GRIP_SECONDS, hold_seconds))
            for number, part in enumerate(_between_rests(path)):
                if number > 0:
                    await asyncio.sleep(PICK_UP_SECONDS)
                for point in way(part):
                    await self._move(point)
                    await asyncio.sleep(STEP_SECONDS)
            await asyncio.sleep(DROP_SECONDS)

    async def stroke(self, start: Point, end: Point) -> None:
        """Move from one point to another along one axis, and lift the finger after a rest."""
        near = before_end(start, end)
        async with self._down(start):
            for step in range(1, _STEPS + 1):
                x, y = (round(a + (b - a) * step / _STEPS) for a, b in zip(start, near, strict=True))
                await self._move(Point(x, y))
                await asyncio.sleep(STEP_SECONDS)
            await asyncio.sleep(DROP_SECONDS)
            await self._move(end)

    async def close(self) -> None:
        """Release what the finger holds of the browser."""
        session, self._session = self._session, None
        if session is not None:
            await session.detach()

    @asynccontextmanager
    async def _down(self, point: Point) -> AsyncIterator[None]:
        await self._send("touchStart", point)
        try:
            yield
        except BaseException:
            await self._send("touchCancel")
            raise
        await self._send("touchEnd")

    async def _move(self, point: Point) -> None:
        await self._send("touchMove", point)

    def _css(self, point: Point) -> CssPoint:
        (x, y), region = self._screen.css(point), self._screen.region
        return min(x, region.right - OUTERMOST), min(y, region.bottom - OUTERMOST)

    async def _send(self, kind: str, point: Point | None = None) -> None:
        if self._session is None:
            self._session = await self._page.context.new_cdp_session(self._page)
        places = () if point is None else (self._css(point),)
        touches = [{"x": x, "y": y, "id": 0} for x, y in places]
        await self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def _between_rests(path: Sequence[Point]) -> list[list[Point]]:
    """Return a path in parts, cut where a point is named twice in a row."""
    parts = [[path[0]]]
    for before, point in itertools.pairwise(path):
        if point == before:
            parts.append([point])
        else:
            parts[-1].append(point)
    return parts
