"""The words of other Androids."""

from collections.abc import Callable
from typing import Any

import pytest

from handeye.environments.simulated_phone.phone import SimulatedPhone

Run = Callable[..., Any]
RELEASES = {
    "android-7": ("7.1.2", "25"),
    "android-8": ("8.1.0", "27"),
    "android-9": ("9", "28"),
    "android-11": ("11", "30"),
    "android-12l": ("12", "32"),
    "android-15": ("15", "35"),
    "android-16": ("16", "36"),
}


@pytest.mark.parametrize("quirk", RELEASES)
def test_each_has_its_number(phone: SimulatedPhone, sh: Run, quirk: str) -> None:
    phone.reset([quirk])
    release, sdk = RELEASES[quirk]
    assert sh("getprop ro.build.version.release; getprop ro.build.version.sdk").text == f"{release}\n{sdk}\n"
    assert f":{release}/" in sh("getprop ro.build.fingerprint").text


@pytest.mark.parametrize("quirk", ["android-7", "android-8", "android-9"])
def test_up_to_9_there_is_one_focus(phone: SimulatedPhone, sh: Run, quirk: str) -> None:
    phone.reset([quirk])
    sh("am start -n org.handeye.bank/.BankActivity; wm user-rotation lock 1")
    whole, windows = sh("dumpsys window").text, sh("dumpsys window windows").text
    assert whole.count("mCurrentFocus=") == whole.count("mFocusedApp=AppWindowToken{") == 1
    assert "org.handeye.bank/org.handeye.bank.BankActivity}\n" in windows
    assert "mRotation=1 mAltOrientation=false\n" in windows
    assert "mCurrentFocus" not in sh("dumpsys window displays").text
    assert "InsetsSource" not in whole and "cur=2400x1080" in whole
    assert ("fl=#81812100" in whole) == (quirk != "android-9")
    assert ("mShowingLockscreen=false" in whole) == (quirk == "android-7")
    assert ("KeyguardServiceDelegate" in whole) == (quirk != "android-7")


@pytest.mark.parametrize(
    ("quirk", "unknown"),
    [
        ("android-7", ("motionevent", "keycombination", "draganddrop")),
        ("android-8", ("motionevent", "keycombination")),
        ("android-9", ("keycombination",)),
    ],
)
def test_old_input_ignores_what_it_does_not_know(
    phone: SimulatedPhone, sh: Run, quirk: str, unknown: tuple[str, ...]
) -> None:
    phone.reset([quirk])
    usage = sh("input help").text
    for verb in ("motionevent", "keycombination", "draganddrop", "tap"):
        assert (verb in usage) == (verb not in unknown)
    for verb in unknown:
        ran = sh(f"input {verb} 1 2 3 4")
        assert (ran.out, ran.status) == (b"", 0) and ran.err.startswith(f"Error: Unknown command: {verb}".encode())


def test_pixels_after_12_bytes(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["android-8"])
    assert len(sh("screencap").out) == 12 + 1080 * 2400 * 4
    assert sh("screencap -p").out.startswith(b"\x89PNG")


def test_the_keyboard_has_another_name(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["android-11"])
    assert "InsetsSource type=ITYPE_IME frame=[0,0][0,0] visible=false\n" in sh("dumpsys window").text
    assert sh("input keycombination CTRL_LEFT A").status == 255
    phone.reset(["android-12l"])
    assert "ITYPE_IME" in sh("dumpsys window").text
    assert "  getWakefulnessLocked()=Awake\n" in sh("dumpsys power").text
    phone.reset(["android-15"])
    dump = sh("dumpsys window displays").text
    assert "type=ime frame=[0,0][0,0] visible=false flags= sideHint=BOTTOM boundingRects=null\n" in dump
    assert "  topResumedActivity=ActivityRecord{" in dump
