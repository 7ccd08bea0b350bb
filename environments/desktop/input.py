"""What a desktop environment needs of its system: a pointer and a keyboard."""

from collections.abc import Sequence
from typing import Literal, Protocol

from handeye.actions.geometry import Point

Button = Literal["left", "right", "middle"]


class DesktopInput(Protocol):
    """The pointer and the keyboard of a desktop, for one caller at a time, from any thread.

    Points are in the input's own unit: pixels of the root window on X11, the system's units elsewhere. Keys and
    modifiers have the canonical names of `handeye.actions.keys`. Every call raises `ActionRejected` before anything
    is done if it cannot be done, and `EnvironmentLost` if the desktop is gone. Whatever a call holds down is let go
    again when the call ends, also when it fails or is interrupted.
    """

    last_point: Point | None
    """Where the pointer was put last; it has been moved by somebody else if `pointer()` says otherwise."""

    def pointer(self) -> Point:
        """Return where the pointer is."""

    def move(self, point: Point) -> None:
        """Move the pointer there."""

    def click(self, point: Point, button: Button = "left", count: int = 1, modifiers: Sequence[str] = ()) -> None:
        """Click `count` times: 2 is a double click, 3 a triple click. An earlier click never counts as one of them."""

    def long_press(self, point: Point, seconds: float) -> None:
        """Hold the left button down for so long."""

    def drag(self, path: Sequence[Point], button: Button = "left", modifiers: Sequence[str] = ()) -> None:
        """Hold the button down along the path, at the pace that programs follow."""

    def scroll(self, point: Point, dx: int, dy: int, modifiers: Sequence[str] = ()) -> None:
        """Turn the wheel over a point: pixels, rounded to notches, at least one for an axis that is not 0.

        Positive shows what is to the right and below.
        """

    def type(self, text: str) -> None:
        """Type every character; a line feed is the enter key, a tab the tab key."""

    def press(self, keys: Sequence[str]) -> None:
        """Press the keys one after the other, and release them in the opposite order."""

    def hold(self, keys: Sequence[str], seconds: float) -> None:
        """Press the keys, hold them all for so long, and release them."""

    def require(self, *, text: str = "", keys: Sequence[str] = ()) -> None:
        """Raise `ActionRejected` if the text cannot be typed or a key cannot be pressed; do nothing."""

    def release(self) -> None:
        """Let go of every button and key that is held."""

    def close(self) -> None:
        """Give the input back as it was found. May be called again; every other call fails afterwards."""
