"""What a desktop environment needs of its system besides input and pictures: monitors and windows."""

from typing import NamedTuple, Protocol

from handeye.actions.geometry import Box, Point


class Monitor(NamedTuple):
    """One monitor, or a part of the screen that counts as one."""

    name: str
    """The system's own: "HDMI-1"; where it has none, the index."""
    box: Box
    """In the unit of the pointer's positions; its origin may be negative except on X11."""
    primary: bool


class Window(NamedTuple):
    """One window of a program."""

    id: int
    title: str
    app: str
    """The name of the process that it belongs to; empty if the system does not tell."""
    process: int | None
    """The id of that process; None if the system does not tell, or it runs on another machine."""
    kinds: tuple[str, ...]
    """What else it is known by, such as the class of an X11 window; in lower case."""
    box: Box
    """Without its frame, in the unit of the pointer's positions; may lie outside of the monitors."""


class DesktopSystem(Protocol):
    """The monitors and the windows of a desktop. Every call raises `EnvironmentLost` if the desktop is gone."""

    def monitors(self) -> tuple[Monitor, ...]:
        """Return the monitors as they are now, at least one."""

    def windows(self) -> tuple[Window, ...]:
        """Return the programs' windows, the one in front first."""

    def active_window(self) -> Window | None:
        """Return the window that has the keyboard; None if there is none, or nobody knows."""

    def focus(self, window: Window) -> None:
        """Ask for the window to be brought to the front and to be given the keyboard; also if it is minimized."""

    def has_window_manager(self) -> bool:
        """Return whether something manages the windows."""

    def sever(self) -> None:
        """Make a call that hangs in another thread fail."""

    def close(self) -> None:
        """Hang up. May be called again."""


class Probe(Protocol):
    """Sees where the pointer is and what is pressed, from a thread of its own. Raises `EnvironmentLost`."""

    def pointer(self) -> Point:
        """Return where the pointer is."""

    def is_held(self, key: str) -> bool:
        """Return whether a key of this canonical name is down. Raises `InvalidOption` if nobody can tell."""

    def close(self) -> None:
        """Hang up. May be called again."""
