"""The window manager's dump tells of the display that is seen, in the words of several Androids, and of no other."""

import pytest

from handeye.actions.geometry import Size
from handeye.environments.android.status import parse_display, parse_status
from handeye.environments.android.windows import Question, parse_windows

_MARK = "handeye-next-part\n"
_HEAD = "WINDOW MANAGER DISPLAY CONTENTS (dumpsys window displays)\n"
_OWN = """  Display: mDisplayId=0 rootTasks=5
    init=1080x2316 450dpi cur=2316x1080 app=2214x1080 rng=1080x1017-2316x2214
  mCurrentFocus=Window{ab1 u0 org.fdroid.fdroid/org.fdroid.fdroid.Main}
  mFocusedApp=ActivityRecord{c2 u0 org.fdroid.fdroid/.Main t31}
    mCurrentRotation=ROTATION_270
      InsetsSource type=ITYPE_IME frame=[0,500][2316,1080] visible=true
"""
_OTHER = """  Display: mDisplayId=7 rootTasks=1
    init=1280x720 160dpi cur=1280x720 app=1280x720
  mCurrentFocus=Window{dd9 u0 com.pay.wallet/com.pay.wallet.Pin}
  mFocusedApp=ActivityRecord{e3 u0 com.pay.wallet/.Pin t80}
    mCurrentRotation=ROTATION_0
      InsetsSource type=ITYPE_IME frame=[0,300][1280,720] visible=true
"""
_WINDOWS = """WINDOW MANAGER WINDOWS (dumpsys window windows)
  Window #1 Window{dd9 u0 com.pay.wallet/com.pay.wallet.Pin}:
    mDisplayId=7 rootTaskId=80
      fl=LAYOUT_IN_SCREEN SECURE
  Window #0 Window{ab1 u0 org.fdroid.fdroid/org.fdroid.fdroid.Main}:
    mDisplayId=0 rootTaskId=31
      fl=LAYOUT_IN_SCREEN
"""


@pytest.mark.parametrize("displays", [_OWN + _OTHER, _OTHER + _OWN])
def test_another_display_does_not_count_wherever_it_is_listed(displays: str) -> None:
    dump = _HEAD + displays + _WINDOWS
    status = parse_status(f"{dump}{_MARK}{_MARK}mInputShown=true\n{_MARK}")
    assert (status.package, status.secure, status.moving) == ("org.fdroid.fdroid", False, False)
    assert status.display is not None
    assert (status.display.size, status.display.rotation) == (Size(2316, 1080), "270")
    assert status.keyboard_box is not None and status.keyboard_box.right == 2316
    assert parse_display(_HEAD + displays) == status.display


def test_the_focus_of_another_display_is_not_a_transition() -> None:
    own = _OWN.replace("mCurrentFocus=Window{ab1 u0 org.fdroid.fdroid/org.fdroid.fdroid.Main}", "mCurrentFocus=null")
    windows = parse_windows(_HEAD + own + _OTHER + _WINDOWS)
    assert windows.in_front == ("org.fdroid.fdroid", "org.fdroid.fdroid.Main")
    assert (windows.moving, windows.secure, windows.elsewhere) == (False, False, True)
    assert parse_windows(_HEAD + own).moving


def test_up_to_android_9_the_windows_say_on_which_display_the_focus_is() -> None:
    end = """
  mCurrentFocus=Window{dd9 u0 com.pay.wallet/com.pay.wallet.Pin}
  mFocusedApp=AppWindowToken{1f token=Token{2e ActivityRecord{3d u0 org.fdroid.fdroid/.Main t31}}}
"""
    windows = parse_windows(_WINDOWS + end)
    assert windows.in_front == ("org.fdroid.fdroid", "org.fdroid.fdroid.Main")
    assert not windows.secure
    here = parse_windows(_WINDOWS.replace("mDisplayId=7", "mDisplayId=0") + end)
    assert here.in_front[0] == "com.pay.wallet"
    assert here.secure


@pytest.mark.parametrize(
    "line",
    [
        "  mFocusedWindow=Window{5 u11 net.osmand/net.osmand.Map}",
        "  mCurrentFocus=null\n  mFocusedApp=Token{9 ActivityRecord{8 u0 net.osmand/.Map t4}}",
        "  topResumedActivity=ActivityRecord{8 u0 net.osmand/.Map t4}",
        "    ResumedActivity: ActivityRecord{8 u0 net.osmand/.Map t4}",
        "    mResumedActivity: ActivityRecord{8 u999 net.osmand/.Map t4}",
    ],
)
def test_the_app_in_front_in_other_words(line: str) -> None:
    assert parse_windows(f"{line}\n").in_front == ("net.osmand", "net.osmand.Map")


@pytest.mark.parametrize(("flags", "secure"), [("0x81812120", True), ("0x81810120", False), ("#2000", True)])
def test_flags_as_numbers(flags: str, secure: bool) -> None:
    dump = f"  mCurrentFocus=Window{{7 u0 a.b/a.b.C}}\n  Window #4 Window{{7 u0 a.b/a.b.C}}:\n    fl={flags} fmt=1\n"
    assert parse_windows(dump).secure is secure


@pytest.mark.parametrize(
    ("title", "question"),
    [
        ("Application Error: net.osmand", Question("crash", "net.osmand", "7")),
        ("Application Not Responding: com.a.b:remote", Question("not responding", "com.a.b", "7")),
        (
            "com.android.packageinstaller/com.android.packageinstaller.permission.ui.GrantPermissionsActivity",
            Question("permission", "net.osmand", "7"),
        ),
        (
            "com.samsung.android.permissioncontroller/com.android.permissioncontroller.ReviewPermissionsActivity",
            Question("permission", "net.osmand", "7"),
        ),
        ("net.osmand/net.osmand.Map", None),
        ("StatusBar", None),
    ],
)
def test_what_the_system_asks(title: str, question: Question | None) -> None:
    dump = f"""  mCurrentFocus=Window{{7 u0 {title}}}
  Window #2 Window{{7 u0 {title}}}:
    mDisplayId=0
  Window #1 Window{{8 u0 net.osmand/net.osmand.Map}}:
    mDisplayId=0
  Window #0 Window{{9 u0 com.android.launcher3/com.android.launcher3.Launcher}}:
    mDisplayId=0
"""
    assert parse_windows(dump).question == question


@pytest.mark.parametrize(
    ("power", "awake"),
    [
        ("  getWakefulnessLocked()=Dozing\n", False),
        ("  getGlobalWakefulnessLocked()=Awake\n", True),
        ("  mWakefulnessRaw=Asleep\n  mWakefulnessChanging=false\n", False),
        ("  mWakefulness=Dreaming\n", True),
        ("  mWakefulness=1\n", True),
        ("  mWakefulness=0\n", False),
        ("Display Power: state=OFF\n", False),
        ("Display Power: state=DOZE_SUSPEND\n", False),
        ("Display Power: state=ON\n", True),
        ("", True),
    ],
)
def test_whether_the_screen_is_on_in_several_words(power: str, awake: bool) -> None:
    assert parse_status(f"{_MARK}{power}{_MARK}").awake is awake


@pytest.mark.parametrize(
    ("window", "locked"),
    [
        ("    KeyguardServiceDelegate\n      showing=true\n", True),
        ("      KeyguardStateMonitor\n        mIsShowing=true\n", True),
        ("    mShowingLockscreen=true\n", True),
        ("    isKeyguardShowing=true\n", True),
        ("  mCurrentFocus=Window{1 u0 Bouncer}\n", True),
        ("    screenState=SCREEN_STATE_OFF\n    KeyguardServiceDelegate\n      showing=false\n", False),
    ],
)
def test_whether_the_phone_is_locked_in_several_words(window: str, locked: bool) -> None:
    assert parse_status(f"{window}{_MARK}").locked is locked
