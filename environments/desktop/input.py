"""The interface of a desktop's pointer and keyboard."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Point

Button = Literal["left", "right", "middle"]
MOVED = "another window has come to the front since the last screenshot: look again"
"""Why keys for another window are rejected."""
KEPT = "a program keeps it inside its window, or no monitor shows that point"
"""Why the pointer is not where it was moved."""
SECONDS_PER_CHARACTER = 0.15
"""How long a call may take for each character to type, at most."""


@dataclass(frozen=True, slots=True)
class Focus:
    """Where keys go. Two are equal if keys go to the same window of the same program."""

    window: int | None
    """The number of the window on the screen that gets them; None for none."""
    taken: bool = False
    """Whether a program has taken the keyboard for itself: a menu, a prompt for a password, a locked screen."""
    problem: str = field(default="", compare=False)
    """Why no program takes the keys, and what to do; empty if one may."""


class PartlyDone(HandeyeError):
    """Only part of a call was done. The message is the reason, and what to do."""

    def __init__(self, reason: str, count: int | None = None, at: Point | None = None) -> None:
        """Say how far it came.

        count: of the characters typed or the clicks made; None if that is unknown. at: where a drag ended.
        """
        super().__init__(reason)
        self.count = count
        self.at = at


class DesktopInput(Protocol):
    """The pointer and the keyboard of a desktop, for one caller at a time, from any thread.

    Points are in the input's own unit: pixels of the root window on X11, the system's units elsewhere. Keys and
    modifiers have the canonical names of `handeye.actions.keys`. Every call raises `ActionRejected` before anything
    is done if it is not possible, `PartlyDone` if only a part was done, and `EnvironmentLost` if the desktop is gone.
    Whatever a call holds down is released
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

    def drag(
        self,
        path: Sequence[Point],
        button: Button = "left",
        modifiers: Sequence[str] = (),
        hold_seconds: float = 0.0,
    ) -> None:
        """Hold the button down along the path, at a pace that programs can follow, `hold_seconds` before it moves."""

    def scroll(self, point: Point, dx: int, dy: int, modifiers: Sequence[str] = ()) -> None:
        """Turn the wheel over a point by pixels, rounded to notches, with at least one for a nonzero axis.

        Positive distances scroll right and down.
        """

    def focus(self) -> Focus:
        """Return where keys go."""

    def type(self, text: str, to: Focus | None = None) -> None:
        """Type every character; a line feed is the enter key, a tab the tab key.

        to: where keys went when the text was chosen; it is rejected if they go elsewhere now.
        """

    def press(self, keys: Sequence[str], to: Focus | None = None) -> None:
        """Press the keys in order, and release them in reverse order. `to` as for `type`."""

    def hold(self, keys: Sequence[str], seconds: float, to: Focus | None = None) -> None:
        """Press the keys, hold them all for `seconds` while the last one repeats, and release them."""

    def is_shortcut(self, keys: Sequence[str]) -> bool:
        """Return whether the desktop itself acts on a chord, so that the program in front does not get it."""

    def require(self, *, text: str = "", keys: Sequence[str] = ()) -> None:
        """Raise `ActionRejected` if the text cannot be typed or a key cannot be pressed; send nothing."""

    def release(self) -> None:
        """Release every held button and key."""

    def close(self) -> None:
        """Restore the input's original state. May be called repeatedly; every other call fails afterwards."""
