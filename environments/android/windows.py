"""The window manager's dump, reduced to the display that is seen, and what it says of the window in front.

A phone may have several displays: those of a desktop mode, of a mirroring program, of a game. Each has its own focus,
keyboard and protected windows in the dump; the screenshot shows the default display, number 0. Up to Android 9 the
focus stands at the end of the dump, without its display: the window's own entry says on which one it is.
"""

import re
from dataclasses import dataclass
from typing import Literal

_DISPLAYS = "WINDOW MANAGER DISPLAY CONTENTS"
_SECTION = "WINDOW MANAGER "
_DISPLAY = re.compile(r"^ *Display: mDisplayId=(\d+)", re.MULTILINE)
_WINDOW = re.compile(r"^ *Window #\d+ Window\{(\w+) (?:u\d+ )?([^}]*)\}", re.MULTILINE)
_ON_DISPLAY = re.compile(r"\bmDisplayId=(\d+)")
_FOCUS = re.compile(r"\bmCurrentFocus=(?:null|Window\{(\w+) (?:u\d+ )?([^}]*)\})")
_FOCUSED_WINDOW = re.compile(r"\bmFocusedWindow=Window\{(\w+) (?:u\d+ )?([^}]*)\}")
_FOCUSED_APPS = tuple(
    re.compile(rf"\b{name}[=:] ?[^\n]*?ActivityRecord\{{\w+ (?:u\d+ )?([\w.]+)/([\w.$]+)")
    for name in ("mFocusedApp", "topResumedActivity", "mResumedActivity", "ResumedActivity")
)
_COMPONENT = re.compile(r"([\w.]+)/([\w.$]+)")
_FLAGS = re.compile(r"\bfl=((?:#|0x)?[0-9a-fA-F]+\b|[A-Z_ ]+)")
_SECURE_BIT = 0x2000  # WindowManager.LayoutParams.FLAG_SECURE
_FAILED = re.compile(r"Application (Not Responding|Error): ([\w.]+)")
_PERMISSION = re.compile(r"permission\.ui\.|Permissions?Activity$")
_SYSTEM = "com.android.systemui"
_SYSTEM_WINDOWS = frozenset("NotificationShade StatusBar Keyguard KeyguardScrim Bouncer control_center".split())


@dataclass(frozen=True, slots=True)
class Question:
    """A window in which the system asks the person at the phone something."""

    kind: Literal["permission", "crash", "not responding"]
    package: str | None
    """The app that it is about; None if not reported."""
    token: str
    """The window's own number."""


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows on the default display."""

    text: str
    """The dump without what it says of other displays."""
    focus: str = ""
    """The name of the window that has the focus; empty if none has."""
    token: str = ""
    """Its number."""
    elsewhere: bool = False
    """Whether a window on another display has the focus."""

    @property
    def in_front(self) -> tuple[str | None, str | None]:
        """The package and activity in front: of the focused window, or of the app below a system window."""
        component = _COMPONENT.fullmatch(self.focus)
        if component is not None:
            return component[1], _full(*component.groups())
        if self.focus in _SYSTEM_WINDOWS:
            return _SYSTEM, self.focus
        for pattern in _FOCUSED_APPS:
            app = pattern.search(self.text)
            if app is not None:
                return app[1], _full(*app.groups())
        return None, self.focus or None

    @property
    def moving(self) -> bool:
        """Whether no window has the focus, as during a transition between screens."""
        return not self.focus and not self.elsewhere and "mCurrentFocus=null" in self.text

    @property
    def secure(self) -> bool:
        """Whether the flags of the focused window, in its own part of the dump, include FLAG_SECURE."""
        entries = {entry[1]: self.text[entry.start() : end] for entry, end in _entries(self.text)}
        flags = _FLAGS.search(entries.get(self.token, ""))
        if flags is None:
            return False
        words = flags[1].strip()
        if re.fullmatch(r"(?:#|0x)?[0-9a-fA-F]+", words):
            return bool(int(words.removeprefix("#"), 16) & _SECURE_BIT)
        return "SECURE" in words.split()

    @property
    def question(self) -> Question | None:
        """What the system asks in the focused window, if it does."""
        failed = _FAILED.match(self.focus)
        if failed is not None:
            return Question("crash" if failed[1] == "Error" else "not responding", failed[2], self.token)
        component = _COMPONENT.fullmatch(self.focus)
        if component is not None and _PERMISSION.search(component[2]):
            return Question("permission", self._below(component[1]), self.token)
        return None

    def _below(self, package: str) -> str | None:
        """Return the package of the app below the focused window; windows are listed from the top."""
        names = [(token, name) for token, name in _WINDOW.findall(self.text)]
        tokens = [token for token, _ in names]
        for _, name in names[tokens.index(self.token) + 1 :] if self.token in tokens else ():
            component = _COMPONENT.fullmatch(name)
            if component is not None and component[1] not in (package, _SYSTEM):
                return component[1]
        return None


def parse_windows(dump: str) -> Windows:
    """Parse `dumpsys window`, or the part of it on displays."""
    text, others = _default_display(dump)
    elsewhere = set()
    for entry, end in reversed(_entries(text)):
        place = _ON_DISPLAY.search(text, entry.end(), end)
        if place is not None and place[1] != "0":
            elsewhere.add(entry[1])
            text = text[: entry.start()] + _after(text[entry.start() : end]) + text[end:]
    found = [*_FOCUS.finditer(text), *_FOCUSED_WINDOW.finditer(text)]
    focus = next((match for match in found if match[1] and match[1] not in elsewhere), None)
    away = any(match[1] for match in _FOCUS.finditer(others)) or any(match[1] in elsewhere for match in found)
    if focus is None:
        return Windows(text, elsewhere=away)
    return Windows(text, focus[2].strip(), focus[1])


def _entries(text: str) -> list[tuple[re.Match[str], int]]:
    """Return the first line of each window's entry, and where the entry ends."""
    entries = list(_WINDOW.finditer(text))
    return list(zip(entries, [*(entry.start() for entry in entries[1:]), len(text)], strict=False))


def displays_section(text: str) -> str:
    """Return the part on displays, which both dumps have: other parts write sizes and rotations otherwise."""
    start = text.find(_DISPLAYS)
    end = text.find(_SECTION, start + len(_DISPLAYS))
    return text[max(start, 0) : len(text) if start < 0 or end < 0 else end]


def _default_display(dump: str) -> tuple[str, str]:
    """Return the dump without the entries of other displays, and those."""
    starts = list(_DISPLAY.finditer(dump))
    kept: list[str] = []
    others: list[str] = []
    at = 0
    for number, start in enumerate(starts):
        if start[1] == "0":
            continue
        following = starts[number + 1].start() if number + 1 < len(starts) else len(dump)
        section = dump.find(_SECTION, start.end())
        end = min(following, section if section >= 0 else len(dump))
        kept.append(dump[at : start.start()])
        others.append(dump[start.start() : end])
        at = end
    return "".join((*kept, dump[at:])), "".join(others)


def _after(entry: str) -> str:
    """Return what follows a window's entry without belonging to it: the last one ends with the state of all."""
    match = re.search(r"\n(?= {0,2}m\w+=)", entry)
    return "" if match is None else entry[match.start() :]


def _full(package: str, activity: str) -> str:
    return f"{package}{activity}" if activity.startswith(".") else activity
