"""Emptying the field that has the focus, and nothing else.

The usual ctrl+a and delete wipe a sheet, move files to the trash, and go to the beginning of the line in Tk, Emacs and
shells. So what has the focus must be known, and what is not is rejected:

1. a terminal: the keys that empty its line, by what runs in it (`terminal`);
2. a program that reports its elements: only a field, and it must be empty afterwards (`field`);
3. a document, a sheet or a file manager that reports nothing: rejected;
4. another program on X11: home and shift+end, with ctrl and without, only move and mark, whatever has the focus. If
   plain text is marked then, what is typed replaces it, which in a list only searches; if nothing at all has changed
   on the screen, the field was empty.
"""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from handeye.environments.desktop.capture import Shot
from handeye.environments.desktop.field import focused_field
from handeye.environments.desktop.input import DesktopInput, Focus, PartlyDone
from handeye.environments.desktop.settle import has_changed
from handeye.environments.desktop.system import DesktopSystem, Field, Marking, Window
from handeye.environments.desktop.terminal import TERMINALS, line_keys
from handeye.environments.errors import ActionRejected

_MARK_ALL = (("ctrl", "home"), ("home",), ("ctrl", "shift", "end"), ("shift", "end"))
"""All of a field of one line, where ctrl may have no meaning, and of one of several lines."""
_DOCUMENTS = frozenset(
    (
        *("abiword", "emacs", "gnumeric", "gvim", "onlyoffice", "desktopeditors", "wps", "wpp", "et", "evince"),
        *("gedit", "featherpad", "geany", "gnome-text-editor", "kate", "kwrite", "leafpad", "mousepad", "pluma", "xed"),
        *("calligrasheets", "calligrawords", "scribus", "texstudio", "inkscape", "gimp"),
        *("caja", "dolphin", "doublecmd", "krusader", "nautilus", "nemo", "pcmanfm", "spacefm", "thunar"),
        *("nemo-desktop", "pcmanfm-desktop", "xfdesktop", "org.gnome.nautilus"),
    )
)
"""Programs of documents, sheets and files, by the names of their windows and processes in lower case."""
_DOCUMENTS_BEGIN = ("libreoffice", "soffice", "openoffice")
_CELLS = frozenset({"table", "table cell"})
_RICH = ("html", "openoffice", "opendocument", "rtf", "richtext", "uri-list", "x-special", "image/")
"""Parts of the formats in which cells, files and documents are offered, and no text of a field."""
_PLAIN = "gtk-text-buffer"
_INSTEAD = "mark what is to be replaced, for example with three clicks, and type without clear"
_SECONDS = 2.0
"""How long a field may take to react."""
_QUIET = 0.25
_POLL = 0.02


@dataclass(frozen=True, slots=True)
class Clearing:
    """Empties the field that has the focus."""

    input: DesktopInput
    system: DesktopSystem
    grab: Callable[[], Shot]
    wait: Callable[[float], None]
    environ: Mapping[str, str]
    """Of the programs on the desktop."""
    marking: Marking | None
    """None where only the system itself tells what has the focus."""

    def clear(self, to: Focus | None, text: str) -> bool:
        """Empty it for a text; return whether it is empty now: if not, the text replaces what is marked.

        Raises `ActionRejected` if what has the focus is not a field, or is unknown, and `PartlyDone` if it is not empty
        afterwards.
        """
        window = self.system.active_window()
        names = set() if window is None else {*window.kinds, window.app.casefold()}
        if names & TERMINALS:
            self._press(line_keys(None if window is None else window.process), to)
            return True
        document = bool(names & _DOCUMENTS) or any(name.startswith(_DOCUMENTS_BEGIN) for name in names)
        if self.marking is None:
            self._clear_known(self.system.focused_field(), document, to)
            return True
        field = None if window is None else self._reported(window)
        if field is not None:
            self._clear_known(field, document, to)
            return True
        if document:
            raise ActionRejected(f"whether a field or a document has the focus is unknown: {_INSTEAD}")
        return self._clear_unknown(self.marking, to, text)

    def _reported(self, window: Window) -> Field | None:
        return None if window.process is None else focused_field(window.process, self.environ)

    def _clear_known(self, field: Field | None, document: bool, to: Focus | None) -> None:
        if field is None:
            raise ActionRejected(f"what has the focus is unknown: {_INSTEAD}")
        if field.role in _CELLS:
            raise ActionRejected("a cell of a sheet has the focus: type without clear, which replaces its content")
        if not field.editable:
            raise ActionRejected(f"what has the focus is no field but a {field.role}: click a field, or {_INSTEAD}")
        if field.lines and document:
            raise ActionRejected(f"a document has the focus, which is not emptied: {_INSTEAD}")
        if field.length == 0:
            return
        select = (("meta", "a"),) if sys.platform == "darwin" else _MARK_ALL
        self._press((*select, ("delete",)), to)
        self._require_empty()

    def _require_empty(self) -> None:
        """Wait until the program reports an empty field, if it reports one at all."""
        deadline = time.monotonic() + _SECONDS
        while (field := self._again()) is not None and field.length:
            if time.monotonic() > deadline:
                raise PartlyDone(f"the field was not emptied: {_INSTEAD}")
            self.wait(_POLL)

    def _again(self) -> Field | None:
        if self.marking is None:
            return self.system.focused_field()
        window = self.system.active_window()
        return None if window is None else self._reported(window)

    def _clear_unknown(self, marking: Marking, to: Focus | None, text: str) -> bool:
        before = self.grab()
        marking.forget()
        self._press(_MARK_ALL, to)
        changed = self._wait_for(marking, before)
        if not marking.is_marked():
            if changed:
                raise PartlyDone(f"something was marked that may not be the text of a field: {_INSTEAD}")
            return True
        forms = [form.casefold() for form in marking.forms()]
        if any(part in form for form in forms for part in _RICH if _PLAIN not in form):
            raise PartlyDone(f"cells, files or a document were marked instead of the text of a field: {_INSTEAD}")
        if marking.is_empty():
            return True
        if text and text[0] not in "\n\t":
            return False
        # Not the delete key: it would delete what a list has marked.
        self._press((("space",), ("backspace",)), to)
        return True

    def _wait_for(self, marking: Marking, before: Shot) -> bool:
        """Wait until something is marked and drawn, or nothing happens; return whether the screen has changed."""
        deadline = time.monotonic() + _SECONDS
        since, last = time.monotonic(), before
        while time.monotonic() < deadline and not (marking.is_marked() and time.monotonic() - since > _POLL):
            self.wait(_POLL)
            shot = self.grab()
            if has_changed(last, shot):
                last, since = shot, time.monotonic()
            elif time.monotonic() - since > _QUIET:
                break
        return has_changed(before, self.grab())

    def _press(self, chords: Sequence[Sequence[str]], to: Focus | None) -> None:
        for pressed, chord in enumerate(chords):
            try:
                self.input.press(chord, to)
            except ActionRejected as error:
                if pressed:
                    raise PartlyDone(f"{error}; the field may not be empty") from None
                raise
