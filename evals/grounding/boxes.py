"""How a file writes its boxes, found out over all of its rows.

Copies of the same benchmark write them differently, and a box that is read the wrong way is often a box still, a much
larger one: the score goes up, and nothing fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from handeye.actions.geometry import Size
from handeye.evals.samples.dataset import InvalidDataset
from handeye.evals.samples.region import Region

_SLACK: Final = 2.0
"""Pixels by which a box may reach over the image: some annotations do."""
_MOST_WRONG: Final = 0.005
"""The share of rows that a convention may not fit: single rows of published files are wrong."""
_MOST_WRONG_GIVEN: Final = 0.05
"""The same where the user says which convention it is: then files with more such rows can be read, and it is said."""
_FEW: Final = 8
"""With fewer rows than this, a convention that fits all of them may do so by chance."""
_LARGE: Final = 0.6
"""The share of an image that hardly any target covers, and boxes that are read the wrong way do."""
_MOST_LARGE: Final = 0.02
"""The share of rows that may cover so much."""


class Boxes(StrEnum):
    """How four numbers say a box."""

    XYWH = "xywh"
    XYXY = "xyxy"
    PARTS_XYWH = "normalised-xywh"
    PARTS_XYXY = "normalised-xyxy"

    @property
    def told(self) -> str:
        """What it means, for people."""
        corners = "left, top, right, bottom" if self in {Boxes.XYXY, Boxes.PARTS_XYXY} else "left, top, width, height"
        return f"{corners}, {'as parts of the image' if self.is_parts else 'in pixels'}"

    @property
    def is_parts(self) -> bool:
        """Whether the numbers are parts of the image's sides, from 0 to 1."""
        return self in {Boxes.PARTS_XYWH, Boxes.PARTS_XYXY}

    def region(self, numbers: Sequence[float], size: Size | None) -> Region:
        """Return the box in pixels; `size` is the image's, needed for parts. Reversed corners are sorted."""
        left, top, c, d = numbers
        right, bottom = (c, d) if self in {Boxes.XYXY, Boxes.PARTS_XYXY} else (left + c, top + d)
        if not self.is_parts:
            return Region.box(left, top, right, bottom)
        if size is None:
            raise InvalidDataset("the boxes are parts of the image, and the size of an image is not known")
        return Region.box(left * size.width, top * size.height, right * size.width, bottom * size.height)


@dataclass(frozen=True, slots=True)
class BoxRow:
    """The box of one row."""

    where: str
    """The file and the row, for messages."""
    numbers: tuple[float, float, float, float]
    size: Size | None
    """Of the image; None if it is not known."""


def detect(rows: Sequence[BoxRow], given: str | None = None, official: Boxes | None = None) -> tuple[Boxes, str]:
    """Return the convention that fits the rows, and how it was found.

    `given` is the user's word: it is checked, not believed. `official` is that of the benchmark's own files: it decides
    where few rows fit several conventions. Raises `InvalidDataset` if none fits, or several and nothing decides.
    """
    if given is not None:
        try:
            wanted = Boxes(given)
        except ValueError:
            raise InvalidDataset(f"there is no box convention {given!r}: give {', '.join(Boxes)}") from None
        wrong = misfits(rows, wanted)
        if not _fits(rows, wanted, _MOST_WRONG_GIVEN):
            raise InvalidDataset(
                f"the boxes are not {wanted.told}: {len(wrong)} of {len(rows)} rows cannot be, such as "
                f"{wrong[0].where} with {list(wrong[0].numbers)}. Leave --boxes out, or fix the file"
                if wrong
                else f"read as {wanted.told}, too many boxes cover most of their image. Leave --boxes out"
            )
        return wanted, f"as given, though {len(wrong)} rows cannot be" if wrong else "as given"
    fitting = [each for each in Boxes if _fits(rows, each)]
    if len(fitting) == 1 and (len(rows) >= _FEW or fitting[0] is official):
        return fitting[0], f"detected over {len(rows)} rows"
    if official in fitting:
        assert official is not None
        return official, "the benchmark's own: several conventions fit"
    if fitting:
        raise InvalidDataset(
            f"{len(rows)} boxes could be {' or '.join(each.value for each in fitting)}: say which with --boxes"
        )
    raise InvalidDataset(_mixed(rows))


def misfits(rows: Sequence[BoxRow], boxes: Boxes) -> list[BoxRow]:
    """Return the rows that cannot be written in a convention."""
    return [row for row in rows if not _possible(row, boxes)]


def _possible(row: BoxRow, boxes: Boxes) -> bool:
    left, top, c, d = row.numbers
    corners = boxes in {Boxes.XYXY, Boxes.PARTS_XYXY}
    right, bottom = (c, d) if corners else (left + c, top + d)
    if boxes.is_parts:
        slack, width, height = 0.002, 1.0, 1.0
    else:
        if all(0 <= number <= 1 for number in row.numbers):
            return False  # less than a pixel
        slack = _SLACK
        width, height = (float("inf"), float("inf")) if row.size is None else row.size
    return right > left >= -slack and bottom > top >= -slack and right <= width + slack and bottom <= height + slack


def _fits(rows: Sequence[BoxRow], boxes: Boxes, most_wrong: float = _MOST_WRONG) -> bool:
    if len(misfits(rows, boxes)) > most_wrong * len(rows):
        return False
    large = sum(_share(row, boxes) > _LARGE for row in rows)
    return large <= max(1, _MOST_LARGE * len(rows))


def _share(row: BoxRow, boxes: Boxes) -> float:
    """Return the share of the image that the box covers; 0 if the size is not known."""
    if boxes.is_parts:
        return boxes.region(row.numbers, Size(1, 1)).area
    return 0.0 if row.size is None else boxes.region(row.numbers, row.size).area / (row.size.width * row.size.height)


def _mixed(rows: Sequence[BoxRow]) -> str:
    """Return what is wrong with rows that no convention fits."""
    wrong = {each: misfits(rows, each) for each in Boxes}
    best = min(Boxes, key=lambda each: len(wrong[each]))
    if not wrong[best]:
        return (
            "too many boxes of this file cover most of their image, in whatever way they are read. "
            "The file is mixed up or damaged: take the benchmark's own"
        )
    row = wrong[best][0]
    return (
        f"the boxes of this file are not all written in one way: most are {best.value}, but {len(wrong[best])} of "
        f"{len(rows)} cannot be, such as {row.where} with {list(row.numbers)}. The file is mixed up or damaged: take "
        "the benchmark's own, or say which it is with --boxes if it is meant so"
    )
