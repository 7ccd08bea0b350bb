"""What AndroidWorld's helpers and android_env send, by the words of their requests; the expectations are our own."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from handeye.environments.simulated_phone.phone import SimulatedPhone

Send = Callable[..., str]
pytestmark = pytest.mark.slow


@pytest.fixture
def send(phone: SimulatedPhone, adb: Any) -> Send:
    """Sends words as adb's arguments, as those helpers do."""

    def send(*words: str, status: int = 0) -> str:
        ran = adb("shell", *words, serial=phone.address)
        assert ran.status == status, ran
        return ran.text

    return send


def test_how_the_screen_is_turned_and_how_large_it_is(send: Send) -> None:
    assert re.findall(r"mCurrentRotation=ROTATION_(\d+)", send("dumpsys window | grep mCurrentRotation")) == ["0"]
    logical = re.findall(r"logicalFrame=\[0, 0, (\d+), (\d+)\]", send("dumpsys", "input", "|", "grep", "logicalFrame"))
    assert set(logical) == {("1080", "2400")}
    send("settings", "put", "system", "accelerometer_rotation", "0")
    send("settings", "put", "system", "user_rotation", "1")
    assert "ROTATION_90" in send("dumpsys window | grep mCurrentRotation")
    assert re.search(r"^\s+SurfaceOrientation:\s+1$", send("dumpsys", "input"), re.MULTILINE)
    physical = re.findall(r"physicalFrame=\[(\d+), (\d+), (\d+), (\d+)\]", send("dumpsys input | grep physicalFrame"))
    assert set(physical) == {("0", "0", "2400", "1080")}
    send("settings", "put", "system", "user_rotation", "0")
    send("wm size 900x2000")
    assert "Override size: 900x2000" in send("wm", "size")
    send("wm size reset")


def test_which_activity_is_in_front(send: Send) -> None:
    started = send("am", "start", "-S", "-W", "-n", "com.android.settings/.Settings")
    assert "Status: ok" in started and not re.search(r".*Error.*", started)
    visible = send("am", "stack", "list", "|", "grep", "-E", "visible=true")
    assert re.findall(r"topActivity=ComponentInfo\{(.+?)\}", visible) == [
        "com.android.settings/com.android.settings.Settings"
    ]
    assert re.match(r"^ *taskId=(\d+): \S+ .*visible=true", visible)
    send("monkey", "-p", "org.handeye.notes", "1")
    assert "org.handeye.notes" in send("dumpsys", "activity", "recents").splitlines()[1]
    send("am", "force-stop", "org.handeye.notes")
    send("am start -a android.intent.action.VIEW -d https://example.org")
    assert "org.handeye.browser" in send("am stack list | grep visible=true")


def test_switches_and_the_clock(send: Send) -> None:
    for service, key in (("wifi", "wifi_on"), ("bluetooth", "bluetooth_on")):
        for verb, value in (("disable", "0"), ("enable", "1")):
            send("svc", service, verb)
            assert send("settings", "get", "global", key) == f"{value}\n"
    send("settings", "put", "global", "airplane_mode_on", "1")
    assert send("settings", "get", "global", "airplane_mode_on").strip() == "1"
    send("settings", "put", "system", "show_touches", "1")
    for namespace in ("system", "secure", "global"):
        assert all("=" in line for line in send("settings", "list", namespace).splitlines())
    send("date", "1015153423.00")
    assert send("date", "+%s") == "1697384040\n"
    send("service", "call", "alarm", "3", "s16", "UTC")
    assert re.search(r"mCallState=(\d)", send("dumpsys", "telephony.registry"))


def test_files(send: Send) -> None:
    send("mkdir", "-p", "/sdcard/Movies/'two words'")
    send("echo one > /sdcard/Movies/one.txt; echo two > '/sdcard/Movies/two words/two.txt'")
    found = send("find", "/sdcard/Movies", "-type", "f", "-o", "-type", "d").splitlines()
    assert found == [
        "/sdcard/Movies",
        "/sdcard/Movies/one.txt",
        "/sdcard/Movies/two words",
        "/sdcard/Movies/two words/two.txt",
    ]
    listed = send("ls /sdcard/Movies -ll -au")
    assert "one.txt" in listed and listed.startswith("total ")
    send("chmod", "777", "-R", "/sdcard/Movies")
    send("mkdir", "/sdcard/Copy")
    send("cp", "-a", "/sdcard/Movies/.", "/sdcard/Copy/")
    assert send("cat", "/sdcard/Copy/one.txt") == "one\n"
    send("rm", "-r", "/sdcard/Copy/*")
    assert send("ls", "-1", "/sdcard/Copy") == ""


def test_text_and_keys(send: Send, phone: SimulatedPhone) -> None:
    send("am", "start", "-a", "android.intent.action.INSERT", "-t", "vnd.android.cursor.dir/contact")
    phone.evaluate("() => phone.tasks.window.document.querySelector('input').focus()")
    send("input", "text", r"two\ words\;\ and\ \'quotes\'")
    assert phone.evaluate("() => phone.tasks.window.document.activeElement.value") == "two words; and 'quotes'"
    send("input", "swipe", "500", "1200", "500", "1200", "1000")
    send("input", "keyevent", "KEYCODE_ENDCALL")
    assert "UI hierchary dumped to" in send("uiautomator", "dump", "/sdcard/window_dump.xml")
    assert send("cat", "/sdcard/window_dump.xml").startswith("<?xml")


def test_packages_and_services(send: Send) -> None:
    assert "package:org.handeye.notes" in send("pm", "list", "packages").splitlines()
    assert "feature:android.hardware.touchscreen" in send("pm", "list", "features")
    assert send("pm", "list", "libraries") == ""
    assert send("pm", "clear", "org.handeye.notes") == "Success\n"
    send("pm", "grant", "org.handeye.notes", "android.permission.CAMERA")
    assert "window" not in send("dumpsys", "--skip", "window,input", "-l").split("running", 1)[0]
    assert "Display Power: state=ON" in send("dumpsys", "-t", "123", "power")
    assert "Service window: found" in send("service", "check", "window")
    assert send("am", "task", "lock", "12345") == ""
