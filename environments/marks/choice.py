"""Which elements get a number: one per place, in reading order."""

from collections.abc import Sequence

from handeye.actions.geometry import Box, Size
from handeye.environments.element import Element

_SAME = 0.8
"""Boxes whose intersection is at least this part of their union are duplicates."""


def choose(elements: Sequence[Element], size: Size) -> tuple[Element, ...]:
    """Return the elements to mark on a screenshot of `size`, clipped to it, in their order.

    Only one of several duplicate boxes is kept, and parts of an element count as that element. A box whose middle lies
    in a smaller box inside it is left out, because its mark would point at the smaller one.
    """
    whole = [element for element in elements if not element.part]
    inside = [clipped for element in whole if (clipped := _clipped(element, size)) is not None]
    kept: list[Element] = []
    # The best names for an element come first; otherwise the sort keeps the order.
    for element in sorted(inside, key=lambda element: (not element.editable, not element.text, _area(element.box))):
        if not any(_overlap(element.box, other.box) >= _SAME for other in kept):
            kept.append(element)
    chosen = {element for element in kept if not any(_holds_middle(other.box, element.box) for other in kept)}
    return tuple(dict.fromkeys(element for element in inside if element in chosen))


def _clipped(element: Element, size: Size) -> Element | None:
    left, top, right, bottom = element.box
    box = Box(max(left, 0), max(top, 0), min(right, size.width), min(bottom, size.height))
    return element._replace(box=box) if box.size.width > 0 and box.size.height > 0 else None


def _area(box: Box) -> int:
    return box.size.width * box.size.height


def _overlap(one: Box, other: Box) -> float:
    """Return the intersection of the boxes as a part of their union."""
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(wide, 0) * max(high, 0)
    return shared / (_area(one) + _area(other) - shared)


def _holds_middle(inner: Box, outer: Box) -> bool:
    within = (
        outer.left <= inner.left
        and outer.top <= inner.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )
    return within and inner != outer and inner.contains(outer.center)
