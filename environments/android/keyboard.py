"""Typing any text: the keyboard bundled with uiautomator2, which accepts text from a computer and reports the result.

`input text` supports only ASCII. This keyboard receives text in a broadcast, enters it into the field as any keyboard
does, and answers "success" or the reason for the failure. While it is selected the phone's own keyboard is not shown,
so `restore` selects that one again.
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
"""Characters in one broadcast: adb limits the length of a command."""

Shell = Callable[[str], ShellResult]
Install = Callable[[Path], None]


class UnicodeKeyboard:
    """The broadcast keyboard on one phone."""

    def __init__(self, shell: Shell, quoted: Callable[[str], str], install: Install | None) -> None:
        """`shell` runs a script on the phone, `quoted` makes its words fit for a message; `install` installs an APK,
        None if that is not allowed."""
        self._shell = shell
        self._quoted = quoted
        self._install = install
        self._before: str | None = None
        self._installed = False

    @property
    def is_current(self) -> bool:
        """Whether we have selected it."""
        return self._before is not None

    @property
    def is_installed(self) -> bool:
        """Whether it is already installed on the phone. Raises `EnvironmentLost`."""
        if not self._installed:
            self._installed = KEYBOARD in self._shell(command("ime", "list", "-s", "-a")).output.split()
        return self._installed

    def select(self) -> None:
        """Select it; call this before typing. Raises `ActionRejected` if that is not possible."""
        if self._before is not None:
            return
        before = self._current()
        if not self.is_installed:
            self._get()
        said = self._shell(_SELECT)
        # From here on there is something to restore, whatever happens.
        self._before = before
        if said.status != 0:
            self._installed = False  # it may have been uninstalled since
        if said.status != 0 or self._current() != KEYBOARD:
            self.restore()
            raise ActionRejected(
                f"the phone does not allow its keyboard to be changed: {self._quoted(said.said) or 'no reason given'}"
            )

    def type(self, text: str) -> None:
        """Type text of at most `LONGEST` characters. Raises `ActionRejected` if no field accepts it."""
        self._send("ADB_KEYBOARD_INPUT_TEXT", text)

    def clear(self) -> None:
        """Clear the field. Raises `ActionRejected` if there is no field."""
        self._send("ADB_KEYBOARD_CLEAR_TEXT")

    def restore(self) -> None:
        """Select the previous keyboard again."""
        if self._before is None:
            return
        if self._before in ("", "null", KEYBOARD):
            self._shell(command("ime", "reset"))  # a program that died left it selected
        else:
            self._shell(command("ime", "set", self._before))
        self._before = None  # only now: a phone that is lost before this gets it back after reconnecting

    def _current(self) -> str:
        """Return the selected keyboard, which is the last word: a phone may warn of something before it."""
        return (self._shell(_CURRENT).output.split() or [""])[-1]

    def _get(self) -> None:
        if self._install is None:
            raise ActionRejected(
                "the text has characters that `adb shell input` cannot type, and the phone has no keyboard for them: "
                "allow uiautomator2's keyboard to be installed (install_keyboard=True), or type ASCII only"
            )
        self._install(keyboard_apk())
        # The phone registers a new keyboard only some time after installing it.
        deadline = time.monotonic() + _READY_SECONDS
        while not self.is_installed and time.monotonic() < deadline:
            time.sleep(_POLL)

    def _send(self, action: str, text: str | None = None) -> None:
        words = ["am", "broadcast", "-a", action, "-p", PACKAGE]
        if text is not None:
            words += ["--es", "text", base64.b64encode(text.encode()).decode()]
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            code, said = broadcast_result(self._shell(command(*words)).output)
            if code == -1:
                return
            if said or time.monotonic() > deadline:
                break
            # It does not answer before it is connected to the field, or after another keyboard has been selected.
            self._shell(_SELECT)
            time.sleep(_POLL)
        self.restore()
        raise ActionRejected(
            "the phone's keyboard could not enter the text: no text field has the focus; tap one first"
            + (f" ({self._quoted(said)})" if said else "")
        )


def broadcast_result(said: str) -> tuple[int, str]:
    """Return the result code and data of a broadcast; 0 and "" if nothing received it."""
    match = _RESULT.search(said)
    return (0, "") if match is None else (int(match[1]), match[2] or "")


def keyboard_apk() -> Path:
    """Return the path of the keyboard's APK in the uiautomator2 package. Raises `InvalidOption` if it is missing."""
    found = importlib.util.find_spec("uiautomator2")
    folders = [] if found is None else list(found.submodule_search_locations or ())
    for folder in folders:
        for apk in sorted(Path(folder, "assets").glob("app-uiautomator*.apk")):
            return apk
    raise InvalidOption("install_keyboard needs the keyboard from the uiautomator2 package: pip install uiautomator2")
