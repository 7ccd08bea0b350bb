"""Pasting on X11: for text whose characters would need too many keymap changes.

The paste shortcut is Shift+Insert, which toolkits and terminals share; toolkits then request CLIPBOARD, terminals
PRIMARY, so both are offered. The requests are observed, so if no program takes the paste, the text can still be typed.
Only the program in front is given the text: it may be a secret, and clipboard managers keep what they get. The user's
previous clipboard and selection are offered again afterwards, in all their formats.
"""

from collections.abc import Callable, Sequence

from handeye.environments.desktop.x11.display import open_display
from handeye.environments.desktop.x11.keeper import keep
from handeye.environments.desktop.x11.selection import Offer, Reader, client_of, text_contents

SELECTIONS = ("CLIPBOARD", "PRIMARY")
_READ_SECONDS = 3.0
"""Seconds to read the previous contents; formats that take longer to transfer are lost."""
_TAKE_SECONDS = 1.5
"""Seconds within which a program that has read the paste shortcut must request the text."""

_QUIET_SECONDS = 0.15
"""Seconds without a request after which a paste is complete; Chromium makes about ten, some of them afterwards."""


class Clipboard:
    """Pastes, and preserves the previous contents."""

    def __init__(self, display_name: str) -> None:
        self._name = display_name
        self._kept: Offer | None = None

    def paste(
        self,
        text: str,
        strike: Callable[[], None],
        wait: Callable[[], None],
        selections: Sequence[str] = SELECTIONS,
    ) -> bool:
        """Offer the text, press the paste shortcut, and return whether the program in front took it.

        `wait` returns when the program has processed all its input. selections: those that the program may paste from.
        """
        display = open_display(self._name)
        try:
            owners = {name: display.get_selection_owner(display.intern_atom(name)) for name in selections}
            focus = display.get_input_focus().focus
            client = None if isinstance(focus, int) else client_of(display, focus.id)
            marking = owners.get("PRIMARY", 0)
            if not isinstance(marking, int) and client == client_of(display, marking.id):
                # Taking PRIMARY from the program itself would clear its selection, which the paste must replace.
                return False
            reader = Reader(display)
            before = {name: reader.read(name, _READ_SECONDS) for name in selections if owners[name]}
            if not all(before.values()):
                return False  # the previous contents could not be restored
        finally:
            display.close()
        offer = Offer(self._name, dict.fromkeys(selections, text_contents(text)), client)
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
        """Hand the previous contents over to a separate process, which offers them until something else is copied."""
        kept = self._kept
        if kept is not None and (offered := kept.offered):
            keep(self._name, offered, kept.window)
        self._keep(None)

    def _keep(self, offer: Offer | None) -> None:
        before, self._kept = self._kept, offer
        if before is not None:
            before.stop()
