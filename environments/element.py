"""A thing on the screen that a person would call one: a button, a field, a line of a list."""

from typing import NamedTuple, Protocol, runtime_checkable

from handeye.actions.geometry import Box


class Element(NamedTuple):
    """One visible element, as the screen's own accessibility tree or document tells of it."""

    box: Box
    """In pixels of the screenshot, clipped to it; not empty."""
    role: str
    """What it is, in the source's own words: "button", "android.widget.EditText"."""
    text: str
    """What it says, or is labelled with; empty when nothing tells."""
    editable: bool = False
    """Whether text can be typed into it."""
    part: bool = False
    """Whether it is a text or a picture of an element around it, which is what a click on it means."""


@runtime_checkable
class HasElements(Protocol):
    """An environment that can say which elements are on its screen."""

    def elements(self) -> tuple[Element, ...]:
        """Return what can be pointed at on the screen now, in reading order. Raises `EnvironmentLost`."""
