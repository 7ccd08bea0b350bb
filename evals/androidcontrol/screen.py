"""What judges need to know of a screen besides its picture: which boxes a click may hit."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from handeye.actions.geometry import Size
from handeye.evals.androidcontrol.records.forest import Bounds, Forest, Node
from handeye.evals.androidcontrol.truth import Opened, Tap, Truth, Typed
from handeye.evals.samples.region import Spot

NEAREST: Final = 5
"""How many boxes AgentCPM-GUI takes."""
ENLARGED: Final = 1.2
"""By how much protocols enlarge both sides of a box."""
_UGROUND_SCREEN: Final = Size(1080, 2400)
"""The screen that UGround's extract_raw.py takes all screenshots to have."""


class Element(NamedTuple):
    """A visible part of the screen with words."""

    bounds: Bounds
    text: str
    description: str


@dataclass(frozen=True, slots=True)
class Screen:
    """What is known of a screen. None is unknown, as in copies without accessibility trees; empty is none."""

    candidates: tuple[Bounds, ...] | None = None
    """The nodes that contain the place of the label; where an app is opened, those that are called as the app."""
    nearest: tuple[Bounds, ...] | None = None
    """The boxes nearest to the place of the label, by AgentCPM-GUI's measure."""
    elements: tuple[Element, ...] | None = None
    """The elements that UGround keeps."""

    @property
    def smallest(self) -> Bounds | None:
        """The smallest candidate; the first of several."""
        return min(self.candidates or (), key=lambda each: each.area, default=None)


NOTHING_KNOWN: Final = Screen()


def screen_of(forest: Forest, truth: Truth, size: Size) -> Screen:
    """Return what judges need of a screen of a size in pixels at which a step was taken."""
    spot = truth.spot if isinstance(truth, Tap | Typed) else None
    return Screen(
        candidates=tuple(_candidates(forest.nodes, truth, spot)),
        nearest=() if spot is None else tuple(nearest(forest.boxes, spot, size)),
        elements=tuple(_elements(forest.nodes)),
    )


def enlarged(bounds: Bounds, size: Size) -> tuple[float, float, float, float]:
    """Return a box as parts of the screen, enlarged as AgentCPM-GUI does: top, left, height, width.

    What would begin outside of the screen begins at its edge and keeps its size
    (eval/utils/evaluator.py, _resize_annotation_bounding_boxes).
    """
    top, left = bounds.top / size.height, bounds.left / size.width
    height, width = (bounds.bottom - bounds.top) / size.height, (bounds.right - bounds.left) / size.width
    more_height, more_width = (ENLARGED - 1) * height, (ENLARGED - 1) * width
    return (
        max(0, top - more_height / 2),
        max(0, left - more_width / 2),
        min(1, height + more_height),
        min(1, width + more_width),
    )


def nearest(boxes: Iterable[Bounds], spot: Spot, size: Size) -> list[Bounds]:
    """Return the five boxes whose enlarged forms have their middles nearest to a place, as parts of the screen."""
    x, y = spot.x / size.width, spot.y / size.height

    def distance(bounds: Bounds) -> float:
        top, left, height, width = enlarged(bounds, size)
        return math.sqrt((top + height / 2 - y) ** 2 + (left + width / 2 - x) ** 2)

    return sorted(boxes, key=distance)[:NEAREST]


def _candidates(nodes: Sequence[Node], truth: Truth, spot: Spot | None) -> list[Bounds]:
    if spot is not None:
        return [node.bounds for node in nodes if node.bounds.contains(*spot)]
    if isinstance(truth, Opened):
        name = truth.app.strip().lower()
        return [node.bounds for node in nodes if name in (node.text.strip().lower(), node.description.strip().lower())]
    return []


def _elements(nodes: Sequence[Node]) -> list[Element]:
    """Return what UGround keeps of a screen.

    Leaves, what has a description and what scrolls (AndroidWorld, forest_to_ui_elements), if it has words, is visible,
    is not empty, and touches a screen of 1080x2400 (UGround, extract_raw.py).
    """
    found = []
    for node in nodes:
        left, top, right, bottom = node.bounds
        kept = node.is_leaf or node.description or node.is_scrollable
        on_screen = left < _UGROUND_SCREEN.width and top < _UGROUND_SCREEN.height and right > 0 and bottom > 0
        if kept and (node.text or node.description) and node.is_visible and right > left and bottom > top and on_screen:
            found.append(Element(node.bounds, node.text, node.description))
    return found
