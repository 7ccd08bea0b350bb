"""The requirements of phones: adb, and a phone that allows this computer, or the simulated one."""

import os
from collections.abc import Iterator
from pathlib import Path

from handeye.actions.errors import HandeyeError, MissingDependency
from handeye.environments.android.adb_server import adb_program, is_listening, usual_port
from handeye.environments.android.link import AdbLink
from handeye.environments.android.listing import parse_phones
from handeye.environments.doctor.browser import chromium
from handeye.environments.doctor.finding import Finding, missing, ok, package, said, warning
from handeye.environments.errors import AdbFailed

_SCREEN = Path(__file__).parents[1] / "simulated_phone" / "screen" / "phone.html"
_STATES = {
    "unauthorized": ("has not allowed this computer", "unlock it and confirm its dialog 'Allow USB debugging?'"),
    "authorizing": ("has not allowed this computer yet", "unlock it and confirm its dialog 'Allow USB debugging?'"),
    "offline": ("does not answer", "reconnect it, or run: adb reconnect"),
    "recovery": ("is in recovery mode", "restart it: adb reboot"),
    "bootloader": ("is in its bootloader", "restart it: fastboot reboot"),
    "sideload": ("is waiting for a package", "restart it: adb reboot"),
}
"""adb's states of phones that cannot be used, their meaning, and what to do."""
_NO_PERMISSION = "https://developer.android.com/studio/run/device explains USB access; on Debian: adduser $USER plugdev"


def android() -> Iterator[Finding]:
    """Check everything that `--env android` needs, and the connected phones."""
    yield from _adb()
    try:
        port, program = usual_port(), adb_program()
    except HandeyeError:
        return  # already reported
    if not is_listening(port):
        start = f"{program} -P {port} start-server"
        yield missing("phone", "no adb server is running, so connected phones cannot be listed", start)
        return
    yield ok("adb server", f"running on port {port}")
    yield from _phones(port)


def simulated() -> Iterator[Finding]:
    """Check everything that `--env android:simulated` needs."""
    yield from _adb()
    yield package("playwright", "browser", "it runs the phone's screen")
    yield chromium(headless=True)
    if _SCREEN.is_file():
        yield ok("phone", "comes with handeye")
    else:
        yield missing("phone", f"{_SCREEN} does not exist", "pip install --force-reinstall --no-deps handeye")


def _adb() -> Iterator[Finding]:
    yield package("adbutils", "android", "it communicates with adb")
    try:
        usual_port()  # first: adbutils reads the variable when it is imported
    except AdbFailed as error:
        yield missing("adb server", str(error), "unset ANDROID_ADB_SERVER_PORT, or correct it")
        return
    try:
        path = adb_program()
    except MissingDependency:
        return  # already reported
    except HandeyeError as error:
        yield missing("adb", str(error), "install Android's platform-tools, or put adb on the PATH")
        return
    answer = said([str(path), "--version"])  # starts no server
    if answer is None:
        yield missing("adb", f"{path} does not start", "set ADBUTILS_ADB_PATH to an adb that starts")
    else:
        yield ok("adb", f"{' '.join(answer.splitlines()[:2])}, {path}")


def _phones(port: int) -> Iterator[Finding]:
    """Check the phones that the running server knows."""
    try:
        listed = parse_phones(AdbLink(port).host("devices-l"))
    except HandeyeError as error:
        yield missing("phone", f"the adb server does not list the connected phones: {error}", "adb kill-server")
        return
    usable = any(one.state == "device" for one in listed)
    for one in listed:
        yield phone(one.serial, one.state, one.model, usable)
    if not listed:
        yield missing("phone", "none is connected", "connect one with USB debugging on, or: adb connect HOST:PORT")
    wanted = os.environ.get("ANDROID_SERIAL")
    if wanted and all(wanted not in (one.serial, one.port) for one in listed):
        yield warning("phone", f"ANDROID_SERIAL chooses {wanted!r}, which is not connected", "unset ANDROID_SERIAL")


def phone(serial: str, state: str, model: str, usable: bool) -> Finding:
    """Explain a phone's state in adb's list; `usable` is whether any of the listed phones can be used."""
    if state == "device":
        return ok("phone", f"{serial} {model.replace('_', ' ')}".strip())
    bad = warning if usable else missing
    if state.startswith("no permissions"):
        return bad("phone", f"{serial} cannot be used by this user over USB", _NO_PERMISSION)
    why, cure = _STATES.get(state, (f"is {state}", "reconnect it"))
    return bad("phone", f"{serial} {why}", cure)
