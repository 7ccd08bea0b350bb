"""The applications of a Linux desktop's menu, as their desktop entries describe them.

Source: the freedesktop.org Desktop Entry Specification 1.5.
"""

import configparser
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

_GROUP = "Desktop Entry"
_ESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}


class DesktopEntry(NamedTuple):
    """One application."""

    id: str
    """The name of its file, without ".desktop"."""
    name: str
    generic_name: str
    """The kind of application, such as "Text Editor"; may be empty."""
    window_class: str
    """Its windows' class, if declared; in lower case."""
    command: tuple[str, ...]
    terminal: bool
    """Whether it runs in a terminal."""
    hidden: bool
    """Whether it is hidden from menus."""


def installed(environ: Mapping[str, str]) -> Iterator[DesktopEntry]:
    """Yield the entries of XDG_DATA_HOME and XDG_DATA_DIRS, in this order; only the first of each id."""
    home = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME", "/")) / ".local/share")
    folders = [home, *(environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")]
    seen = set()
    for folder in folders:
        root = Path(folder) / "applications"
        for file in sorted(root.rglob("*.desktop")):
            name = "-".join(file.relative_to(root).with_suffix("").parts)
            if name not in seen:
                seen.add(name)
                entry = read_entry(file, name)
                if entry is not None:
                    yield entry


def read_entry(file: Path, name: str) -> DesktopEntry | None:
    """Return the entry in a file; None if it is not an application, is marked as deleted, or cannot be read."""
    parser = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",), strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # keys are case-sensitive
    try:
        parser.read_string(file.read_text(encoding="utf-8"))
        group = parser[_GROUP]
        command = _command(group.get("Exec", ""), group.get("Name", name), file)
    except (OSError, UnicodeError, configparser.Error, KeyError, ValueError):
        return None
    if group.get("Type") != "Application" or group.get("Hidden") == "true" or not command:
        return None
    return DesktopEntry(
        name,
        _text(group.get("Name", name)),
        _text(group.get("GenericName", "")),
        group.get("StartupWMClass", "").lower(),
        command,
        group.get("Terminal") == "true",
        group.get("NoDisplay") == "true",
    )


def _text(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), value)


def _command(line: str, name: str, file: Path) -> tuple[str, ...]:
    """Return the program and its arguments, without files to open. Raises `ValueError` for a malformed line."""
    # %f, %F, %u and %U stand for files, %i for the icon's option, the others are deprecated.
    fields = {"%%": "%", "%c": name, "%k": str(file)}
    arguments = []
    for part in shlex.split(_text(line)):
        if not re.fullmatch(r"%[A-Za-z]", part) or part in ("%c", "%k"):
            arguments.append(re.sub(r"%.", lambda found: fields.get(found[0], ""), part))
    return tuple(arguments)
