"""Typing any text: the keyboard that uiautomator2 brings along, which takes texts from a computer and says how it went.

`input text` knows no characters but ASCII. This keyboard gets a text in a broadcast, puts it into the field as any
keyboard does, and answers "success" or why not. While it is the current one the phone's own keyboard is not shown, so
that one is made the current one again by `restore`.
Source: https://github.com/openatx/uiautomator2, `_input.py` and `assets/app-uiautomator.apk`.
"""

import base64
import importlib.util
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from handeye.environments.android.shell import ShellResult, command, script
from handeye.environments.errors import ActionRejected, InvalidOption

PACKAGE: Final = "com.github.uiautomator"
KEYBOARD: Final = f"{PACKAGE}/.AdbKeyboard"

_CURRENT = command("settings", "get", "secure", "default_input_method")
_SELECT = script(command("ime", "enable", KEYBOARD), command("ime", "set", KEYBOARD))
_RESULT = re.compile(r'Broadcast completed: result=(-?\d+)(?:, data="(.*?)")?\s*$', re.DOTALL)
_READY_SECONDS = 5.0
_POLL = 0.1
LONGEST: Final = 4000
"""Characters of one broadcast: adb bounds the length of a command."""

Shell = Callable[[str], ShellResult]
Install = Callable[[Path], None]


class UnicodeKeyboard:
    """The keyboard for computers, on one phone."""

    def __init__(self, shell: Shell, install: Install | None) -> None:
        """`shell` runs a script on the phone; `install` installs an APK, None where that was not allowed."""
        self._shell = shell
        self._install = install
        self._before: str | None = None
        self._installed = False

    @property
    def is_current(self) -> bool:
        """Whether we made it the current keyboard."""
        return self._before is not None

    @property
    def is_installed(self) -> bool:
        """Whether it is on the phone already, without installing it. Raises `EnvironmentLost`."""
        if not self._installed:
            self._installed = KEYBOARD in self._shell(command("ime", "list", "-s", "-a")).output.split()
        return self._installed

    def select(self) -> None:
        """Make it the current keyboard; before anything is typed. Raises `ActionRejected` where that cannot be."""
        if self._before is not None:
            return
        before = self._shell(_CURRENT).output.strip()
        if not self.is_installed:
            self._get()
        said = self._shell(_SELECT)
        # From here on there is something to restore, whatever comes.
        self._before = before
        if said.status != 0:
            self._installed = False  # it may have been removed since
        if said.status != 0 or self._shell(_CURRENT).output.strip() != KEYBOARD:
            self.restore()
            raise ActionRejected(f"the phone does not let its keyboard be changed: {_line(said.said)}")

    def type(self, text: str) -> None:
        """Type a text, of at most `LONGEST` characters. Raises `ActionRejected` if no field takes it."""
        self._send("ADB_KEYBOARD_INPUT_TEXT", text)

    def clear(self) -> None:
        """Delete what the field holds. Raises `ActionRejected` if there is no field."""
        self._send("ADB_KEYBOARD_CLEAR_TEXT")

    def restore(self) -> None:
        """Make the earlier keyboard the current one again."""
        if self._before is None:
            return
        if self._before in ("", "null", KEYBOARD):
            self._shell(command("ime", "reset"))  # it was left so by a program that died
        else:
            self._shell(command("ime", "set", self._before))
        self._before = None  # not before: a phone that is lost meanwhile gets it back when it is there again

    def _get(self) -> None:
        if self._install is None:
            raise ActionRejected(
                "the text has characters that `adb shell input` cannot type, and the phone has no keyboard for them: "
                "allow uiautomator2's keyboard to be installed (install_keyboard=True), or type ASCII only"
            )
        self._install(keyboard_apk())
        # Which keyboards there are, the phone learns a while after it has installed one.
        deadline = time.monotonic() + _READY_SECONDS
        while not self.is_installed and time.monotonic() < deadline:
            time.sleep(_POLL)

    def _send(self, action: str, text: str | None = None) -> None:
        words = ["am", "broadcast", "-a", action, "-p", PACKAGE]
        if text is not None:
            words += ["--es", "text", base64.b64encode(text.encode()).decode()]
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            code, said = broadcast_result(self._shell(command(*words)).said)
            if code == -1:
                return
            if said or time.monotonic() > deadline:
                break
            # It says nothing before it is connected to the field, and when somebody has chosen another meanwhile.
            self._shell(_SELECT)
            time.sleep(_POLL)
        self.restore()
        raise ActionRejected(
            "the phone's keyboard could not enter the text: no text field has the focus; tap one first"
            + (f" ({_line(said)})" if said else "")
        )


def broadcast_result(said: str) -> tuple[int, str]:
    """Return the code and the text that a broadcast came back with; 0 and "" when nobody received it."""
    match = _RESULT.search(said)
    return (0, "") if match is None else (int(match[1]), match[2] or "")


def keyboard_apk() -> Path:
    """Return where the package uiautomator2 keeps the keyboard's APK. Raises `InvalidOption` where it is missing."""
    found = importlib.util.find_spec("uiautomator2")
    folders = [] if found is None else list(found.submodule_search_locations or ())
    for folder in folders:
        for apk in sorted(Path(folder, "assets").glob("app-uiautomator*.apk")):
            return apk
    raise InvalidOption(
        "install_keyboard needs the keyboard that the package uiautomator2 holds: pip install uiautomator2"
    )


def _line(said: str) -> str:
    return " ".join(said.split())[:300] or "it does not say why"
