"""The numbers of a reply, whatever the form in which its model writes places."""

import re
from typing import Final, NamedTuple

from handeye.actions.geometry import Size
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.region import Spot

_NUMBER = r"[+-]?[0-9]{1,7}(?:\.[0-9]{0,12})?"
_GAP = r"(?:\s{0,8}[,;\uff0c]\s{0,8}|\s{1,8})"
_PLACE: Final = re.compile(
    # In brackets or in a tag, or as the whole text: two numbers, or the four of a box.
    rf"(?:[(\[\uff08\uff3b>]\s{{0,8}}|\A\s{{0,8}})({_NUMBER}){_GAP}({_NUMBER})"
    rf"(?:{_GAP}({_NUMBER}){_GAP}({_NUMBER}))?(?=\s{{0,8}}(?:[)\]\uff09\uff3d<]|\.?\s{{0,8}}\Z))"
    # As named arguments: x=10, y=20, or "x": 10, "y": 20.
    rf"|\bx[\"']?\s{{0,4}}[=:]\s{{0,4}}({_NUMBER})\s{{0,4}},\s{{0,4}}[\"']?y[\"']?\s{{0,4}}[=:]\s{{0,4}}({_NUMBER})"
)
_SLACK: Final = 3.0
"""How far rounding may move a point, in pixels of the screenshot."""


class Written(NamedTuple):
    """The two numbers that a reply gives for a place; of a box, those of its centre."""

    x: float
    y: float


class Frame(NamedTuple):
    """A way to read the numbers."""

    name: str

    def at(self, written: Written, size: Size, seen: Size) -> Spot:
        """Return the place on the screenshot that the numbers mean in this frame; it may lie outside.

        `size` is the screenshot's, `seen` that of the image as the model saw it.
        """
        width, height = {SCREENSHOT: (size.width, size.height), MODEL: seen, THOUSANDTHS: (1000, 1000)}.get(
            self.name, (1, 1)
        )
        return Spot(written.x * size.width / width, written.y * size.height / height)


SCREENSHOT: Final = "pixels of the screenshot"
MODEL: Final = "pixels of the model's image"
THOUSANDTHS: Final = "thousandths, 0 to 1000"
PARTS: Final = "parts, 0 to 1"
FRAMES: Final = tuple(map(Frame, (SCREENSHOT, MODEL, THOUSANDTHS, PARTS)))


def places(text: str) -> list[Written]:
    """Return every place in a text, in order. Takes time proportional to its length."""
    found = []
    for match in _PLACE.finditer(text):
        left, top, right, bottom, x, y = (None if group is None else float(group) for group in match.groups())
        if x is not None and y is not None:
            found.append(Written(x, y))
        elif left is not None and top is not None:
            box = right is not None and bottom is not None
            found.append(Written((left + right) / 2, (top + bottom) / 2) if box else Written(left, top))  # type: ignore[operator]
    return found


def written(prediction: Prediction) -> Written | None:
    """Return the numbers from which the point of a prediction was read; None if its text has none.

    A text may name several places. The one is taken that in some frame is where the point was read to be, otherwise
    the last, since thoughts come first. After a closer look the numbers are about another image: None.
    """
    size, image = prediction.size, prediction.image
    found = places(prediction.text)
    if not found or prediction.zoomed is not None or size is None or image is None:
        return None
    point = prediction.place
    if point is not None:
        for each in found:
            if any(_near(frame.at(each, size, image.size), point) for frame in FRAMES):
                return each
    return found[-1]


def _near(one: Spot, other: Spot) -> bool:
    return abs(one.x - other.x) <= _SLACK and abs(one.y - other.y) <= _SLACK
