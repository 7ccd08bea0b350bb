"""What the dumps say, and what the driver makes of them."""

from collections.abc import Callable
from typing import Any

import pytest

from handeye.actions.schema import OpenApp, Press
from handeye.environments.simulated_phone.phone import SimulatedPhone

Run = Callable[..., Any]
Visit = Callable[..., Any]


def test_a_busy_screen_has_no_tree(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["busy-screen"])
    ran = sh("uiautomator dump /sdcard/x.xml; ls /sdcard/x.xml")
    assert ran.err.startswith(b"ERROR: could not get idle state.\n") and ran.status == 1


def test_an_empty_field_has_a_text(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["hint-fields"])
    sh("am start -n org.handeye.browser/.BrowserActivity")
    dump = sh("uiautomator dump /data/local/tmp/x.xml; cat /data/local/tmp/x.xml").text
    assert 'text=""' not in "".join(part for part in dump.split("<node ") if "EditText" in part)


def test_the_focus_is_named_nowhere(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["null-focus"])
    dump = sh("dumpsys window displays").text
    assert "mCurrentFocus=null\n" in dump and "mFocusedApp=ActivityRecord{" in dump


def test_several_displays(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["dex"])
    dump = sh("dumpsys window displays").text
    assert dump.index("mDisplayId=2") < dump.index("mDisplayId=0")
    phone.reset(["virtual-display"])
    dump = sh("dumpsys window").text
    assert dump.index("mDisplayId=0 (organized)") < dump.index("mDisplayId=2 (organized)")
    assert "mTopFocusedDisplayId=2" in dump and dump.index("mCurrentFocus=null") < dump.index("com.example.bank.Main}")


def test_no_answer_about_windows(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["window-timeout"])
    assert sh("dumpsys window") == (b"", b"*** SERVICE 'window' DUMP TIMEOUT (10000ms) EXPIRED ***\n", 0)


@pytest.mark.slow
@pytest.mark.parametrize("quirk", ["virtual-display", "dex", "null-focus", "work-profile"])
def test_what_is_in_front_is_of_the_phones_own_display(visit: Visit, quirk: str) -> None:
    visitor = visit(quirk)
    done = visitor.do(OpenApp(name="Settings"))
    assert done.observation is not None
    assert done.observation.app == "com.android.settings"
    assert "forbids screenshots" not in done.said and "keyboard" not in done.said


@pytest.mark.slow
def test_a_dark_screen_is_told_in_samsungs_words_too(visit: Visit) -> None:
    visitor = visit("samsung-power")
    done = visitor.do(Press(keys=("sleep",)))
    assert "The screen is off" in done.said
    assert "The screen is off" not in visitor.do(Press(keys=("wakeup",))).said
