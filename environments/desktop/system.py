"""The interface of a desktop's monitors and windows, and of what has the focus in them."""

from collections.abc import Collection
from typing import NamedTuple, Protocol

from handeye.actions.geometry import Box, Point


class Monitor(NamedTuple):
    """One monitor, or a part of the screen that counts as one."""

    name: str
    """The system's name: "HDMI-1"; if it has none, the index."""
    box: Box
    """In units of the pointer's positions; its origin may be negative except on X11."""
    primary: bool


class Window(NamedTuple):
    """One window of a program."""

    id: int
    title: str
    app: str
    """The name of its process; empty if unknown."""
    process: int | None
    """The id of that process; None if unknown or on another machine."""
    kinds: tuple[str, ...]
    """Other names for it, such as the class of an X11 window; in lower case."""
    box: Box
    """Without its frame, in units of the pointer's positions; may lie outside the monitors."""


class Field(NamedTuple):
    """What has the focus."""

    role: str
    """Such as "text" or "table"."""
    editable: bool
    """Whether it is a text that can be edited, and not a part of a sheet or a document."""
    lines: bool
    """Whether it may have several lines."""
    length: int | None
    """How many characters it holds; None if it does not say."""


class DesktopSystem(Protocol):
    """The monitors and the windows of a desktop. Every call raises `EnvironmentLost` if the desktop is gone."""

    def monitors(self) -> tuple[Monitor, ...]:
        """Return the current monitors, at least one."""

    def windows(self) -> tuple[Window, ...]:
        """Return the programs' windows, front to back."""

    def active_window(self) -> Window | None:
        """Return the window with the keyboard focus; None if there is none or it is unknown."""

    def focused_field(self) -> Field | None:
        """Return what has the focus in the active window; None if the system itself does not tell."""

    def focus(self, window: Window) -> None:
        """Bring the window to the front and give it the keyboard focus, even if it is minimized."""

    def has_window_manager(self) -> bool:
        """Return whether a window manager is running."""

    def sever(self) -> None:
        """Make a call that hangs in another thread fail."""

    def close(self) -> None:
        """Disconnect. May be called repeatedly."""


class Probe(Protocol):
    """Reads the pointer and the pressed keys, from its own thread. Raises `EnvironmentLost`."""

    def pointer(self) -> Point:
        """Return where the pointer is."""

    def is_held(self, key: str) -> bool:
        """Return whether a key with this canonical name is down. Raises `InvalidOption` if that cannot be read."""

    def close(self) -> None:
        """Disconnect. May be called repeatedly."""


class Marking(Protocol):
    """Tells whether a program has marked something, and in which formats it offers that."""

    def forget(self) -> None:
        """Forget what is marked now."""

    def is_marked(self) -> bool:
        """Return whether something has been marked since `forget`."""

    def forms(self) -> Collection[str]:
        """Return the formats in which it is offered."""

    def is_empty(self) -> bool:
        """Return whether it is an empty text."""

    def sever(self) -> None:
        """Make a call that hangs in another thread fail."""

    def close(self) -> None:
        """Disconnect. May be called repeatedly."""
