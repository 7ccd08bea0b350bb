"""The installed apps: which ones exist, what people call them, and how to open them.

Android keeps most apps' labels in their resources, which no command prints. Labels that it does print are used first,
then the names of well-known apps, then the words in the package name.
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from handeye.environments.android.labels import LABELS
from handeye.environments.android.shell import command
from handeye.environments.errors import ActionRejected

_MAIN = "android.intent.action.MAIN"
_LAUNCHER = "android.intent.category.LAUNCHER"
_NEW_TASK = "0x10200000"  # FLAG_ACTIVITY_NEW_TASK | FLAG_ACTIVITY_RESET_TASK_IF_NEEDED, as a launcher sets them
QUERY = command("cmd", "package", "query-activities", "-a", _MAIN, "-c", _LAUNCHER)
"""The script whose output `parse_apps` reads."""

_NAME = re.compile(r"^\s*name=(\S+)", re.MULTILINE)
_PACKAGE = re.compile(r"^\s*packageName=([\w.]+)", re.MULTILINE)
_LABEL = re.compile(r"nonLocalizedLabel=(.+?) icon=0x")
_COMMON_WORDS = frozenset("com org net io android google app apps mobile main activity launcher ui client".split())
_NEAR = 5


class InstalledApp(NamedTuple):
    """An app that a person can open."""

    package: str
    activity: str
    """The full name of the class that opens it."""
    label: str | None
    """Its label on the phone; None if the phone does not report one and the app is not well known."""

    @property
    def shown(self) -> str:
        """Its name in messages."""
        return self.package if self.label is None else self.label


def parse_apps(output: str) -> tuple[InstalledApp, ...]:
    """Parse the output of `QUERY`; an app with several launcher entries appears once for each."""
    found = []
    for block in re.split(r"^\s*Activity #\d+:", output, flags=re.MULTILINE)[1:]:
        name, package = _NAME.search(block), _PACKAGE.search(block)
        if name is None or package is None:
            continue
        labels = [label for label in _LABEL.findall(block) if label != "null"]
        activity = name[1] if not name[1].startswith(".") else package[1] + name[1]
        found.append(InstalledApp(package[1], activity, labels[0] if labels else LABELS.get(package[1])))
    return tuple(found)


def find_app(name: str, apps: Sequence[InstalledApp]) -> InstalledApp:
    """Return the app with a label or package name. Raises `ActionRejected` with similar names."""
    wanted = _squeeze(name)
    ways = (
        [app for app in apps if app.package == name.strip()],
        [app for app in apps if app.label is not None and app.label.casefold() == name.strip().casefold()],
        [app for app in apps if app.label is not None and wanted and _squeeze(app.label) == wanted],
        [app for app in apps if app.label is None and wanted and wanted == _squeeze(_words(app.package))],
        [app for app in apps if _has_words(app, name)],
    )
    for found in ways:
        packages = list(dict.fromkeys(app.package for app in found))
        if len(packages) == 1:
            return found[0]
        if packages:
            raise ActionRejected(f"several apps match {name!r}: {', '.join(packages[:_NEAR])}; name one of them")
    names = {_squeeze(each): app.shown for app in apps for each in (app.shown, _words(app.package))}
    near = list(dict.fromkeys(names[match] for match in get_close_matches(wanted, names, n=_NEAR)))
    known = ", ".join(near) if near else ", ".join(sorted({app.shown for app in apps})[: 4 * _NEAR]) or "none"
    raise ActionRejected(f"no app {name!r} is installed; {'similar ones' if near else 'there are'}: {known}")


def opening(app: InstalledApp) -> str:
    """Return the command that opens an app as a launcher does and waits until it is drawn."""
    component = f"{app.package}/{app.activity}"
    return command("am", "start", "-W", "-a", _MAIN, "-c", _LAUNCHER, "-f", _NEW_TASK, "-n", component)


def opening_problem(said: str) -> str | None:
    """Return the error that `am start` reports, on some Android versions with status 0; None if there is none."""
    for line in said.splitlines():
        if line.strip().startswith(("Error", "Exception", "java.lang.")) and "brought to the front" not in line:
            return " ".join(said[said.index(line) :].split())[:300]
    return None


def _has_words(app: InstalledApp, name: str) -> bool:
    """Return whether all words of a name are in the label or, without one, in the package name."""
    words = re.findall(r"\w+", name.casefold())
    if not words:
        return False
    if app.label is not None:
        own = re.findall(r"\w+", app.label.casefold())
        return all(word in own for word in words)
    package = app.package.casefold()
    return all(word in package for word in words) and any(word not in _COMMON_WORDS for word in words)


def _words(package: str) -> str:
    return " ".join(word for word in package.split(".") if word not in _COMMON_WORDS)


def _squeeze(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
