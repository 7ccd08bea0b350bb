"""A python-xlib connection with its own tables.

python-xlib keeps the numbers of a server's extensions, events and errors on the class, shared by all connections.
Servers with different extensions number them differently: with one table, connecting to the second server fails, or its
events are misinterpreted.
"""

from Xlib import error
from Xlib.display import Display, _BaseDisplay
from Xlib.protocol import event


class Connection(Display):
    """A connection to an X display, with the numbers of that server only."""

    @property
    def display(self) -> _BaseDisplay:
        """The underlying connection, which python-xlib sets before it asks the server for its extensions."""
        return self._wire

    @display.setter
    def display(self, wire: _BaseDisplay) -> None:
        wire.extension_major_opcodes = {}
        wire.error_classes = error.xerror_class.copy()
        wire.event_classes = {**event.event_class}
        self._wire = wire
