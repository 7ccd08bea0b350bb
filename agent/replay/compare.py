"""How different two screens look to a person.

Anti-aliasing shifts the shades of edges by a fraction of a pixel, and nearly equal shades look the same: neither counts
as a difference. A changed letter does count, anywhere on a large screen and however pale: the result is the amount of
the most different spot, not a mean over the screen, and is relative to the contrast around it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from handeye.actions.geometry import Box, Frame, Size, Transform

TOLERANCE = 0.12
"""The largest amount that still counts as the same. On a screen of usual density, 13 px text of any colour that is
shifted by a tenth of a pixel gives up to 0.12, an 8 instead of a 6 gives 0.15, a new full stop 0.24, and another word
on a button 0.33."""

_WINDOW = 8
"""The side of a spot in pixels."""
_TILE = 16
"""Differences in adjacent tiles of this size form one change."""
_AROUND = 8
"""Radius in pixels for measuring the contrast around a pixel: large enough to contain strokes and their background."""
_MOST_TILES = 1500
"""If more tiles differ, it is a different screen, and its changes are not listed one by one."""
_SAME_SHAPE = 0.01
"""Relative tolerance of the aspect ratio for two screens to count as one screen at two scales."""

Plane = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]


class _Sight(NamedTuple):
    """How closely screens are compared."""

    faint: int
    """A change of shade up to this, of 255, is ignored."""
    reach: tuple[int, int]
    """How far an edge may have moved towards the next pixel, as a fraction."""
    contrast: int
    """The minimum contrast, of 255, that a spot is measured against."""


_SAME_SIZE = _Sight(16, (5, 8), 64)
_RESIZED = _Sight(32, (1, 1), 255)


class Region(NamedTuple):
    """A part of the screen that may differ, in pixels of the recorded screenshot; None is its right or lower edge."""

    left: int
    top: int
    right: int | None = None
    bottom: int | None = None

    def box(self, size: Size) -> Box | None:
        """Return the part of a screen of this size; None if it lies outside."""
        right = size.width if self.right is None else min(self.right, size.width)
        bottom = size.height if self.bottom is None else min(self.bottom, size.height)
        return Box(self.left, self.top, right, bottom) if self.left < right and self.top < bottom else None


class Change(NamedTuple):
    """One place where two screens differ."""

    amount: float
    """From 0, no visible difference, to 1, foreground instead of background in the whole of the most different spot."""
    box: Box
    """In pixels of the recorded screenshot."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The differences between a recorded screen and another one."""

    amount: float = 0.0
    """The amount of the greatest change, even if it is tolerated."""
    changes: tuple[Change, ...] = ()
    """The changes beyond the tolerance, the greatest first."""
    reshaped: bool = False
    """Whether the screens have different shapes and so cannot be compared."""

    @property
    def matches(self) -> bool:
        """Whether the screens look the same."""
        return not self.changes

    @property
    def box(self) -> Box | None:
        """The smallest box around all changes, in pixels of the recorded screenshot; None for a match."""
        boxes = [change.box for change in self.changes]
        if not boxes:
            return None
        return Box(
            min(box.left for box in boxes),
            min(box.top for box in boxes),
            max(box.right for box in boxes),
            max(box.bottom for box in boxes),
        )


def compare(
    recorded: Image.Image, now: Image.Image, *, ignore: Sequence[Region] = (), tolerance: float = TOLERANCE
) -> Difference:
    """Return how `now` differs from `recorded`, both RGB, outside the regions to ignore.

    A screen of another size and the same shape counts as the same screen at another scale, and is compared at half the
    size of the smaller one: text is drawn differently there, so only changes of about the size of a word are detected.
    """
    size = Size(*recorded.size)
    ignored = [box for region in ignore if (box := region.box(size)) is not None]
    if recorded.size == now.size:
        amounts = _amounts(np.asarray(recorded), np.asarray(now), ignored, _SAME_SIZE)
        return _difference(amounts, tolerance, None)
    if not same_shape(size, Size(*now.size)):
        return Difference(1.0, (Change(1.0, Box(0, 0, *size)),), reshaped=True)
    small = Size(max(1, min(size.width, now.width) // 2), max(1, min(size.height, now.height) // 2))
    frames = Transform(Frame("recorded screenshot", size), Frame("compared", small))
    first, second = (np.asarray(image.resize(small, Image.Resampling.BOX)) for image in (recorded, now))
    amounts = _amounts(first, second, [frames.box(box) for box in ignored], _RESIZED)
    return _difference(amounts, tolerance, frames.inverse())


def same_shape(first: Size, second: Size) -> bool:
    """Return whether two sizes can be the same screen at different scales."""
    across, along = first.width * second.height, second.width * first.height
    return abs(across - along) <= _SAME_SHAPE * max(across, along)


def _amounts(first: Pixels, second: Pixels, ignored: Iterable[Box], sight: _Sight) -> Plane:
    """Return for each pixel how much it differs beyond the allowed movement of edges, from 0 to 1."""
    amounts = np.zeros(first.shape[:2], np.float32)
    raw = np.abs(first.astype(np.int16) - second).max(axis=2) > sight.faint
    for box in ignored:
        raw[box.top : box.bottom, box.left : box.right] = False
    rows, columns = np.flatnonzero(raw.any(axis=1)), np.flatnonzero(raw.any(axis=0))
    if not rows.size:
        return amounts
    # Only the differing part and its surroundings are examined closely.
    top, left = max(rows[0] - _AROUND, 0), max(columns[0] - _AROUND, 0)
    near = np.s_[top : rows[-1] + 1 + _AROUND, left : columns[-1] + 1 + _AROUND]
    beyond = np.maximum(
        _beyond(first[near], second[near], sight.reach), _beyond(second[near], first[near], sight.reach)
    )
    contrast = np.maximum(_contrast(first[near], second[near]), sight.contrast)
    amounts[near] = np.where((beyond > sight.faint) & raw[near], beyond / contrast, 0)
    return amounts


def _contrast(first: Pixels, second: Pixels) -> Pixels:
    """Return for each pixel the range of the shades around it on both screens together."""
    lowest, highest = np.minimum(first, second), np.maximum(first, second)
    for axis in (0, 1):
        lowest, highest = _widest(lowest, axis, np.minimum), _widest(highest, axis, np.maximum)
    contrast: Pixels = (highest - lowest).max(axis=2)
    return contrast


def _widest(shades: Pixels, axis: int, extreme: np.ufunc) -> Pixels:
    """Return the extreme of the shades up to `_AROUND` pixels before and after each pixel along an axis."""
    found = np.moveaxis(shades, axis, 0)
    found = np.pad(found, [(_AROUND, _AROUND), (0, 0), (0, 0)], mode="edge")
    seen, wanted = 1, 2 * _AROUND + 1
    while seen < wanted:
        further = min(seen, wanted - seen)
        found = extreme(found[:-further], found[further:])
        seen += further
    return np.moveaxis(found, 0, axis)


def _beyond(first: Pixels, second: Pixels, reach: tuple[int, int]) -> npt.NDArray[np.int16]:
    """Return how far each pixel of `first` lies outside the shades that `second` takes on the way to its neighbours."""
    shades = second.astype(np.int16)
    lowest, highest = shades.copy(), shades.copy()
    around = np.pad(shades, ((1, 1), (1, 1), (0, 0)), mode="edge")
    height, width = shades.shape[:2]
    for down in range(3):
        for along in range(3):
            neighbour = around[down : down + height, along : along + width]
            np.minimum(lowest, neighbour, out=lowest)
            np.maximum(highest, neighbour, out=highest)
    part, whole = reach
    lowest = shades + (lowest - shades) * part // whole
    highest = shades + (highest - shades) * part // whole
    values = first.astype(np.int16)
    outside: npt.NDArray[np.int16] = np.maximum(values - highest, lowest - values).max(axis=2)
    return np.maximum(outside, 0)


def _difference(amounts: Plane, tolerance: float, back: Transform | None) -> Difference:
    """Group the differing pixels into changes; `back` maps from their frame to the recorded screenshot."""
    changes = [Change(_strongest(amounts, box), box) for box in _boxes(amounts > 0)]
    changes.sort(reverse=True)
    return Difference(
        changes[0].amount if changes else 0.0,
        tuple(
            change if back is None else change._replace(box=back.box(change.box))
            for change in changes
            if change.amount > tolerance
        ),
    )


def _boxes(differs: npt.NDArray[np.bool_]) -> list[Box]:
    """Return the box of each change, which consists of the pixels in adjacent tiles."""
    height, width = differs.shape
    padded = np.pad(differs, ((0, -height % _TILE), (0, -width % _TILE)))
    tiled = padded.reshape(padded.shape[0] // _TILE, _TILE, padded.shape[1] // _TILE, _TILE).any(axis=(1, 3))
    left = {(int(row), int(column)) for row, column in np.argwhere(tiled)}
    if len(left) > _MOST_TILES:
        return [_tight(differs, Box(0, 0, width, height))]
    boxes = []
    while left:
        group, edge = set[tuple[int, int]](), [left.pop()]
        while edge:
            row, column = edge.pop()
            group.add((row, column))
            touching = {(row + down, column + along) for down in (-1, 0, 1) for along in (-1, 0, 1)} & left
            left -= touching
            edge += touching
        rows, columns = [row for row, _ in group], [column for _, column in group]
        right, bottom = min((max(columns) + 1) * _TILE, width), min((max(rows) + 1) * _TILE, height)
        boxes.append(_tight(differs, Box(min(columns) * _TILE, min(rows) * _TILE, right, bottom)))
    return boxes


def _tight(differs: npt.NDArray[np.bool_], box: Box) -> Box:
    """Return the smallest box around the differing pixels within `box`, which contains some."""
    part = differs[box.top : box.bottom, box.left : box.right]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    return Box(
        box.left + int(columns[0]), box.top + int(rows[0]), box.left + int(columns[-1]) + 1, box.top + int(rows[-1]) + 1
    )


def _strongest(amounts: Plane, box: Box) -> float:
    """Return the cubic mean of the amounts in the most different spot of a box.

    In a plain mean, the many faint pixels of slightly shifted text outweigh the few pixels of a new letter.
    """
    part = amounts[box.top : box.bottom, box.left : box.right].astype(np.float64) ** 3
    sums = np.pad(part, _WINDOW).cumsum(axis=0).cumsum(axis=1)
    spots = (
        sums[_WINDOW:, _WINDOW:] - sums[:-_WINDOW, _WINDOW:] - sums[_WINDOW:, :-_WINDOW] + sums[:-_WINDOW, :-_WINDOW]
    )
    mean = max(0.0, float(spots.max()) / _WINDOW**2)
    return float(min(1.0, mean ** (1 / 3)))
