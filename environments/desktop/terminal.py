"""How the line being typed in a terminal is emptied, by what runs in it.

ctrl+a and delete do something else in each program that a terminal shows. A program that leaves editing to the kernel
(`cat`, a prompt for a password) has a key that discards the line; shells and interpreters edit lines by themselves, as
in Emacs. In all others (editors, pagers, ssh) there is no line, or it is unknown which keys empty it.
Source: proc(5), `stat`; termios(3).
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from handeye.environments.errors import ActionRejected

TERMINALS = frozenset(
    (
        *("alacritty", "aterm", "com.mitchellh.ghostty", "cool-retro-term", "deepin-terminal", "eterm", "foot"),
        *("ghostty", "gnome-terminal", "gnome-terminal-server", "guake", "io.elementary.terminal", "kgx", "kitty"),
        *("konsole", "lxterminal", "mate-terminal", "mlterm", "org.gnome.console", "org.gnome.ptyxis"),
        *("org.wezfurlong.wezterm", "ptyxis", "qterminal", "roxterm", "rxvt", "sakura", "st", "st-256color"),
        *("terminal", "terminator", "terminology", "tilda", "tilix", "urxvt", "uxterm", "wezterm", "wezterm-gui"),
        *("x-terminal-emulator", "xfce4-terminal", "xterm", "yakuake"),
    )
)
"""The names of terminals' windows and processes, in lower case."""
_LINE_EDITORS = frozenset(
    (
        *("bash", "zsh", "fish", "ksh", "ksh93", "mksh", "sh", "tcsh", "csh", "rbash", "xonsh", "nu"),
        *("ipython", "ipython3", "irb", "node", "lua", "R", "ghci", "psql", "mysql", "mariadb", "sqlite3", "gdb", "bc"),
    )
)
"""Programs that edit a line as Emacs does: ctrl+e goes to its end, ctrl+u deletes all before."""
_PYTHON = "python"
_PTS = range(136, 144)
"""The major numbers of pseudo-terminals."""
_DISCARD = b"\x15"
"""ctrl+u, which discards the line unless a user has chosen another key."""
_INSTEAD = "delete the text with the keys of that program, and type without clear"


class _Process(NamedTuple):
    name: str
    parent: int
    tty: int
    foreground: int
    """The process group in the foreground of its terminal."""


def line_keys(terminal: int | None) -> tuple[tuple[str, ...], ...]:
    """Return the chords that empty the line being typed in a terminal.

    terminal: the process of its window. Raises `ActionRejected` if that is not known.
    """
    if terminal is None or not sys.platform.startswith("linux"):
        raise ActionRejected(f"what runs in this terminal is unknown, so its line cannot be emptied: {_INSTEAD}")
    found = {_keys(tty, process) for tty, process in _foregrounds(terminal).items()}
    if len(found) != 1:
        raise ActionRejected(f"what runs in this terminal is unknown, so its line cannot be emptied: {_INSTEAD}")
    return found.pop()


def _keys(tty: int, program: str) -> tuple[tuple[str, ...], ...]:
    import termios

    minor, major = tty & 0xFF | tty >> 12 & 0xFFF00, tty >> 8 & 0xFFF
    with suppress(OSError, termios.error):
        device = os.open(f"/dev/pts/{(major - _PTS.start) * 256 + minor}", os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            *_, local, _, _, control = termios.tcgetattr(device)
        finally:
            os.close(device)
        if local & termios.ICANON and control[termios.VKILL] == _DISCARD:
            return (("ctrl", "u"),)
        if not local & termios.ICANON and (program in _LINE_EDITORS or program.startswith(_PYTHON)):
            return ("ctrl", "e"), ("ctrl", "u")
    raise ActionRejected(f"{program} in this terminal has no line that can be emptied: {_INSTEAD}")


def _foregrounds(terminal: int) -> dict[int, str]:
    """Return the name of the program in the foreground, for each terminal device of a terminal's descendants."""
    processes = {number: process for number in _numbers() if (process := _process(number)) is not None}
    own = processes[terminal].tty if terminal in processes else 0
    found = {}
    for number, process in processes.items():
        front = processes.get(process.foreground)
        inside = process.tty != own and process.tty >> 8 & 0xFFF in _PTS
        if inside and front is not None and _is_below(number, terminal, processes):
            found[process.tty] = front.name
    return found


def _is_below(number: int, ancestor: int, processes: dict[int, _Process]) -> bool:
    while (process := processes.get(number)) is not None:
        if process.parent == ancestor:
            return True
        number = process.parent
    return False


def _numbers() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdecimal()]


def _process(number: int) -> _Process | None:
    with suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
        text = Path(f"/proc/{number}/stat").read_text(errors="replace")
        # The name is in parentheses and may itself contain parentheses.
        name, _, rest = text.partition("(")[2].rpartition(")")
        fields = rest.split()
        return _Process(name, int(fields[1]), int(fields[4]), int(fields[5]))
    return None
