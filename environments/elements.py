"""What all sources of elements share: the order in which they are told, and the error when nothing can be told."""

from collections.abc import Iterable

from handeye.actions.errors import HandeyeError
from handeye.environments.element import Element


class ElementsUnknown(HandeyeError):
    """The screen does not say which elements are on it, or not in time; the message says why. The screen is there."""


def reading_order(elements: Iterable[Element]) -> tuple[Element, ...]:
    """Return the elements line by line from the top, each line from the left.

    A line is what lies beside its highest element: whose middle is above that element's lower edge.
    """
    left = sorted(elements, key=lambda element: (element.box.top, element.box.left))
    ordered: list[Element] = []
    while left:
        first, bottom = left[0], left[0].box.bottom
        line = [element for element in left if element is first or element.box.center.y < bottom]
        left = [element for element in left if element is not first and element.box.center.y >= bottom]
        ordered += sorted(line, key=lambda element: (element.box.left, element.box.top))
    return tuple(ordered)
