"""What all sources of elements share: redaction, reading order, and the error when elements cannot be read."""

from collections.abc import Iterable

from handeye.actions.errors import HandeyeError
from handeye.environments.element import Element
from handeye.environments.secrets import Secrets


class ElementsUnknown(HandeyeError):
    """The screen does not report its elements, or not in time; the message says why. The screen itself is not lost."""


LONGEST_TEXT = 100
"""The maximum length of an element's text. Sources read more, so that a secret is recognized before truncation."""


def redacted(elements: Iterable[Element], secrets: Secrets) -> tuple[Element, ...]:
    """Return the elements with secrets replaced by their names and with texts truncated."""
    redact = secrets.redact
    return tuple(
        element._replace(text=redact(element.text)[:LONGEST_TEXT], role=redact(element.role)) for element in elements
    )


def reading_order(elements: Iterable[Element]) -> tuple[Element, ...]:
    """Return the elements line by line from the top, each line from the left.

    A line consists of the elements whose middle is above the lower edge of its highest element.
    """
    left = sorted(elements, key=lambda element: (element.box.top, element.box.left))
    ordered: list[Element] = []
    while left:
        first, bottom = left[0], left[0].box.bottom
        line = [element for element in left if element is first or element.box.center.y < bottom]
        left = [element for element in left if element is not first and element.box.center.y >= bottom]
        ordered += sorted(line, key=lambda element: (element.box.left, element.box.top))
    return tuple(ordered)
