"""An element on the screen as a person sees it: a button, a field, a list row."""

from typing import NamedTuple, Protocol, runtime_checkable

from handeye.actions.geometry import Box


class Element(NamedTuple):
    """One visible element, as reported by the screen's accessibility tree or document."""

    box: Box
    """In pixels of the screenshot, clipped to it; not empty."""
    role: str
    """Its role in the source's own terms: "button", "android.widget.EditText"."""
    text: str
    """Its text or label; empty if unknown."""
    editable: bool = False
    """Whether text can be typed into it."""
    part: bool = False
    """Whether it is a text or picture inside an enclosing element, which a click on it targets."""


@runtime_checkable
class HasElements(Protocol):
    """An environment that can list the elements on its screen."""

    def elements(self) -> tuple[Element, ...]:
        """Return the elements on the screen that can be pointed at, in reading order. Raises `EnvironmentLost`."""
