"""What the quirks of Android versions share: properties, and the words of the window manager's dump."""

import re
from typing import ClassVar, Final

from handeye.environments.simulated_phone.device import Device
from handeye.environments.simulated_phone.quirks.quirk import Quirk
from handeye.environments.simulated_phone.shell.call import Call

DUMPS: Final = "frameworks/base, dumpsys window"

_INSETS = re.compile(r"  InsetsState\n(?:    .*\n)*")
_ROTATION = re.compile(r"  DisplayRotation\n(?:    .*\n)*")
_FOCUS = re.compile(r"  mCurrentFocus=.*\n  mFocusedApp=.*\n")
_RECORD = re.compile(r"mFocusedApp=(ActivityRecord\{\w+ [^}]*\})")
_DELEGATE = re.compile(r"    KeyguardServiceDelegate\n      showing=(\w+)\n(?:      .*\n)*")
_ATTRIBUTES = re.compile(r"mAttrs=\{(\S+) .*\n      fl=(.*)\}\n")
_PLAIN, _SECURE = 0x81810100, 0x2000


class Version(Quirk):
    """A phone with another Android."""

    release: ClassVar[str]
    sdk: ClassVar[int]

    async def prepare(self, device: Device) -> None:
        """Set the properties that name the version."""
        device.properties |= {
            "ro.build.version.release": self.release,
            "ro.build.version.release_or_codename": self.release,
            "ro.build.version.sdk": str(self.sdk),
            "ro.build.fingerprint": f"handeye/simulated_phone/simulated:{self.release}/HANDEYE.1/1:userdebug/test-keys",
        }


def without_insets(text: str) -> str:
    """Return a dump without the sources of insets, which exist since Android 11."""
    return _INSETS.sub("", text)


def with_named_insets(text: str) -> str:
    """Return a dump whose keyboard is a source of the kind ITYPE_IME, as in Android 11 to 13."""
    return re.sub(r"InsetsSource id=3 type=ime (.*) flags=\[\]", r"InsetsSource type=ITYPE_IME \1", text)


def with_focus_among_windows(text: str) -> str:
    """Return a dump that names the focus once for all displays, in the part on windows, as up to Android 9."""
    found = _FOCUS.search(text)
    if found is None:
        return text
    focus = _RECORD.sub(r"mFocusedApp=AppWindowToken{5b2a8f9 token=Token{d3f9f40 \1}}", found[0])
    text = _ROTATION.sub("", _FOCUS.sub("", text)).replace(" (organized)\n", "\n")
    text = text.replace("  mTopFocusedDisplayId=0\n", focus)
    return re.sub(r"mDisplayFrozen=.*mRotation=(\d)\n", r"mRotation=\1 mAltOrientation=false\n", text)


def with_flags_as_numbers(text: str) -> str:
    """Return a dump that writes a window's flags as a number, as up to Android 8."""

    def numbered(match: re.Match[str]) -> str:
        flags = _PLAIN | (_SECURE if "SECURE" in match[2].split() else 0)
        return f"mAttrs=WM.LayoutParams{{{match[1]} sim=#110 ty=1 fl=#{flags:x} wanim=0x10302f8}}\n"

    return _ATTRIBUTES.sub(numbered, text)


def with_lockscreen(text: str) -> str:
    """Return a dump that tells of the lock screen in the policy's own words, as up to Android 7."""
    return _DELEGATE.sub(r"    mShowingLockscreen=\1\n", text)


async def unknown_input(call: Call, verb: str) -> int:
    """Refuse a command of `input` as the program of Android 7 to 10 does: with words, and status 0."""
    await call.complain(f"Error: Unknown command: {verb}\nUsage: input [<source>] <command> [<arg>...]\n")
    return 0
