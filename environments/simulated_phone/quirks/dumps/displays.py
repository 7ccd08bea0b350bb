"""A second display beside the phone's own: a virtual one, or a desktop on a monitor."""

import re
from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.dumps.window import change_windows, part_of
from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk

_DISPLAYS = "WINDOW MANAGER DISPLAY CONTENTS (dumpsys window displays)\n"
_WINDOWS = "WINDOW MANAGER WINDOWS (dumpsys window windows)\n"
_VIRTUAL = """  Display: mDisplayId=2 (organized)
    init=1920x1080 240dpi cur=1920x1080 app=1920x1080 rng=1080x1080-1920x1920
    deferred=false mLayoutNeeded=false mTouchExcludeRegion=SkRegion((0,0,1920,1080))

  mCurrentFocus=Window{77aa11 u0 com.example.bank/com.example.bank.Main}
  mFocusedApp=ActivityRecord{99b0c2 u0 com.example.bank/.Main t77}
  DisplayRotation
    mCurrentAppOrientation=SCREEN_ORIENTATION_UNSPECIFIED
    mRotation=0
  InsetsState
    InsetsSource id=3 type=ime frame=[0,600][1920,1080] visible=true flags=[]
"""
_BANK = """  Window #0 Window{77aa11 u0 com.example.bank/com.example.bank.Main}:
    mDisplayId=2 rootTaskId=77 package=com.example.bank appop=NONE
    mAttrs={(0,0)(fillxfill) ty=BASE_APPLICATION
      fl=LAYOUT_IN_SCREEN SECURE HARDWARE_ACCELERATED}
    isOnScreen=true
    isVisible=true
"""
_DESKTOP = """  Display: mDisplayId=2 (organized)
    init=1920x1080 160dpi cur=1920x1080 app=1920x1032 rng=1080x1032-1920x1872
    deferred=false mLayoutNeeded=false mTouchExcludeRegion=SkRegion((0,0,1920,1080))

  mCurrentFocus=Window{5de7a0 u0 com.sec.android.app.desktoplauncher/com.android.launcher3.Launcher}
  mFocusedApp=ActivityRecord{4be1f9 u0 com.sec.android.app.desktoplauncher/com.android.launcher3.Launcher t9}
  DisplayRotation
    mCurrentAppOrientation=SCREEN_ORIENTATION_UNSPECIFIED
    mRotation=0
"""


class DisplayVirtual(Quirk):
    """scrcpy's new displays, and emulators with several: the focus is on the other one."""

    name = "virtual-display"
    does = "a virtual display has the focus, a protected app and the keyboard; the phone's own display has none"
    reports = ("sonic-agent#359", "scrcpy --new-display", "MuMu")

    def changes(self) -> Mapping[str, Change]:
        """Change `dumpsys window`."""
        return change_windows(_behind)


class DisplayDesktop(Quirk):
    """Samsung's DeX on a monitor: its display is listed before the phone's."""

    name = "dex"
    does = "a desktop on a monitor is listed before the phone's own display, with a size and a focus of its own"
    reports = ("scrcpy#397", "vysor.io#789")

    def changes(self) -> Mapping[str, Change]:
        """Change `dumpsys window`."""
        return change_windows(_before)


def _behind(text: str) -> str:
    own = part_of(text, _DISPLAYS)
    unfocused = re.sub(r"  mCurrentFocus=Window\{[^}]*\}", "  mCurrentFocus=null", text).replace(
        "mTopFocusedDisplayId=0", "mTopFocusedDisplayId=2"
    )
    own = part_of(unfocused, _DISPLAYS)
    return unfocused.replace(own, own + _VIRTUAL).replace(_WINDOWS, _WINDOWS + _BANK)


def _before(text: str) -> str:
    return text.replace(_DISPLAYS, _DISPLAYS + _DESKTOP)
