"""Apps, settings, keyboards and what the services print, as tools expect them of Android 14."""

import base64
import io
import re
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from handeye.environments.simulated_phone.phone import SimulatedPhone

Run = Callable[..., Any]

LATIN = "com.android.inputmethod.latin/.LatinIME"
UIAUTOMATOR = "com.github.uiautomator/.AdbKeyboard"
SETTINGS = "com.android.settings/.Settings"
NEW_CONTACT = "am start -a android.intent.action.INSERT -t vnd.android.cursor.dir/contact"


def front(sh: Run) -> str:
    """Return the activity in front, as scripts find it."""
    return str(re.search(r"mCurrentFocus=Window\{\w+ u0 (\S+)\}", sh("dumpsys window").text)[1])  # type: ignore[index]


def test_apps_start_and_stop(sh: Run) -> None:
    assert sh(f"am start -n {SETTINGS}") == (f"Starting: Intent {{ cmp={SETTINGS} }}\n".encode(), b"", 0)
    assert front(sh) == "com.android.settings/com.android.settings.Settings"
    again = sh(f"am start -n {SETTINGS}")
    assert again.err == b"Warning: Activity not started, its current task has been brought to the front\n"
    waited = sh("am start -W -n com.android.contacts/com.android.contacts.activities.PeopleActivity")
    assert re.fullmatch(
        r"Starting: Intent \{ cmp=com.android.contacts/.activities.PeopleActivity \}\n"
        r"Status: ok\nLaunchState: COLD\nActivity: com.android.contacts/.activities.PeopleActivity\n"
        r"TotalTime: \d+\nWaitTime: \d+\nComplete\n",
        waited.text,
    )
    sh("am force-stop com.android.contacts")
    assert front(sh) != "com.android.contacts/com.android.contacts.activities.PeopleActivity"
    sh("am start -a android.intent.action.MAIN -c android.intent.category.HOME")
    assert front(sh).startswith("com.android.launcher3/")
    assert sh("monkey -p com.android.deskclock -c android.intent.category.LAUNCHER 1").text.startswith(
        "Events injected: 1\n"
    )
    assert front(sh) == "com.android.deskclock/com.android.deskclock.DeskClock"


def test_what_cannot_be_started(sh: Run) -> None:
    missing = sh("am start -n com.example/.Main")
    assert missing.out == b"Starting: Intent { cmp=com.example/.Main }\n"
    assert missing.err == b"Error type 3\nError: Activity class {com.example/com.example.Main} does not exist.\n"
    assert missing.status == 1
    assert sh("am start -n com.android.settings/.Nope").status == 1
    unresolved = sh("am start -a org.example.NOTHING")
    assert unresolved.err.startswith(b"Error: Activity not started, unable to resolve Intent { act=org.example.NOTHING")
    aborted = sh("monkey -p com.example 1")
    assert (aborted.err.decode().splitlines()[-1], aborted.status) == (
        "** No activities found to run, monkey aborted.",
        252,
    )
    assert b"Bad component name: x" in sh("am start -n x").err
    assert sh("am start-foreground-service -n a.b/.C").err == b"Error: Not found; no service started.\n"


def test_intents_lead_to_apps(sh: Run) -> None:
    sh("am start -a android.settings.DISPLAY_SETTINGS")
    assert front(sh) == "com.android.settings/com.android.settings.Settings"
    printed = sh("am start -a android.intent.action.VIEW -d https://example.org/a?b=c --es q 'x y' --ez on true").text
    assert printed == ("Starting: Intent { act=android.intent.action.VIEW dat=https://example.org/... (has extras) }\n")
    assert front(sh).startswith("org.handeye.browser/")


def test_packages(sh: Run, phone: SimulatedPhone) -> None:
    assert "package:com.android.settings\n" in sh("pm list packages").text
    assert sh("pm list packages -3").text == "package:com.github.uiautomator\n"
    assert sh("cmd package list packages deskclock").text == "package:com.android.deskclock\n"
    assert sh("pm list packages -f contacts").text.startswith("package:/system/app/")
    assert sh("pm path com.android.settings").text.startswith("package:/")
    assert sh("pm path com.example") == (b"", b"", 1)
    assert sh("cmd package resolve-activity --brief com.android.settings").text.splitlines() == [
        "priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true",
        SETTINGS,
    ]
    assert sh("cmd package resolve-activity --brief com.example").text == "No activity found\n"
    listed = sh(
        "cmd package query-activities --components -a android.intent.action.MAIN -c android.intent.category.LAUNCHER"
    ).text.splitlines()
    shown = phone.evaluate("() => phone.packages().filter(app => !app.hidden).length")
    assert SETTINGS in listed and len(listed) == shown
    assert "nonLocalizedLabel=Settings" in sh("cmd package query-activities -a android.intent.action.MAIN").text


def test_data_is_cleared(sh: Run, phone: SimulatedPhone) -> None:
    state: Any = phone.state()
    state["notes"] = []
    phone.load(state)
    assert sh("pm clear org.handeye.notes").out == b"Success\n"
    assert phone.state()["notes"]
    assert sh("pm clear com.example") == (b"", b"Failed\n", 1)


def test_settings(sh: Run, phone: SimulatedPhone) -> None:
    assert sh("settings get system font_scale").out == b"1.0\n"
    assert sh("settings get system nothing").out == b"null\n"
    assert sh("settings put global airplane_mode_on 1; settings get global airplane_mode_on").out == b"1\n"
    assert phone.evaluate("() => phone.getSetting('global', 'airplane_mode_on')") == "1"
    assert sh("settings put secure mine 'a b'; settings list secure").text.count("mine=a b\n") == 1
    assert sh("settings delete secure mine; settings delete secure mine").out == b"Deleted 1 rows\nDeleted 0 rows\n"
    assert sh("settings --user 0 get system font_scale").status == 0
    assert sh("settings get here x") == (b"", b"Invalid namespace 'here'\n", 255)
    assert sh("settings frob system x").status == 255
    sh("svc wifi disable; cmd connectivity airplane-mode disable; cmd uimode night yes")
    assert sh("settings get global wifi_on; settings get global airplane_mode_on").out == b"0\n0\n"
    assert sh("settings get secure ui_night_mode").out == b"2\n"


def test_keyboards_are_chosen(sh: Run) -> None:
    assert sh("ime list -s").text == f"{LATIN}\n"
    assert sh("ime list -a -s").text == f"{LATIN}\n{UIAUTOMATOR}\n"
    assert sh(f"ime set {UIAUTOMATOR}").err.decode() == (
        f"Unknown input method {UIAUTOMATOR} cannot be selected for user #0\n"
    )
    assert sh(f"ime enable {UIAUTOMATOR}").text == f"Input method {UIAUTOMATOR}: now enabled for user #0\n"
    assert sh(f"ime enable {UIAUTOMATOR}").text == f"Input method {UIAUTOMATOR}: already enabled for user #0\n"
    assert sh(f"ime set {UIAUTOMATOR}").text == f"Input method {UIAUTOMATOR} selected for user #0\n"
    assert sh("settings get secure default_input_method").text == f"{UIAUTOMATOR}\n"
    assert f"mCurMethodId={UIAUTOMATOR}\n" in sh("dumpsys input_method").text
    assert sh("ime list -s").text == f"{LATIN}\n{UIAUTOMATOR}\n"
    assert sh(f"ime disable {UIAUTOMATOR}").text == f"Input method {UIAUTOMATOR}: now disabled for user #0\n"
    assert sh("settings get secure default_input_method").text == f"{LATIN}\n"
    assert sh("ime enable com.example/.Ime").status == 255
    assert "Newly selected: " + LATIN in sh("ime reset").text


def focus_field(sh: Run, phone: SimulatedPhone) -> None:
    """Open a new contact and focus its first field."""
    sh(NEW_CONTACT)
    bounds = re.search(
        r'class="android.widget.EditText"[^>]*bounds="\[(\d+),(\d+)\]\[(\d+),(\d+)\]"',
        sh("uiautomator dump /dev/tty").text,
    )
    assert bounds is not None
    left, top, right, bottom = map(int, bounds.groups())
    sh(f"input tap {(left + right) // 2} {(top + bottom) // 2}")


def test_uiautomators_keyboard_types_anything(sh: Run, phone: SimulatedPhone, eventually: Run) -> None:
    focus_field(sh, phone)
    eventually(lambda: "mInputShown=true" in sh("dumpsys input_method").text)
    sh(f"ime enable {UIAUTOMATOR}; ime set {UIAUTOMATOR}")
    text = 'Grüße 你好 😀 "q" <b>\n'
    encoded = base64.b64encode(text.encode()).decode()
    typed = sh(f"am broadcast -a ADB_KEYBOARD_INPUT_TEXT --es text {encoded}")
    assert typed.text == (
        "Broadcasting: Intent { act=ADB_KEYBOARD_INPUT_TEXT flg=0x400000 (has extras) }\n"
        'Broadcast completed: result=-1, data="success"\n'
    )
    assert "Grüße 你好 😀" in sh("uiautomator dump /dev/tty").text
    assert 'result=-1, data="success"' in sh("am broadcast -a ADB_KEYBOARD_CLEAR_TEXT").text
    assert "Grüße" not in sh("uiautomator dump /dev/tty").text


def test_a_broadcast_that_nobody_hears(sh: Run) -> None:
    encoded = base64.b64encode(b"lost").decode()
    assert sh(f"am broadcast -a ADB_INPUT_B64 --es msg {encoded}").text.endswith("Broadcast completed: result=0\n")
    assert sh(f"am broadcast -a ADB_KEYBOARD_INPUT_TEXT --es text {encoded}").text.endswith("result=0\n")
    denied = sh("am broadcast -a android.intent.action.AIRPLANE_MODE --ez state true")
    assert denied.status == 255
    assert "java.lang.SecurityException: Permission Denial: not allowed to send broadcast" in denied.err.decode()


def test_typing_without_a_field_is_no_success(sh: Run) -> None:
    sh(f"ime enable {UIAUTOMATOR}; ime set {UIAUTOMATOR}")
    encoded = base64.b64encode(b"lost").decode()
    assert "result=0, data=" in sh(f"am broadcast -a ADB_KEYBOARD_INPUT_TEXT --es text {encoded}").text
    assert "result=0, data=" in sh("am broadcast -a ADB_KEYBOARD_CLEAR_TEXT").text


def apk(package: str) -> bytes:
    """Return an APK with nothing in it but the name of its package, in Android's binary XML."""
    names = ["manifest", "package", package]
    texts = b"".join(struct.pack("<BB", len(name), len(name)) + name.encode() + b"\0" for name in names)
    texts += b"\0" * (-len(texts) % 4)
    lengths = [len(name) + 3 for name in names]
    offsets = [sum(lengths[:index]) for index in range(len(names))]
    start = 28 + 4 * len(names)
    pool = struct.pack("<HHIIIIII", 1, 28, start + len(texts), len(names), 0, 0x100, start, 0)
    pool += struct.pack(f"<{len(names)}I", *offsets) + texts
    none = 0xFFFFFFFF
    attribute = struct.pack("<IIIHBBI", none, 1, 2, 8, 0, 3, 2)
    element = struct.pack("<HHIII", 0x0102, 16, 36 + len(attribute), 1, none)
    element += struct.pack("<IIHHHHHH", none, 0, 20, 20, 1, 0, 0, 0) + attribute
    manifest = struct.pack("<HHI", 3, 8, 8 + len(pool) + len(element)) + pool + element
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("AndroidManifest.xml", manifest)
    return buffer.getvalue()


def test_keyboards_are_installed(sh: Run, phone: SimulatedPhone, adb: Any, tmp_path: Any, eventually: Any) -> None:
    path = tmp_path / "keyboard.apk"
    path.write_bytes(apk("com.android.adbkeyboard"))
    installed = adb("install", path, serial=phone.address)
    assert installed.status == 0 and b"Success" in installed.out
    assert sh("ime enable com.android.adbkeyboard/.AdbIME").status == 255  # known a moment later, as on a phone
    eventually(lambda: sh("ime list -s -a").text.splitlines()[1:] == ["com.android.adbkeyboard/.AdbIME", UIAUTOMATOR])
    sh("ime enable com.android.adbkeyboard/.AdbIME; ime set com.android.adbkeyboard/.AdbIME")
    assert b"Success" in adb("uninstall", "com.android.adbkeyboard", serial=phone.address).out
    assert sh("settings get secure default_input_method").text == f"{LATIN}\n"
    path.write_bytes(apk("com.example.game"))
    refused = adb("install", path, serial=phone.address)
    assert refused.status == 1 and b"INSTALL_FAILED_NO_MATCHING_ABIS" in refused.err + refused.out
    path.write_bytes(b"no apk")
    broken = adb("install", "--no-streaming", path, serial=phone.address)
    assert broken.status == 1 and b"INSTALL_FAILED_INVALID_APK" in broken.err + broken.out


def test_apks_of_one_package_are_installed_in_a_session(
    sh: Run, phone: SimulatedPhone, adb: Any, tmp_path: Any
) -> None:
    paths = [tmp_path / name for name in ("base.apk", "split.apk")]
    for path in paths:
        path.write_bytes(apk("com.android.adbkeyboard"))
    installed = adb("install-multiple", "-r", *paths, serial=phone.address)
    assert installed.status == 0 and b"Success" in installed.out
    assert "package:com.android.adbkeyboard" in sh("pm list packages -3").text.splitlines()
    paths[1].write_bytes(apk("com.github.uiautomator"))
    refused = adb("install-multiple", *paths, serial=phone.address)
    assert refused.status == 1
    assert b"com.github.uiautomator inconsistent with com.android.adbkeyboard" in refused.err + refused.out


def test_the_status_bar_opens_and_closes(sh: Run) -> None:
    sh("cmd statusbar expand-notifications")
    assert front(sh) == "NotificationShade"
    sh("cmd statusbar collapse")
    assert front(sh).startswith("com.android.launcher3/")
    sh("input keyevent APP_SWITCH")
    assert sh("cmd clipboard get") == (b"", b"No shell command implementation.\n", 0)
    assert sh("cmd nothing") == (b"", b"cmd: Can't find service: nothing\n", 20)


def test_a_locked_phone_says_so(sh: Run) -> None:
    sh("input keyevent POWER; input keyevent POWER")
    assert "mDreamingLockscreen=true" in sh("dumpsys window policy").text
    assert "mKeyguardShowing=true" in sh("dumpsys activity activities").text
    sh("wm dismiss-keyguard")
    assert "mDreamingLockscreen=false" in sh("dumpsys window policy").text
    assert "topResumedActivity=ActivityRecord{" in sh("dumpsys activity activities").text


def test_properties_time_and_the_rest(sh: Run, phone: SimulatedPhone) -> None:
    assert "[ro.build.version.release]: [14]\n" in sh("getprop").text
    assert sh("setprop my.prop 5; getprop my.prop; getprop nothing").out == b"5\n\n"
    assert sh("setprop ro.build.id x").status == 1
    assert sh("date +%Y-%m-%dT%H:%M").text.strip() == phone.state()["clock"]
    assert sh("which input; which nosuch").out == b"/system/bin/input\n"
    assert sh("id -u; whoami").out == b"2000\nshell\n"
    assert sh("dumpsys nothing").err == b"Can't find service: nothing\n"
    assert "SurfaceFlinger" in sh("dumpsys -l").text
    assert "0035  : value 0, min 0, max 1079" in sh("getevent -p").text


def test_files_are_the_phones(sh: Run, phone: SimulatedPhone) -> None:
    assert sh("ls /sdcard/Download").out == b"ticket.txt\n"
    assert sh("ls /storage/emulated/0/Download/*.txt").out == b"/storage/emulated/0/Download/ticket.txt\n"
    sh("cd /sdcard && mkdir -p A/B && cp Download/ticket.txt A/B/ && mv A/B/ticket.txt 'A/été 1.txt'")
    assert sh("ls -R /sdcard/A").out == "/sdcard/A:\nB\nété 1.txt\n\n/sdcard/A/B:\n".encode()
    files: Any = phone.state()["files"]
    assert files["/sdcard/A/été 1.txt"]["text"] == files["/sdcard/Download/ticket.txt"]["text"]
    assert sh("rm /sdcard/A").err == b"rm: /sdcard/A: is directory\n"
    assert sh("rm -r /sdcard/A; ls /sdcard/A").err == b"ls: /sdcard/A: No such file or directory\n"
    assert sh("stat -c '%s %F' /sdcard/Download/ticket.txt").out == b"32 regular file\n"
    for verb in ("cp -r", "mv"):
        refused = sh(f"mkdir -p /sdcard/C/D; {verb} /sdcard/C /sdcard/C/D/E")
        assert (refused.status, refused.err.decode()) == (
            1,
            f"{verb[:2]}: '/sdcard/C' is a parent of '/sdcard/C/D/E'\n",
        )
    assert sh("ls -R /sdcard/C").out == b"/sdcard/C:\nD\n\n/sdcard/C/D:\n"
    assert sh("rm /system/bin/sh; rm /system/bin/ls").err.count(b"Read-only file system") == 1
    assert sh("test -d /sdcard && [ -f /sdcard/Download/ticket.txt ] && echo yes").out == b"yes\n"
    assert sh("rm -rf /sdcard").err == b"rm: /sdcard: Permission denied\n"
    assert sh("ls /sdcard; uiautomator dump").text == "UI hierchary dumped to: /sdcard/window_dump.xml\n"


@pytest.mark.parametrize(
    "script", ["input tap x 5", "input swipe 1 2 3", "input keyevent", "wm size huge", "wm density 5"]
)
def test_wrong_words_are_refused(sh: Run, script: str) -> None:
    assert sh(script).status == 255
