"""Whether a program has marked text since a moment, and what: it then owns the selection PRIMARY.

Toolkits take PRIMARY whenever a user marks text in a field, and their targets tell text from cells, files or pictures.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from handeye.environments.desktop.x11.display import open_display
from handeye.environments.desktop.x11.selection import Reader
from handeye.environments.errors import EnvironmentLost

if TYPE_CHECKING:
    from Xlib.display import Display

_READ_SECONDS = 2.0


class Marked:
    """Watches PRIMARY, on a connection of its own."""

    def __init__(self, display_name: str | None) -> None:
        """Remember the display; connect when used."""
        self._name = display_name
        self._display: Display | None = None

    def forget(self) -> None:
        """Take PRIMARY from whoever has it, as any new marking would."""
        from Xlib import X
        from Xlib.error import ConnectionClosedError

        try:
            display = self._connected()
            window = display.screen().root.create_window(0, 0, 1, 1, 0, 0)
            window.set_selection_owner(display.intern_atom("PRIMARY"), X.CurrentTime)
            window.destroy()  # and with it the ownership
            display.sync()
        except (ConnectionClosedError, OSError) as error:
            raise EnvironmentLost(f"the X display is gone: {error}") from error

    def is_marked(self) -> bool:
        """Return whether a program has marked something since `forget`."""
        from Xlib.error import ConnectionClosedError

        try:
            display = self._connected()
            return not isinstance(display.get_selection_owner(display.intern_atom("PRIMARY")), int)
        except (ConnectionClosedError, OSError) as error:
            raise EnvironmentLost(f"the X display is gone: {error}") from error

    def forms(self) -> Collection[str]:
        """Return the targets in which the program offers what is marked."""
        from Xlib.error import ConnectionClosedError

        try:
            return Reader(self._connected()).targets("PRIMARY", _READ_SECONDS)
        except (ConnectionClosedError, OSError) as error:
            raise EnvironmentLost(f"the X display is gone: {error}") from error

    def close(self) -> None:
        """Disconnect, without waiting for the server."""
        if self._display is not None:
            self._display.display.socket.close()
            self._display = None

    def _connected(self) -> "Display":
        if self._display is None:
            self._display = open_display(self._name)
        return self._display
