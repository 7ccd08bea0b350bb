"""The applications that the policy may open by name."""

import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from handeye.environments.desktop.entries import DesktopEntry, installed
from handeye.environments.desktop.system import Window
from handeye.environments.errors import ActionRejected, InvalidOption
from handeye.environments.secrets import Secrets

EVERY = "*"
"""In a list of applications: all that the desktop's menu shows."""
_LONGEST_NAME = 100
_SHOWN = 30
"""The number of names that an error lists."""
_TERMINALS = (("x-terminal-emulator", "-e"), ("xterm", "-e"), ("gnome-terminal", "--"), ("konsole", "-e"))


class App(NamedTuple):
    """One application."""

    name: str
    aliases: tuple[str, ...]
    """Names for it and its windows, most reliable first; casefolded."""
    command: tuple[str, ...]


class Apps:
    """An allowlist of applications."""

    def __init__(self, allowed: Sequence[str], environ: Mapping[str, str]) -> None:
        """Find the applications.

        allowed: names or ids of desktop entries ("Mousepad", "org.xfce.mousepad"), commands ("mousepad --new"), or
        `EVERY`. Raises `InvalidOption` for anything else.
        """
        entries = list(installed(environ)) if allowed and sys.platform == "linux" else []
        self._apps = [app for item in allowed for app in _resolved(item, entries, environ)]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the applications, in the order in which they were allowed."""
        return tuple(dict.fromkeys(app.name for app in self._apps))

    def find(self, name: str) -> App | None:
        """Return the allowed application with this name, or None."""
        wanted = name.strip().casefold()
        named = [app for app in self._apps if wanted in app.aliases]
        return min(named, key=lambda app: app.aliases.index(wanted), default=None)

    def require(self, name: str, windows: Sequence[Window], secrets: Secrets) -> "App | Window":
        """Return the open window of the application with this name, or else the application to start.

        windows: the open windows, front to back. Raises `ActionRejected` if there is neither, without the secrets.
        """
        app = self.find(name)
        names = {name.strip().casefold()} | (set() if app is None else set(app.aliases))
        for window in windows:
            if names & {window.app.casefold(), window.title.casefold(), *window.kinds}:
                return window
        if app is None:
            known = dict.fromkeys(
                (*(app.name for app in self._apps), *(secrets.redact(window.app) for window in windows if window.app))
            )
            listed = ", ".join([*known][:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
            raise ActionRejected(f"there is no app {secrets.quote(name, _LONGEST_NAME)}; there are: {listed or 'none'}")
        return app


def _resolved(item: str, entries: Sequence[DesktopEntry], environ: Mapping[str, str]) -> Iterator[App]:
    if item == EVERY:
        yield from (_app(entry, environ) for entry in entries if not entry.hidden)
        return
    wanted = item.strip().removesuffix(".desktop").casefold()
    matching = [entry for entry in entries if wanted in (entry.name.casefold(), entry.id.casefold())]
    if matching:
        yield _app(matching[0], environ)
        return
    try:
        command = shlex.split(item, posix=sys.platform != "win32")
    except ValueError as error:
        raise InvalidOption(f"apps: {item!r} is not a command: {error}") from None
    program = shutil.which(command[0], path=environ.get("PATH")) if command else None
    if program is not None:
        stem = Path(command[0]).stem
        yield App(stem, (stem.casefold(), item.strip().casefold()), (program, *command[1:]))
    elif sys.platform == "darwin" and command:
        yield App(item, (item.strip().casefold(),), ("open", "-a", item))
    else:
        raise InvalidOption(f"apps: there is no application or program called {item!r}")


def _app(entry: DesktopEntry, environ: Mapping[str, str]) -> App:
    names = [entry.name, entry.id, entry.id.rpartition(".")[2], entry.window_class, entry.generic_name]
    if len(entry.command) == 1:  # with arguments it may be something else: settings, or an interpreter's script
        names.append(Path(entry.command[0]).name)
    aliases = tuple(dict.fromkeys(name.casefold() for name in names if name))
    return App(entry.name, aliases, (*_terminal(environ), *entry.command) if entry.terminal else entry.command)


def _terminal(environ: Mapping[str, str]) -> tuple[str, ...]:
    for program, option in _TERMINALS:
        if shutil.which(program, path=environ.get("PATH")) is not None:
            return program, option
    return "xterm", "-e"
