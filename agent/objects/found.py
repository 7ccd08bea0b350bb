"""What was found in an image, in its pixels."""

from typing import NamedTuple

from handeye.actions.geometry import Box, Point

_SAME = 0.95
"""Two boxes with this much in common, as a part of what they cover together, are one."""


class Detection(NamedTuple):
    """One object."""

    label: str
    """What the model calls it; the phrase if it was asked for one only and says nothing."""
    box: Box
    """Clipped to the image."""
    duplicate: bool = False
    """Whether an earlier one has the same label and nearly the same box."""


class LabelledPoint(NamedTuple):
    """One object, as a pixel on it."""

    label: str
    """What the model calls it; the phrase if it says nothing."""
    point: Point
    duplicate: bool = False
    """Whether an earlier one has the same label and is the same pixel."""


class Count(NamedTuple):
    """How many objects there are."""

    phrase: str
    number: int
    """Of the detections that are not duplicates."""
    detections: tuple[Detection, ...]
    cut_off: bool
    """Whether the answer reached the limit of tokens, so that there may be more."""


def same(one: Box, other: Box) -> bool:
    """Return whether two boxes are nearly the same."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    if width < 1 or height < 1:
        return False
    common = width * height
    both = sum(box.size.width * box.size.height for box in (one, other)) - common
    return common >= _SAME * both
