"""What a phone reports besides its pixels: the foreground app, power, lock, protected content and keyboard.

Read from `dumpsys`, whose wording changes between Android versions: what is not found is assumed to have its usual
value and is never an error.
"""

import re
from dataclasses import dataclass

from handeye.actions.geometry import Box, Size
from handeye.environments.android.shell import command

_MARK = "handeye-next-part"
_PARTS = ("window", "power", "input_method")
STATUS = "; ".join((command("dumpsys", part) + f"; echo {_MARK}") for part in _PARTS)
"""The script whose output `parse_status` reads. A service that fails does not affect the others."""
DISPLAY = command("dumpsys", "window", "displays")
"""The script whose output `parse_display` reads."""

_FOCUS = re.compile(r"mCurrentFocus=(?:null|Window\{(\w+) (?:u\d+ )?([^}]*)\})")
_FOCUSED_APP = re.compile(r"mFocusedApp=\S*ActivityRecord\{\w+ (?:u\d+ )?([\w.]+)/([\w.$]+)")
_COMPONENT = re.compile(r"([\w.]+)/([\w.$]+)")
_CUR = re.compile(r"\bcur=(\d+)x(\d+)")
_ROTATION = re.compile(r"\b(?:mCurrentRotation=ROTATION_|mRotation=|mCurrentRotation=)(\d+)")
_LOCKED = re.compile(
    r"KeyguardServiceDelegate\s+showing=true|mShowingLockscreen=true|mDreamingLockscreen=true|isStatusBarKeyguard=true"
)
_WAKEFULNESS = re.compile(r"mWakefulness=(\w+)")
_KEYBOARD_SOURCE = re.compile(r"type=(?:ITYPE_IME|ime) ")
_KEYBOARD = re.compile(r"type=(?:ITYPE_IME|ime) frame=\[(\d+),(\d+)\]\[(\d+),(\d+)\][^\n]*\bvisible=true")
_FLAGS = re.compile(r"\bfl=(#?[0-9a-fA-F]+\b|[A-Z_ ]+)")
_DISPLAYS = "WINDOW MANAGER DISPLAY CONTENTS"
_SECTION = "WINDOW MANAGER "
_SECURE_BIT = 0x2000  # WindowManager.LayoutParams.FLAG_SECURE
_SYSTEM = "com.android.systemui"


@dataclass(frozen=True, slots=True)
class Display:
    """The screen's size and rotation."""

    size: Size
    """In pixels, in the current rotation."""
    rotation: str
    """As Android writes it; empty if not reported."""


@dataclass(frozen=True, slots=True)
class Status:
    """A phone's state beyond its pixels, at one moment."""

    package: str | None = None
    """The package of the foreground app."""
    activity: str | None = None
    """The name of its current activity."""
    display: Display | None = None
    awake: bool = True
    locked: bool = False
    secure: bool = False
    """Whether the window in front forbids screenshots."""
    keyboard: bool = False
    keyboard_box: Box | None = None
    """Where the keyboard covers the app, in pixels; None if the phone does not report it."""
    moving: bool = False
    """Whether no window has the focus, as during a transition between screens."""

    def notices(self) -> tuple[str, ...]:
        """Return what the pixels do not show, as text for the policy."""
        said = []
        if not self.awake:
            said.append("The screen is off: press wakeup to turn it on.")
        if self.locked:
            said.append("The phone is locked.")
        if self.secure and self.awake:
            said.append("The app in front forbids screenshots: its content is black here, but it can be used.")
        if self.keyboard and self.awake:
            where = "the lower part of the screen"
            if self.keyboard_box is not None:
                where = f"the screen from y = {self.keyboard_box.top} to {self.keyboard_box.bottom}"
            said.append(f"The keyboard covers {where}: press esc or go back to hide it.")
        return tuple(said)


def parse_status(output: str) -> Status:
    """Parse the output of `STATUS`."""
    window, power, keyboard = (*output.split(_MARK), "", "")[: len(_PARTS)]
    focused = [match for match in _FOCUS.finditer(window) if match[2]]
    focus = focused[0] if focused else None
    wakefulness = _WAKEFULNESS.search(power)
    awake = wakefulness is None or wakefulness[1] in ("Awake", "Dreaming")
    package, activity = _in_front(window, "" if focus is None else focus[2].strip())
    box = _keyboard_box(window)
    return Status(
        package=package,
        activity=activity,
        display=parse_display(window),
        awake=awake,
        locked=_LOCKED.search(window) is not None,
        secure=focus is not None and _is_secure(window, focus[1]),
        # The broadcast keyboard counts as shown but draws nothing; the window manager's report, if any, reveals that.
        keyboard="mInputShown=true" in keyboard and (box is not None or _KEYBOARD_SOURCE.search(window) is None),
        keyboard_box=box,
        moving=awake and focus is None and "mCurrentFocus=null" in window,
    )


def parse_display(output: str) -> Display | None:
    """Parse the size and rotation of the first display; None if they are not reported."""
    # Only from the section on displays, which both scripts print: other sections use other formats.
    start = output.find(_DISPLAYS)
    end = output.find(_SECTION, start + len(_DISPLAYS))
    output = output[max(start, 0) : len(output) if start < 0 or end < 0 else end]
    size = _CUR.search(output)
    rotation = _ROTATION.search(output)
    if size is None:
        return None
    return Display(Size(int(size[1]), int(size[2])), "" if rotation is None else rotation[1])


def _in_front(window: str, focus: str) -> tuple[str | None, str | None]:
    """Return the package and activity in front: of the focused window, or of the app below a system window."""
    component = _COMPONENT.fullmatch(focus)
    if component is not None:
        return component[1], _full(*component.groups())
    app = _FOCUSED_APP.search(window)
    if focus in ("NotificationShade", "StatusBar", "Keyguard"):
        return _SYSTEM, focus
    if app is not None:
        return app[1], _full(*app.groups())
    return None, focus or None


def _full(package: str, activity: str) -> str:
    return f"{package}{activity}" if activity.startswith(".") else activity


def _is_secure(window: str, token: str) -> bool:
    """Return whether a window's flags, in its own part of the dump, include FLAG_SECURE."""
    start = re.search(rf"Window #\d+ Window\{{{token} ", window)
    if start is None:
        return False
    end = window.find("Window #", start.end())
    flags = _FLAGS.search(window, start.end(), len(window) if end < 0 else end)
    if flags is None:
        return False
    words = flags[1].strip()
    if re.fullmatch(r"#?[0-9a-fA-F]+", words):
        return bool(int(words.removeprefix("#"), 16) & _SECURE_BIT)
    return "SECURE" in words.split()


def _keyboard_box(window: str) -> Box | None:
    for match in _KEYBOARD.finditer(window):
        box = Box(*map(int, match.groups()))
        if box.size.width > 0 and box.size.height > 0:
            return box
    return None
