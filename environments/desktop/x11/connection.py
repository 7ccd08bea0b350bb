"""python-xlib's connection, with tables of its own.

python-xlib keeps the numbers of a server's extensions, events and errors on the class, for all connections together.
Two servers number them otherwise when their extensions differ: with one table, connecting to the second one fails, or
its events are taken for others.
"""

from Xlib import error
from Xlib.display import Display, _BaseDisplay
from Xlib.protocol import event


class Connection(Display):
    """A connection to an X display, which knows the numbers of that server alone."""

    @property
    def display(self) -> _BaseDisplay:
        """The connection below, which python-xlib sets before it asks the server for its extensions."""
        return self._wire

    @display.setter
    def display(self, wire: _BaseDisplay) -> None:
        wire.extension_major_opcodes = {}
        wire.error_classes = error.xerror_class.copy()
        wire.event_classes = {**event.event_class}
        self._wire = wire
