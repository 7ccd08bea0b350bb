"""X selections: reading what another program offers, and offering contents ourselves.

The X server does not store copied contents. The program that copied them owns the selection CLIPBOARD and provides them
on request, in as many formats ("targets") as it has; PRIMARY likewise holds the selected text. Contents too large for
one request are sent in pieces (INCR). Source: ICCCM 2.
"""

import contextlib
import select
import threading
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from handeye.environments.desktop.x11.display import open_display

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.protocol.rq import Event

_PIECE = 65_536
"""Items of a property that are sent at a time; more are sent by INCR."""
_LARGEST = 64 << 20
"""The maximum number of bytes read from a selection, in all its formats."""
_PROTOCOL_TARGETS = frozenset({"TARGETS", "MULTIPLE", "TIMESTAMP", "SAVE_TARGETS", "DELETE"})
_UNNAMED_TARGETS = ("UTF8_STRING", "STRING")
"""Which simple programs provide without listing them."""
_PROPERTY_CHANGES = 1 << 22


class Form(NamedTuple):
    """The contents for one target, in the form of a property."""

    kind: str
    """The property's type: UTF8_STRING, image/png."""
    bits: int
    """Bits per item: 8, 16 or 32."""
    items: Any
    """Bytes for items of 8 bits, otherwise a sequence of numbers."""


Contents = Mapping[str, Form]
"""By the target's name."""


def text_contents(text: str) -> Contents:
    """Return a text in the formats that programs request."""
    data = text.encode()
    names = ("UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "TEXT")
    return {name: Form("UTF8_STRING" if name == "TEXT" else name, 8, data) for name in names}


class Reader:
    """Reads what other programs offer, on a dedicated connection."""

    def __init__(self, display: "Display") -> None:
        self._display = display
        display.set_error_handler(lambda error, request: None)  # the owner may be gone before the answer
        self._window = display.screen().root.create_window(0, 0, 1, 1, 0, 0, event_mask=_PROPERTY_CHANGES)

    def read(self, selection: str, seconds: float) -> Contents:
        """Return a selection's contents, in all formats that its owner provides within `seconds`."""
        deadline = time.monotonic() + seconds
        names = self._targets(selection, deadline)
        contents: dict[str, Form] = {}
        size = 0
        for target in dict.fromkeys((*names, *_UNNAMED_TARGETS)):
            if target in _PROTOCOL_TARGETS or size > _LARGEST:
                continue
            form = self._convert(selection, target, deadline)
            if form is not None:
                contents[target] = form
                size += len(form.items) * form.bits // 8
        return contents

    def targets(self, selection: str, seconds: float) -> Sequence[str]:
        """Return the names of the formats that a selection's owner lists."""
        return self._targets(selection, time.monotonic() + seconds)

    def form(self, selection: str, target: str, seconds: float) -> Form | None:
        """Return what a selection's owner provides in one format; None for nothing."""
        return self._convert(selection, target, time.monotonic() + seconds)

    def _targets(self, selection: str, deadline: float) -> Sequence[str]:
        offered = self._convert(selection, "TARGETS", deadline)
        atoms = offered.items if offered is not None and offered.bits == 32 else ()
        return [name for atom in atoms if (name := self._name(atom))]

    def _name(self, atom: int) -> str:
        """Return the name of a target; empty for an invalid one, which some programs list."""
        from Xlib.error import BadAtom

        try:
            return str(self._display.get_atom_name(atom))
        except BadAtom:
            return ""

    def _convert(self, selection: str, target: str, deadline: float) -> Form | None:
        from Xlib import X

        intern = self._display.intern_atom
        place = intern("HANDEYE_SELECTION")
        self._window.delete_property(place)
        self._window.convert_selection(intern(selection), intern(target), place, X.CurrentTime)
        while (event := _next_event(self._display, deadline)) is not None:
            if event.type == X.SelectionNotify and event.target == intern(target):
                return self._fetch(place, deadline) if event.property == place else None
        return None

    def _fetch(self, place: int, deadline: float) -> Form | None:
        from Xlib import X

        found = self._window.get_full_property(place, X.AnyPropertyType)
        if found is None:
            return None
        self._window.delete_property(place)
        kind = self._display.get_atom_name(found.property_type)
        if kind != "INCR":
            return Form(kind, found.format, found.value)
        pieces: list[Any] = []
        while (event := _next_event(self._display, deadline)) is not None:
            if event.type != X.PropertyNotify or event.atom != place or event.state != X.PropertyNewValue:
                continue
            piece = self._window.get_full_property(place, X.AnyPropertyType)
            if piece is None:
                continue
            self._window.delete_property(place)
            if not len(piece.value):
                return _join(pieces, self._display)
            pieces.append(piece)
        return None


class Offer:
    """Owns selections and provides their contents, on its own connection and thread, until `stop`."""

    def __init__(
        self,
        display_name: str,
        offered: Mapping[str, Contents],
        to_client: int | None = None,
        *,
        heir_of: int | None = None,
    ) -> None:
        """Take over the selections.

        to_client: the only client that is given anything; None for all.
        heir_of: a window. Only selections owned by it or by nobody are taken over; None takes all.
        """
        self._display = open_display(display_name)
        self._window = self._display.screen().root.create_window(0, 0, 1, 1, 0, 0, event_mask=_PROPERTY_CHANGES)
        self._names = {self._display.intern_atom(selection): selection for selection in offered}
        self._offered = {selection: offered[name] for selection, name in self._names.items()}
        self._to_client = to_client
        self._transfers: dict[tuple[int, int], tuple[int, Form]] = {}
        self.taken = threading.Event()
        """Set when a client has received one of the formats completely."""
        self._asked = time.monotonic()
        self._stopped = threading.Event()
        self._display.set_error_handler(lambda error, request: None)  # the requestor may be gone before the answer
        self._take_over(heir_of)
        self._thread = threading.Thread(target=self._serve, name="clipboard", daemon=True)
        self._thread.start()

    @property
    def window(self) -> int:
        """The window that owns the selections."""
        return int(self._window.id)

    @property
    def offered(self) -> Mapping[str, Contents]:
        """The selections that nobody else has taken over yet; empty if the X server is gone."""
        if not self._thread.is_alive():
            return {}
        return {self._names[selection]: contents for selection, contents in self._offered.copy().items()}

    def wait(self) -> None:
        """Return when others have taken over all selections, or the X server is gone."""
        self._thread.join()

    def rest(self, quiet: float, limit: float) -> None:
        """Wait until there has been no request for `quiet` seconds: programs repeat requests even after success."""
        deadline = time.monotonic() + limit
        while (left := min(self._asked + quiet, deadline) - time.monotonic()) > 0:
            self._stopped.wait(left)

    def stop(self) -> None:
        """Stop providing contents; selections still owned are empty afterwards."""
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._display.display.socket.shutdown(2)
        self._thread.join()

    def _take_over(self, heir_of: int | None) -> None:
        if heir_of is not None:
            self._display.grab_server()  # nobody can copy anything between the check and the takeover
            for selection in list(self._offered):
                owner = self._display.get_selection_owner(selection)
                if not isinstance(owner, int) and owner.id != heir_of:
                    del self._offered[selection]
        for selection in self._offered:
            self._window.set_selection_owner(selection, 0)
        self._display.ungrab_server()
        self._display.sync()

    def _serve(self) -> None:
        from Xlib.error import ConnectionClosedError, XError

        with contextlib.suppress(ConnectionClosedError, OSError):
            while self._offered:
                event = _next_event(self._display, None)
                with contextlib.suppress(XError):  # invalid requests get no answer
                    if event is not None:
                        self._answer(event)
            self._display.close()

    def _answer(self, event: "Event") -> None:
        from Xlib import X

        match event.type:
            case X.SelectionRequest:
                self._hand_out(event)
            case X.SelectionClear:
                self._offered.pop(event.atom, None)
            case X.PropertyNotify if event.state == X.PropertyDelete:
                self._continue(event)

    def _hand_out(self, event: "Event") -> None:
        from Xlib import X, Xatom
        from Xlib.protocol.event import SelectionNotify

        self._asked = time.monotonic()
        meant = self._to_client in (None, client_of(self._display, event.requestor.id))
        contents = self._offered.get(event.selection, {}) if meant else {}
        target = self._display.get_atom_name(event.target)
        place = event.property or event.target
        if target == "TARGETS":
            atoms = [self._display.intern_atom(name) for name in ("TARGETS", *contents)]
            event.requestor.change_property(place, Xatom.ATOM, 32, atoms)
        elif target in contents:
            self._begin(event.requestor, place, contents[target])
        else:
            place = X.NONE
        event.requestor.send_event(
            SelectionNotify(
                time=event.time,
                requestor=event.requestor,
                selection=event.selection,
                target=event.target,
                property=place,
            )
        )
        self._display.flush()

    def _begin(self, requestor: Any, place: int, form: Form) -> None:
        kind = self._display.intern_atom(form.kind)
        if len(form.items) <= _PIECE:
            requestor.change_property(place, kind, form.bits, form.items)
            self.taken.set()
            return
        requestor.change_attributes(event_mask=_PROPERTY_CHANGES)
        self._transfers[requestor.id, place] = (kind, form)
        requestor.change_property(place, self._display.intern_atom("INCR"), 32, [len(form.items) * form.bits // 8])

    def _continue(self, event: "Event") -> None:
        """Send the next piece; an empty one marks the end."""
        key = (event.window.id, event.atom)
        if key not in self._transfers:
            return
        kind, form = self._transfers.pop(key)
        event.window.change_property(event.atom, kind, form.bits, form.items[:_PIECE])
        if len(form.items):
            self._transfers[key] = (kind, form._replace(items=form.items[_PIECE:]))
        else:
            self.taken.set()
        self._display.flush()


def client_of(display: "Display", window: int) -> int:
    """Return a number that all windows of one client share."""
    return window & ~int(display.display.info.resource_id_mask)


def _next_event(display: "Display", deadline: float | None) -> "Event | None":
    """Return the next event, or None if there is none before the deadline."""
    while not display.pending_events():
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return None
        # Send no request between the check and the wait: its answer can bring in an event.
        select.select([display], [], [], left)
    return display.next_event()


def _join(pieces: Sequence[Any], display: "Display") -> Form | None:
    if not pieces:
        return None
    items = pieces[0].value
    for piece in pieces[1:]:
        items = items + piece.value
    return Form(display.get_atom_name(pieces[0].property_type), pieces[0].format, items)
