"""What phones need: adb, a phone that lets this computer in, or the simulated one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from handeye.actions.errors import HandeyeError, MissingDependency
from handeye.environments.android.adb_server import adb_program, is_listening, usual_port
from handeye.environments.doctor.browser import chromium
from handeye.environments.doctor.finding import Finding, missing, ok, package, said, warning
from handeye.environments.errors import AdbFailed

_SECONDS = 5.0
_SCREEN = Path(__file__).parents[1] / "simulated_phone" / "screen" / "phone.html"
_STATES = {
    "unauthorized": ("has not allowed this computer", "unlock it and answer its question 'Allow USB debugging?'"),
    "authorizing": ("has not allowed this computer yet", "unlock it and answer its question 'Allow USB debugging?'"),
    "offline": ("does not answer", "plug it in again, or run: adb reconnect"),
    "recovery": ("has been started for recovery", "restart it: adb reboot"),
    "bootloader": ("has been started for its bootloader", "restart it: fastboot reboot"),
    "sideload": ("is waiting for a package", "restart it: adb reboot"),
}
"""What adb says of a phone that cannot be used, what that means, and what to do."""
_NO_PERMISSION = (
    "https://developer.android.com/studio/run/device says how to allow USB; adduser $USER plugdev on Debian"
)


def android() -> Iterator[Finding]:
    """Look for all that `--env android` needs, and at the phones that are connected."""
    yield from _adb()
    try:
        port, program = usual_port(), adb_program()
    except HandeyeError:
        return  # told of already
    if not is_listening(port):
        start = f"{program} -P {port} start-server"
        yield missing("phone", "no adb server is running, so nobody knows which are connected", start)
        return
    yield ok("adb server", f"running on port {port}")
    yield from _phones(port)


def simulated() -> Iterator[Finding]:
    """Look for all that `--env android:simulated` needs."""
    yield from _adb()
    yield package("playwright", "browser", "it drives the phone's screen")
    yield chromium(headless=True)
    if _SCREEN.is_file():
        yield ok("phone", "comes with handeye")
    else:
        yield missing("phone", f"{_SCREEN} is not there", "pip install --force-reinstall --no-deps handeye")


def _adb() -> Iterator[Finding]:
    yield package("adbutils", "android", "it speaks to adb")
    try:
        usual_port()  # first: adbutils reads the variable when it is imported
    except AdbFailed as error:
        yield missing("adb server", str(error), "unset ANDROID_ADB_SERVER_PORT, or correct it")
        return
    try:
        path = adb_program()
    except MissingDependency:
        return  # told of already
    except HandeyeError as error:
        yield missing("adb", str(error), "install Android's platform-tools, or put adb on the PATH")
        return
    answer = said([str(path), "--version"])  # starts no server
    if answer is None:
        yield missing("adb", f"{path} does not start", "set ADBUTILS_ADB_PATH to an adb that does")
    else:
        yield ok("adb", f"{' '.join(answer.splitlines()[:2])}, {path}")


def _phones(port: int) -> Iterator[Finding]:
    """Look at the phones that the running server knows."""
    try:
        from adbutils import AdbClient, AdbError  # type: ignore[import-untyped]
    except ImportError:
        return  # told of already
    try:
        listed: list[Any] = AdbClient(host="127.0.0.1", port=port, socket_timeout=_SECONDS).list(extended=True)
    except (AdbError, OSError) as error:
        yield missing("phone", f"the adb server does not tell which are connected: {error}", "adb kill-server")
        return
    usable = any(one.state == "device" for one in listed)
    for one in listed:
        yield phone(str(one.serial), str(one.state), str(one.tags.get("model", "")), usable)
    if not listed:
        yield missing("phone", "none is connected", "connect one with USB debugging on, or: adb connect HOST:PORT")


def phone(serial: str, state: str, model: str, usable: bool) -> Finding:
    """Say what the state means in which adb lists a phone; `usable` is whether one of them all can be used."""
    if state == "device":
        return ok("phone", f"{serial} {model.replace('_', ' ')}".strip())
    bad = warning if usable else missing
    if state.startswith("no permissions"):
        return bad("phone", f"{serial} may not be used by this user over USB", _NO_PERMISSION)
    why, cure = _STATES.get(state, (f"is {state}", "plug it in again"))
    return bad("phone", f"{serial} {why}", cure)
