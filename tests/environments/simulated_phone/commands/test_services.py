"""What other tools ask of the services: how the screen is turned, which tasks run, radios, the clock, sessions."""

from collections.abc import Callable
from typing import Any

from handeye.environments.simulated_phone.phone import SimulatedPhone

Run = Callable[..., Any]


def test_the_turn_of_the_screen(sh: Run) -> None:
    assert sh("dumpsys window | grep mCurrentRotation").text.strip() == "mCurrentRotation=ROTATION_0"
    sh("wm user-rotation lock 3")
    assert sh("dumpsys window displays | grep mCurrentRotation").text.strip() == "mCurrentRotation=ROTATION_270"
    dump = sh("dumpsys -t 5 input").text
    assert "      SurfaceOrientation: 3\n" in dump and "logicalFrame=[0, 0, 2400, 1080]" in dump
    assert "physicalFrame=[0, 0, 2400, 1080]" in dump


def test_tasks(sh: Run) -> None:
    sh("am start -n com.android.settings/.Settings")
    visible = sh("am stack list | grep -E visible=true").text
    assert visible.count("taskId=") == 1
    assert "topActivity=ComponentInfo{com.android.settings/com.android.settings.Settings}" in visible
    number = visible.partition("taskId=")[2].partition(":")[0]
    assert sh(f"am stack remove {number}; am task lock 1; am stack list | grep -c visible=true").out == b"1\n"
    assert "com.android.launcher3" in sh("am stack list | grep -E visible=true").text
    assert sh("am stack remove 9999").status == 255


def test_radios_and_switches(sh: Run) -> None:
    sh("cmd -w wifi set-wifi-enabled disabled; cmd phone data disable; cmd bluetooth_manager disable")
    assert sh("settings get global wifi_on; settings get global bluetooth_on").out == b"0\n0\n"
    assert sh("cmd wifi status | head -n 1").out == b"Wifi is disabled\n"
    assert sh("ip addr show wlan0; ip route").out == b""
    sh("svc wifi enable")
    assert "inet 192.168.1.77/24" in sh("ip -f inet addr show wlan0").text
    assert sh("ip route | cut -d ' ' -f 9").out == b"192.168.1.77\n"
    assert sh("ip addr show eth7").status == 1
    assert sh("cmd location set-location-enabled true; cmd location is-location-enabled").out == b"true\n"
    assert sh("cmd nothing at-all").err == b"cmd: Can't find service: nothing\n"
    assert "mCallState=0" in sh("dumpsys telephony.registry").text


def test_the_clock_is_set(sh: Run) -> None:
    assert sh("date 1015190423.16").out.startswith(b"Sun Oct 15 19:04:00 UTC 2023")
    assert sh("date +%Y-%m-%dT%H:%M").out == b"2023-10-15T19:04\n"
    assert sh("date 9999").err == b"date: bad date '9999'\n"


def test_sessions(sh: Run, phone: SimulatedPhone) -> None:
    created = sh("pm install-create -r -t -S 10").text
    assert created.startswith("Success: created install session [")
    number = created.partition("[")[2].partition("]")[0]
    assert sh(f"cmd package install-write -S 3 {number} base.apk -", stdin=b"abc").text == "Success: streamed 3 bytes\n"
    refused = sh(f"pm install-commit {number}")
    assert refused.status == 1 and refused.err.startswith(b"Failure [INSTALL_FAILED_INVALID_APK")
    assert "no access to session" in sh(f"pm install-commit {number}").err.decode()
    again = sh("pm install-create").text.partition("[")[2].partition("]")[0]
    assert again != number
    assert sh(f"pm install-abandon {again}").out == b"Success\n"
    empty = sh("pm install-create").text.partition("[")[2].partition("]")[0]
    assert b"Session contains no files" in sh(f"pm install-commit {empty}").err
