"""Which elements get a number: each place one, in reading order."""

from collections.abc import Sequence

from handeye.actions.geometry import Box, Size
from handeye.environments.element import Element

_SAME = 0.8
"""Boxes that share this part of the area that they cover together are boxes of one thing."""


def choose(elements: Sequence[Element], size: Size) -> tuple[Element, ...]:
    """Return the elements that are worth a mark on a screenshot of `size`, clipped to it, in their order.

    Of boxes of one thing, one stays, and parts of an element are that element. A box whose middle lies in a smaller one
    within it is left out: its mark would point at that one.
    """
    whole = [element for element in elements if not element.part]
    inside = [clipped for element in whole if (clipped := _clipped(element, size)) is not None]
    kept: list[Element] = []
    # The best names of a thing come first; the sort keeps the order otherwise.
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
    """Return the part of the area that both cover together which both share."""
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
