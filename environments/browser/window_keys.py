"""Keys of the browser's own window: reloading, zooming, history, tabs and its tools.

Input reaches the page and never the window, so these keys would silently do nothing. A few are carried out, the others
are rejected with what to do instead. A page may take most of them for itself, as editors take ctrl+s; a real browser
gives it those first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Command = Literal["reload", "forward"]


@dataclass(frozen=True, slots=True)
class WindowKey:
    """What a key of the window means here."""

    hint: str
    """What to do instead, for the policy."""
    reserved: bool = False
    """Whether the browser acts on it before the page can."""
    command: Command | None = None
    """What is carried out, unless the page takes the key for itself."""
    moves: bool = False
    """Whether it changes the page or the tab that is shown, which a recording reports as that."""


_TABLE: tuple[tuple[str, WindowKey], ...] = (
    ("ctrl+t ctrl+n ctrl+shift+n", WindowKey("use `new_tab`", reserved=True, moves=True)),
    ("ctrl+shift+t", WindowKey("a closed tab cannot be reopened: use `new_tab`", reserved=True, moves=True)),
    ("ctrl+w ctrl+f4 ctrl+shift+w", WindowKey("use `close_tab`", reserved=True, moves=True)),
    (
        "ctrl+tab ctrl+shift+tab ctrl+pageup ctrl+pagedown ctrl+shift+pageup ctrl+shift+pagedown ctrl+shift+a",
        WindowKey("use `switch_tab`", reserved=True, moves=True),
    ),
    ("ctrl+1 ctrl+2 ctrl+3 ctrl+4 ctrl+5 ctrl+6 ctrl+7 ctrl+8 ctrl+9", WindowKey("use `switch_tab`", moves=True)),
    ("ctrl+l alt+d f6 ctrl+k ctrl+e", WindowKey("use `navigate`", moves=True)),
    ("ctrl+o", WindowKey("a file can only be chosen where the page asks for one")),
    ("alt+home", WindowKey("there is no home page: use `navigate`", reserved=True, moves=True)),
    ("alt+left", WindowKey("use `back`", reserved=True, moves=True)),
    ("alt+right", WindowKey("use `navigate`", command="forward", moves=True)),
    ("f5 ctrl+r", WindowKey("use `navigate`", command="reload", moves=True)),
    ("ctrl+f5 shift+f5 ctrl+shift+r", WindowKey("press f5, which loads the page again", moves=True)),
    ("ctrl++ ctrl+= ctrl+shift++ ctrl+shift+= ctrl+- ctrl+_ ctrl+shift+- ctrl+0", WindowKey("the page has one size")),
    ("f11", WindowKey("the page already fills the screen")),
    ("ctrl+p ctrl+shift+p", WindowKey("nothing can be printed")),
    ("ctrl+s", WindowKey("a page cannot be saved")),
    ("ctrl+f ctrl+g ctrl+shift+g f3 shift+f3", WindowKey("there is no search bar: scroll instead")),
    (
        "f12 ctrl+shift+i ctrl+shift+j ctrl+shift+c ctrl+u shift+esc",
        WindowKey("there are no tools for developers"),
    ),
    ("ctrl+h ctrl+j ctrl+d ctrl+shift+d ctrl+shift+b ctrl+shift+o", WindowKey("there are no lists of pages")),
    ("ctrl+shift+delete", WindowKey("nothing can be deleted from the browser")),
    ("f1 f10 alt+f alt+e alt+shift+i alt+shift+t shift+f6 f7", WindowKey("there are no menus of the browser")),
    ("alt+f4 ctrl+q ctrl+shift+q", WindowKey("the browser stays open", reserved=True)),
)


def window_key(keys: Sequence[str]) -> WindowKey | None:
    """Return what the keys do in the browser's window; None if they only concern the page.

    Command stands for ctrl, as on a Mac.
    """
    return _KEYS.get(frozenset("ctrl" if key == "meta" else key for key in keys))


def _chords() -> Iterator[tuple[frozenset[str], WindowKey]]:
    for chords, meaning in _TABLE:
        for chord in chords.split():
            yield frozenset(name or "+" for name in chord.split("+")), meaning


_KEYS: Mapping[frozenset[str], WindowKey] = dict(_chords())
