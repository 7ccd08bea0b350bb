"""Pasting on X11: for text whose characters would take too many changes of the keyboard's map.

The paste key is Shift+Insert, which toolkits and terminals have in common; toolkits then ask for CLIPBOARD, terminals
for PRIMARY, so both are offered. Whether the program has asked is seen, so a paste that nobody took is known, and the
text can still be typed. What the user had copied and marked is offered again afterwards, in all its forms.
"""

from collections.abc import Callable

from handeye.environments.desktop.x11.display import open_display
from handeye.environments.desktop.x11.keeper import keep
from handeye.environments.desktop.x11.selection import Offer, Reader, client_of, text_contents

_SELECTIONS = ("CLIPBOARD", "PRIMARY")
_READ_SECONDS = 3.0
"""For all that was copied before; forms of it that take longer to hand over are lost."""
_TAKE_SECONDS = 1.5
"""In which a program that has read the paste key must ask for the text."""

_QUIET_SECONDS = 0.15
"""In which a program that has got the text must ask no more; Chromium asks some ten times, also afterwards."""


class Clipboard:
    """Pastes, and keeps what was copied before."""

    def __init__(self, display_name: str) -> None:
        self._name = display_name
        self._kept: Offer | None = None

    def paste(self, text: str, strike: Callable[[], None], wait: Callable[[], None]) -> bool:
        """Offer the text, strike the paste key, and return whether the program in front took it.

        `wait` returns when the program has dealt with all that it was sent.
        """
        display = open_display(self._name)
        try:
            owners = {name: display.get_selection_owner(display.intern_atom(name)) for name in _SELECTIONS}
            focus = display.get_input_focus().focus
            client = None if isinstance(focus, int) else client_of(display, focus.id)
            marking = owners["PRIMARY"]
            if not isinstance(marking, int) and client == client_of(display, marking.id):
                # Taken from the program itself, it would no longer be marked, and not be replaced by what is pasted.
                return False
            reader = Reader(display)
            before = {name: reader.read(name, _READ_SECONDS) for name in _SELECTIONS if owners[name]}
            if not all(before.values()):
                return False  # what was copied could not be given back
        finally:
            display.close()
        offer = Offer(self._name, dict.fromkeys(_SELECTIONS, text_contents(text)), client)
        try:
            strike()
            wait()
            taken = offer.taken.wait(_TAKE_SECONDS)
            offer.rest(_QUIET_SECONDS, _TAKE_SECONDS)
            wait()
        finally:
            self._keep(Offer(self._name, before) if before else None)
            offer.stop()
        return taken

    def close(self) -> None:
        """Leave what was copied before to a process of its own, which offers it until something else is copied."""
        kept = self._kept
        if kept is not None and (offered := kept.offered):
            keep(self._name, offered, kept.window)
        self._keep(None)

    def _keep(self, offer: Offer | None) -> None:
        before, self._kept = self._kept, offer
        if before is not None:
            before.stop()
