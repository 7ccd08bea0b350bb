"""The elements of a page that can be pointed at: in the document, its open shadow roots and its frames.

An element counts if a click on the middle of its box reaches it; elements that are scrolled out of view, hidden or
covered do not. Closed shadow roots, canvas drawings and the browser's own popups provide no elements.
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from handeye.actions.geometry import Box
from handeye.environments.browser.elements_script import FIND_ELEMENTS, FRAME_PLACE, ON_TOP
from handeye.environments.browser.screen import Screen
from handeye.environments.element import Element
from handeye.environments.elements import ElementsUnknown, reading_order

if TYPE_CHECKING:
    from playwright.async_api import ElementHandle, Frame, Page

_MAX_FRAMES = 30
_SECONDS = 3.0
"""How long a page may take to answer; half-loaded frames may never answer."""
LONGEST_LOOK = _SECONDS + 2.0
"""Seconds after which `page_elements` has returned or raised."""


class _Rect(NamedTuple):
    """A rectangle in CSS px, unrounded."""

    left: float
    top: float
    right: float
    bottom: float

    def meet(self, other: "_Rect") -> "_Rect":
        return _Rect(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    @property
    def empty(self) -> bool:
        return self.right - self.left < 1 or self.bottom - self.top < 1

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a frame's document lies in its parent's, and which part is visible."""

    element: "ElementHandle"
    left: float
    top: float
    across: float
    """CSS px of the parent per CSS px of the frame; 1 unless the frame is transformed."""
    down: float
    clip: _Rect
    """In CSS px of the frame."""

    def lift(self, rect: _Rect) -> _Rect:
        """Convert a rectangle from the frame's coordinates to the parent's."""
        return _Rect(
            self.left + rect.left * self.across,
            self.top + rect.top * self.down,
            self.left + rect.right * self.across,
            self.top + rect.bottom * self.down,
        )


@dataclass(frozen=True, slots=True)
class _Found:
    rect: _Rect
    role: str
    text: str
    editable: bool


async def page_elements(page: "Page", screen: Screen) -> tuple[Element, ...]:
    """Return the elements of the page that `screen` shows, in reading order, with boxes in screenshot pixels.

    Raises `ElementsUnknown` when the page does not answer.
    """
    try:
        async with asyncio.timeout(_SECONDS):
            found = await _in_frame(page.main_frame, _Rect(*screen.region), [_MAX_FRAMES])
    except TimeoutError:
        raise ElementsUnknown(f"the page did not report its elements within {_SECONDS:g} s") from None
    placed = ((one, _pixels(one.rect, screen)) for one in found)
    return reading_order(Element(box, one.role, one.text, one.editable) for one, box in placed if box is not None)


async def _in_frame(frame: "Frame", clip: _Rect, left: list[int]) -> list[_Found]:
    """Return the elements in the frame and its child frames, in its CSS px. `left` counts down the frames to visit."""
    from playwright.async_api import Error

    left[0] -= 1
    try:
        raw = await frame.evaluate(FIND_ELEMENTS, list(clip))
    except Error:
        return []  # it has navigated or been removed
    found = [_Found(_Rect(*one["box"]), one["role"], one["text"], one["editable"]) for one in raw]
    for child in frame.child_frames:
        if left[0] <= 0:
            break
        found += await _in_child(child, clip, left)
    return found


async def _in_child(frame: "Frame", clip: _Rect, left: list[int]) -> list[_Found]:
    """Return the elements in a frame that the parent does not cover, in the parent's CSS px."""
    from playwright.async_api import Error

    try:
        place = await _place(frame, clip)
        if place is None:
            return []
        inside = await _in_frame(frame, place.clip, left)
        lifted = [_Found(place.lift(one.rect), one.role, one.text, one.editable) for one in inside]
        on_top = await place.element.evaluate(ON_TOP, [one.rect.middle for one in lifted])
    except Error:
        return []
    return [one for one, top in zip(lifted, on_top, strict=True) if top]


async def _place(frame: "Frame", clip: _Rect) -> _Place | None:
    """Return where the frame lies; None if no part is within `clip`, in CSS px of the parent."""
    element = await frame.frame_element()
    place: Sequence[float] | None = await element.evaluate(FRAME_PLACE)
    if place is None:
        return None
    left, top, across, down, width, height = place
    seen = _Rect(
        (clip.left - left) / across, (clip.top - top) / down, (clip.right - left) / across, (clip.bottom - top) / down
    ).meet(_Rect(0, 0, width, height))
    return None if seen.empty else _Place(element, left, top, across, down, seen)


def _pixels(rect: _Rect, screen: Screen) -> Box | None:
    """Return the box of a rectangle (CSS px of the viewport) in screenshot pixels; None if it is empty.

    The middle pixel of the box lies on the middle of the rectangle, where a click is known to reach the element.
    """
    factor, (width, height) = screen.factor, screen.size
    box = Box(
        max(0, math.floor((rect.left - screen.region.left) * factor)),
        max(0, math.floor((rect.top - screen.region.top) * factor)),
        min(width, math.ceil((rect.right - screen.region.left) * factor)),
        min(height, math.ceil((rect.bottom - screen.region.top) * factor)),
    )
    return box if box.size.width > 0 and box.size.height > 0 else None
