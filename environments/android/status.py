"""What a phone reports besides its pixels: the foreground app, power, lock, protected content and keyboard.

Read from `dumpsys`, whose wording changes between Android versions: what is not found is assumed to have its usual
value and is never an error.
"""

import re
from dataclasses import dataclass

from handeye.actions.geometry import Box, Size
from handeye.environments.android.shell import command
from handeye.environments.android.windows import Question, displays_section, parse_windows

_MARK = "handeye-next-part"
_PARTS = ("window", "power", "input_method", "display")
DISPLAY = command("dumpsys", "window", "displays")
"""The script whose output `parse_display` reads."""
SIZE = command("wm", "size")
"""The script whose output `parse_size` reads."""

_CUR = re.compile(r"\bcur=(\d+)x(\d+)")
_SIZE = re.compile(r"(Physical|Override) size: (\d+)x(\d+)")
_ROTATION = re.compile(r"\b(?:mCurrentRotation|mRotation|mDisplayRotation)=(?:ROTATION_)?(\d+)")
_LOCKED = re.compile(
    r"KeyguardServiceDelegate\s+(?:mKeyguardShowing|showing)=true"
    r"|\b(?:mShowingLockscreen|mDreamingLockscreen|isStatusBarKeyguard|isKeyguardShowing|mKeyguardShowing)=true"
    r"|\bmIsShowing=true"
)
_LOCK_WINDOWS = frozenset(("Keyguard", "KeyguardScrim", "Bouncer"))
_WAKEFULNESS = re.compile(r"\b(?:mWakefulness|mWakefulnessRaw|get(?:Global)?Wakefulness(?:Locked)?\(\))=\s*(\w+)")
_SCREEN_POWER = re.compile(r"Display Power: state=(\w+)")
_SCREEN_STATE = re.compile(r"\bscreenState=(?:SCREEN_STATE_)?(\w+)|\bmScreenOnFully=(\w+)")
_AWAKE = frozenset(("awake", "dreaming", "1", "2"))
_KEYBOARD_SOURCE = re.compile(r"type=(?:ITYPE_IME|ime) ")
_KEYBOARD = re.compile(r"type=(?:ITYPE_IME|ime) frame=\[(\d+),(\d+)\]\[(\d+),(\d+)\][^\n]*\bvisible=true")
_INPUT_SHOWN = re.compile(r"\b(mInputShown|inputShown|mIsInputViewShown)=(\w+)")
_VIEWPORT = re.compile(r"DisplayViewport\{[^}]*\bdisplayId=0\b[^}]*\buniqueId='local:(\d+)'")
_DISPLAY_INFO = re.compile(r"displayId 0\b[^}\n]*\buniqueId \"local:(\d+)\"")


def status_script(several: bool) -> str:
    """Return the script whose output `parse_status` reads. A service that fails does not affect the others.

    several: whether the phone has several physical displays, so that it must say which one is used.
    """
    parts = _PARTS if several else _PARTS[:-1]
    return "; ".join((command("dumpsys", part) + f"; echo {_MARK}") for part in parts)


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
    question: Question | None = None
    """What the system asks in a window of its own."""
    panel: str | None = None
    """SurfaceFlinger's number of the physical display that is used; None if the phone has one, or does not say."""

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
    """Parse the output of a status script."""
    window, power, keyboard, display = (*output.split(_MARK), "", "", "")[: len(_PARTS)]
    windows = parse_windows(window)
    awake = _is_awake(power, windows.text)
    package, activity = windows.in_front
    box = _keyboard_box(windows.text)
    return Status(
        package=package,
        activity=activity,
        display=parse_display(window),
        awake=awake,
        locked=windows.focus in _LOCK_WINDOWS or _LOCKED.search(window) is not None,
        secure=windows.secure,
        # The broadcast keyboard counts as shown but draws nothing, and the keyboard of another display covers nothing
        # here; the window manager's report, if any, reveals both.
        keyboard=is_input_shown(keyboard) and (box is not None or _KEYBOARD_SOURCE.search(windows.text) is None),
        keyboard_box=box,
        moving=awake and windows.moving,
        question=windows.question,
        panel=parse_panel(display),
    )


def parse_display(output: str) -> Display | None:
    """Parse the size and rotation of the default display; None if they are not reported."""
    output = displays_section(parse_windows(output).text)
    size = _CUR.search(output)
    rotation = _ROTATION.search(output)
    if size is None:
        return None
    return Display(Size(int(size[1]), int(size[2])), "" if rotation is None else rotation[1])


def parse_size(output: str) -> Size | None:
    """Parse the output of `SIZE`: the upright size, where an override takes precedence; None if not reported."""
    found = {name: Size(int(width), int(height)) for name, width, height in _SIZE.findall(output)}
    return found.get("Override") or found.get("Physical")


def parse_panel(output: str) -> str | None:
    """Parse the number of the physical display that the default display is shown on, from `dumpsys display`."""
    match = _VIEWPORT.search(output) or _DISPLAY_INFO.search(output)
    return None if match is None else match[1]


def is_input_shown(output: str) -> bool:
    """Return whether a keyboard is shown, from `dumpsys input_method`."""
    said: dict[str, str] = dict(reversed(_INPUT_SHOWN.findall(output)))
    return (said.get("mInputShown") or said.get("inputShown") or said.get("mIsInputViewShown")) == "true"


def _is_awake(power: str, window: str) -> bool:
    wakefulness = _WAKEFULNESS.search(power)
    if wakefulness is not None:
        return wakefulness[1].casefold() in _AWAKE
    state = _SCREEN_POWER.search(power)
    if state is not None:
        return state[1] not in ("OFF", "DOZE", "DOZE_SUSPEND")
    screen = _SCREEN_STATE.search(window)
    return screen is None or (screen[1] or screen[2]) not in ("OFF", "false")


def _keyboard_box(window: str) -> Box | None:
    for match in _KEYBOARD.finditer(window):
        box = Box(*map(int, match.groups()))
        if box.size.width > 0 and box.size.height > 0:
            return box
    return None
