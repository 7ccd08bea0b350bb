"""What all sources of elements share: how they are told, and the error when nothing can be told."""

from collections.abc import Iterable

from handeye.actions.errors import HandeyeError
from handeye.environments.element import Element
from handeye.environments.secrets import Secrets


class ElementsUnknown(HandeyeError):
    """The screen does not say which elements are on it, or not in time; the message says why. The screen is there."""


LONGEST_TEXT = 100
"""Characters of an element's text that are told. A source reads more, so that a secret is known before the cut."""


def redacted(elements: Iterable[Element], secrets: Secrets) -> tuple[Element, ...]:
    """Return the elements with the names of secrets in place of what they are, and with texts no longer than told."""
    return tuple(element._replace(text=secrets.redact(element.text)[:LONGEST_TEXT]) for element in elements)


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
