"""The installed apps: which ones exist, what people call them, and how to open them.

Android keeps most apps' labels in their resources, which no command prints. Labels that it does print are used first,
then the names of well-known apps, then the words of the package name. A name is matched by whole words: "Line" is not
`online.banking`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from handeye.environments.android.labels import ENTRIES, LABELS
from handeye.environments.android.shell import command
from handeye.environments.android.translations import ALIASES
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
_ENTRY_WORDS = _COMMON_WORDS | frozenset("launch start splash welcome home entry alias default root".split())
"""Words in the name of a class that only say that it is where an app begins."""
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_OPENED = re.compile(r"^Activity: ([\w.]+)/([\w.$]+)", re.MULTILINE)
_FAILURES = ("Error", "Exception", "Security exception", "java.lang.", "cmd: ")
_PREFIX = 4
"""Letters of a word that may stand for a longer one, if another word of the name is there as a whole."""
_NEAR = 5


class InstalledApp(NamedTuple):
    """An app that a person can open."""

    package: str
    activity: str
    """The full name of the class that opens it."""
    label: str | None
    """Its label on the phone; None if the phone does not report one and the app is not well known."""

    @property
    def component(self) -> str:
        """Its package and activity, which no other entry has."""
        return f"{self.package}/{self.activity}"

    @property
    def short_component(self) -> str:
        """The same, without the package's name in the activity's where Android leaves it out."""
        own = self.activity.removeprefix(self.package)
        return f"{self.package}/{own if own.startswith('.') else self.activity}"

    @property
    def shown(self) -> str:
        """Its name in messages."""
        return self.package if self.label is None else self.label


def parse_apps(output: str) -> tuple[InstalledApp, ...]:
    """Parse the output of `QUERY`; an app with several launcher entries appears once for each, with its own name."""
    found: dict[tuple[str, str], str | None] = {}
    for block in re.split(r"^\s*Activity #\d+:", output, flags=re.MULTILINE)[1:]:
        name, package = _NAME.search(block), _PACKAGE.search(block)
        if name is None or package is None:
            continue
        labels = [label for label in _LABEL.findall(block) if label != "null"]
        activity = name[1] if not name[1].startswith(".") else package[1] + name[1]
        found.setdefault((package[1], activity), labels[0] if labels else None)  # a clone is listed once more
    entries = Counter(package for package, _ in found)
    return tuple(
        InstalledApp(package, activity, label or _known_label(package, activity, entries[package]))
        for (package, activity), label in found.items()
    )


def find_app(name: str, apps: Sequence[InstalledApp]) -> InstalledApp:
    """Return the app with a label or package name. Raises `ActionRejected` with similar names."""
    wanted, folded = _squeeze(name), name.strip().casefold()
    english = _squeeze(ALIASES.get(folded, ""))
    shared = Counter(app.package for app in apps)
    ways = (
        [app for app in apps if name.strip() in (app.component, app.short_component)],
        _entry_of_package([app for app in apps if app.package == name.strip()]),
        [app for app in apps if app.label is not None and app.label.casefold() == folded],
        [app for app in apps if app.label is not None and wanted and _squeeze(app.label) == wanted],
        [app for app in apps if app.label is not None and english and _squeeze(app.label) == english],
        [app for app in apps if app.label is None and wanted and wanted in _package_names(app)],
        [app for app in apps if _has_words(app, name)],
        [app for app in apps if shared[app.package] > 1 and _class_has_words(app, name)],
    )
    for found in ways:
        if len(found) == 1:
            return found[0]
        if found:
            alone = Counter(app.package for app in found)
            names = [app.package if alone[app.package] == 1 else app.short_component for app in found]
            candidates = ", ".join(names[:_NEAR])
            raise ActionRejected(f"several apps match {name!r}: {candidates}; name one of them")
    shown = {_squeeze(each): app.shown for app in apps for each in (app.shown, _words(app.package))}
    near = [shown[match] for match in get_close_matches(wanted, shown, n=_NEAR)]
    near += [name for each, name in shown.items() if len(wanted) >= _PREFIX and wanted in each]
    near = list(dict.fromkeys(near))[:_NEAR]
    known = ", ".join(near) if near else ", ".join(sorted({app.shown for app in apps})[: 4 * _NEAR]) or "none"
    raise ActionRejected(f"no app {name!r} is installed; {'similar ones' if near else 'there are'}: {known}")


def opening(app: InstalledApp) -> str:
    """Return the command that opens an app as a launcher does and waits until it is drawn."""
    return command("am", "start", "-W", "-a", _MAIN, "-c", _LAUNCHER, "-f", _NEW_TASK, "-n", app.component)


def opening_problem(said: str, status: int = 0) -> str | None:
    """Return the error of `am start`, on some Android versions with status 0; "" if it failed silently, else None."""
    for line in said.splitlines():
        if line.strip().startswith(_FAILURES) and "brought to the front" not in line:
            return " ".join(said[said.index(line) :].split())
    return None if status == 0 else " ".join(said.split())


def opened_instead(said: str, app: InstalledApp) -> str | None:
    """Return what `am start -W` reports to have opened, if it belongs to another package."""
    opened = _OPENED.search(said) if "Status: ok" in said else None
    return None if opened is None or opened[1] == app.package else f"{opened[1]}/{opened[2]}"


def _known_label(package: str, activity: str, entries: int) -> str | None:
    """Return the name of a launcher entry that reports none: of several of one package, each has its own."""
    known = ENTRIES.get(f"{package}/{activity}")
    if known is not None or entries == 1:
        return known or LABELS.get(package)
    label = LABELS.get(package)
    words = _class_words(package, activity)
    if not words or (label is not None and _squeeze(words) == _squeeze(label)):
        return label
    return words


def _class_words(package: str, activity: str) -> str:
    """Return the words of a class's name that say what it is: "Voice Search" of `VoiceSearchActivity`."""
    words = _CAMEL.findall(activity.removeprefix(package).rpartition(".")[2])
    return " ".join(word for word in words if word.casefold() not in _ENTRY_WORDS)


def _entry_of_package(entries: list[InstalledApp]) -> list[InstalledApp]:
    """Return the entry that a package's own name stands for, or all of them."""
    label = LABELS.get(entries[0].package) if entries else None
    main = [entry for entry in entries if entry.label is None or entry.label == label]
    return main if len(main) == 1 else entries


def _has_words(app: InstalledApp, name: str) -> bool:
    """Return whether all words of a name are words of the label or, without one, of the package name.

    Of the package name, at least one must be more than the name of its maker.
    """
    words = re.findall(r"\w+", name.casefold())
    if not words:
        return False
    if app.label is not None:
        own = re.findall(r"\w+", app.label.casefold())
        return all(word in own for word in words)
    parts = re.split(r"[._]", app.package.casefold())
    whole = [word for word in words if word in parts]
    if not any(word in parts[2:] and word not in _COMMON_WORDS and len(word) > 1 for word in whole):
        return False
    others = [word for word in words if word not in whole]
    return all(len(word) >= _PREFIX and any(part.startswith(word) for part in parts) for word in others)


def _class_has_words(app: InstalledApp, name: str) -> bool:
    own = _class_words(app.package, app.activity).casefold().split()
    words = re.findall(r"\w+", name.casefold())
    return bool(words) and all(word in own for word in words)


def _package_names(app: InstalledApp) -> set[str]:
    """Return what an app without a label may be called, by its package: its words together, or the last ones."""
    parts = [part for part in app.package.casefold().split(".") if part not in _COMMON_WORDS]
    own = parts[-1:] if len(parts) > 1 else parts
    return {_squeeze(" ".join(parts)), *(_squeeze(part) for part in own if len(part) > 1)}


def _words(package: str) -> str:
    return " ".join(word for word in package.split(".") if word not in _COMMON_WORDS)


def _squeeze(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
