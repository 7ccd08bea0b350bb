"""The interface of a desktop's pointer and keyboard."""

from collections.abc import Sequence
from typing import Literal, Protocol

from handeye.actions.geometry import Point

Button = Literal["left", "right", "middle"]


class DesktopInput(Protocol):
    """The pointer and the keyboard of a desktop, for one caller at a time, from any thread.

    Points are in the input's own unit: pixels of the root window on X11, the system's units elsewhere. Keys and
    modifiers have the canonical names of `handeye.actions.keys`. Every call raises `ActionRejected` before anything
    is done if it is not possible, and `EnvironmentLost` if the desktop is gone. Whatever a call holds down is released
    when the call ends, also if it fails or is interrupted.
    """

    last_point: Point | None
    """The last position set; if `pointer()` differs, somebody else has moved the pointer."""

    def pointer(self) -> Point:
        """Return where the pointer is."""

    def move(self, point: Point) -> None:
        """Move the pointer there."""

    def click(self, point: Point, button: Button = "left", count: int = 1, modifiers: Sequence[str] = ()) -> None:
        """Click `count` times: 2 is a double click, 3 a triple click. An earlier click never counts as one of them."""

    def long_press(self, point: Point, seconds: float) -> None:
        """Hold the left button down for `seconds`."""

    def drag(self, path: Sequence[Point], button: Button = "left", modifiers: Sequence[str] = ()) -> None:
        """Hold the button down along the path, at a pace that programs can follow."""

    def scroll(self, point: Point, dx: int, dy: int, modifiers: Sequence[str] = ()) -> None:
        """Turn the wheel over a point by pixels, rounded to notches, with at least one for a nonzero axis.

        Positive distances scroll right and down.
        """

    def type(self, text: str) -> None:
        """Type every character; a line feed is the enter key, a tab the tab key."""

    def press(self, keys: Sequence[str]) -> None:
        """Press the keys in order, and release them in reverse order."""

    def hold(self, keys: Sequence[str], seconds: float) -> None:
        """Press the keys, hold them all for `seconds`, and release them."""

    def require(self, *, text: str = "", keys: Sequence[str] = ()) -> None:
        """Raise `ActionRejected` if the text cannot be typed or a key cannot be pressed; send nothing."""

    def release(self) -> None:
        """Release every held button and key."""

    def close(self) -> None:
        """Restore the input's original state. May be called repeatedly; every other call fails afterwards."""
