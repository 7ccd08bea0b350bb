"""Whether a program has marked text since a moment, and what: it then owns the selection PRIMARY.

Toolkits take PRIMARY whenever a user marks text in a field, and their targets tell text from cells, files or pictures.
"""

import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
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

        with self._use() as display:
            window = display.screen().root.create_window(0, 0, 1, 1, 0, 0)
            window.set_selection_owner(display.intern_atom("PRIMARY"), X.CurrentTime)
            window.destroy()  # and with it the ownership
            display.sync()

    def is_marked(self) -> bool:
        """Return whether a program has marked something since `forget`."""
        with self._use() as display:
            return not isinstance(display.get_selection_owner(display.intern_atom("PRIMARY")), int)

    def forms(self) -> Collection[str]:
        """Return the targets in which the program offers what is marked."""
        with self._use() as display:
            return Reader(display).targets("PRIMARY", _READ_SECONDS)

    def is_empty(self) -> bool:
        """Return whether it is an empty text: some toolkits mark the nothing in an empty field."""
        with self._use() as display:
            text = Reader(display).form("PRIMARY", "UTF8_STRING", _READ_SECONDS)
            return text is not None and not len(text.items)

    def sever(self) -> None:
        """Make a call that hangs in another thread fail."""
        if self._display is not None:
            with suppress(OSError):
                self._display.display.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Disconnect, without waiting for the server."""
        if self._display is not None:
            with suppress(OSError):
                self._display.display.socket.close()

    @contextmanager
    def _use(self) -> Iterator["Display"]:
        from Xlib.error import ConnectionClosedError

        try:
            if self._display is None:
                self._display = open_display(self._name)
            yield self._display
        except (ConnectionClosedError, OSError, ValueError) as error:  # a closed socket has no file descriptor
            raise EnvironmentLost(f"the X display is gone: {error}") from error
