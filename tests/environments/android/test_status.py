"""What a phone says about itself is read in the words of several Androids; what it leaves out is no error."""

import pytest

from handeye.actions.geometry import Box, Size
from handeye.environments.android.status import Display, Status, parse_display, parse_status

_MARK = "handeye-next-part"
_ANDROID_14 = """WINDOW MANAGER POLICY STATE (dumpsys window policy)
    mDreamingLockscreen=false
    KeyguardServiceDelegate
      showing=false
      inputRestricted=false
WINDOW MANAGER DISPLAY CONTENTS (dumpsys window displays)
  Display: mDisplayId=0 (organized)
    init=1080x2400 420dpi mMinSizeOfResizeableTaskDp=220 cur=2400x1080 app=2337x1080 rng=1080x1017-2337x2274
    mCurrentRotation=ROTATION_90
      InsetsSource id=1 type=statusBars frame=[0,0][2400,63] visible=true flags= sideHint=TOP
      InsetsSource id=3 type=ime frame=[0,499][2400,1080] visibleFrame=[0,499][2400,1080] visible=true flags=
  mCurrentFocus=Window{5c1d9b7 u0 com.example.bank/com.example.bank.ui.PinActivity}
  mFocusedApp=ActivityRecord{99ac8e2 u0 com.example.bank/.ui.PinActivity t42}
WINDOW MANAGER WINDOWS (dumpsys window windows)
  Window #7 Window{aa00aa1 u0 NotificationShade}:
    mAttrs={(0,0)(fillxfill) ty=NOTIFICATION_SHADE fmt=TRANSLUCENT
      fl=NOT_FOCUSABLE HARDWARE_ACCELERATED
      pfl=COLOR_SPACE_AGNOSTIC}
  Window #8 Window{5c1d9b7 u0 com.example.bank/com.example.bank.ui.PinActivity}:
    mAttrs={(0,0)(fillxfill) sim={adjust=resize} ty=BASE_APPLICATION wanim=0x10302fe
      fl=LAYOUT_IN_SCREEN SECURE HARDWARE_ACCELERATED DRAWS_SYSTEM_BAR_BACKGROUNDS
      pfl=NO_MOVE_ANIMATION}
  Window #9 Window{77f1e2a u0 com.android.launcher3/com.android.launcher3.Launcher}:
      fl=LAYOUT_IN_SCREEN SHOW_WALLPAPER
  mRotation=ROTATION_90 mTransactionSequence=100
"""
_POWER = "POWER MANAGER (dumpsys power)\n  mWakefulness=Awake\n  mWakefulnessChanging=false\n"
_TYPING = "  mCurMethodId=com.google.android.inputmethod.latin/.LatinIME\n  mInputShown=true\n"


def _status(window: str = "", power: str = "", keyboard: str = "") -> Status:
    return parse_status("".join(f"{part}{_MARK}\n" for part in (window, power, keyboard)))


def test_a_protected_app_under_a_keyboard_on_its_side() -> None:
    status = _status(_ANDROID_14, _POWER, _TYPING)
    assert status == Status(
        package="com.example.bank",
        activity="com.example.bank.ui.PinActivity",
        display=Display(Size(2400, 1080), "90"),
        awake=True,
        locked=False,
        secure=True,
        keyboard=True,
        keyboard_box=Box(0, 499, 2400, 1080),
        moving=False,
    )
    notices = " ".join(status.notices())
    assert "forbids screenshots" in notices
    assert "y = 499" in notices


def test_the_short_dump_tells_the_same_about_the_display() -> None:
    start = _ANDROID_14.index("WINDOW MANAGER DISPLAY")
    end = _ANDROID_14.index("WINDOW MANAGER WINDOWS")
    assert parse_display(_ANDROID_14[start:end]) == parse_display(_ANDROID_14)
    assert parse_display("Can't find service: window") is None


@pytest.mark.parametrize(("flags", "secure"), [("#81812100", True), ("#81810100", False), ("81812100", True)])
def test_flags_as_a_number_up_to_android_9(flags: str, secure: bool) -> None:
    window = f"""  Window #3 Window{{1f3 u0 com.a/com.a.B}}:
    mAttrs=WM.LayoutParams{{(0,0)(fillxfill) sim=#20 ty=1 fl={flags} wanim=0x103045a}}
  mCurrentFocus=Window{{1f3 u0 com.a/com.a.B}}
"""
    status = _status(window)
    assert status.secure is secure
    assert status.package == "com.a"


def test_a_screen_that_is_off_and_locked() -> None:
    window = "    KeyguardServiceDelegate\n      showing=true\n  mCurrentFocus=null\n"
    status = _status(window, _POWER.replace("Awake", "Dozing"))
    assert not status.awake
    assert status.locked
    assert not status.moving
    assert status.notices() == ("The screen is off: press wakeup to turn it on.", "The phone is locked.")


def test_between_two_screens() -> None:
    app = "  mCurrentFocus=null\n  mFocusedApp=ActivityRecord{1 u0 com.a/.B t1}\n"
    status = _status(app, _POWER)
    assert status.moving
    assert (status.package, status.activity) == ("com.a", "com.a.B")


def test_windows_of_the_system_over_an_app() -> None:
    app = "  mFocusedApp=ActivityRecord{1 u0 com.a/.B t1}\n"
    shade = _status("  mCurrentFocus=Window{1 u0 NotificationShade}\n" + app)
    assert (shade.package, shade.activity) == ("com.android.systemui", "NotificationShade")
    popup = _status("  mCurrentFocus=Window{1 u0 PopupWindow:7a1}\n" + app)
    assert (popup.package, popup.activity) == ("com.a", "com.a.B")


def test_a_keyboard_that_draws_nothing_covers_nothing() -> None:
    hidden = _ANDROID_14.replace("visible=true flags=\n", "visible=false flags=\n")
    assert not _status(hidden, _POWER, _TYPING).keyboard
    assert _status("", "", _TYPING).notices()[0].startswith("The keyboard covers the lower part")


def test_nothing_at_all_is_the_usual_case() -> None:
    assert parse_status("") == Status()
    assert _status("Can't find service: window\n") == Status()
