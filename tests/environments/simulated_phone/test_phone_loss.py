"""What breaks: cables, screens, ports; and what is left behind."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from socket import create_connection, create_server
from typing import Any

import psutil
import pytest

from handeye.actions.geometry import Size
from handeye.environments.errors import ChromiumNotFound, EnvironmentLost, InvalidOption, ScriptFailed
from handeye.environments.simulated_phone.adbd.auth import BadKey
from handeye.environments.simulated_phone.phone import SimulatedPhone

Eventually = Callable[..., None]
Run = Callable[..., Any]
Children = Callable[[], list[psutil.Process]]


@pytest.fixture
def children() -> Children:
    """Return the processes that were started since."""
    before = set(psutil.Process().children(recursive=True))
    return lambda: [each for each in psutil.Process().children(recursive=True) if each not in before]


def reaches(adb: Any, phone: SimulatedPhone) -> bool:
    return bool(adb("shell", "echo hello", serial=phone.address).out == b"hello\n")


def test_a_pulled_cable_breaks_what_runs(phone: SimulatedPhone, adb: Any) -> None:
    with adb.start("shell", "echo begun; sleep 600", serial=phone.address) as sleeping:
        assert sleeping.stdout.readline() == b"begun\n"
        phone.cut()
        sleeping.wait(120)
    assert not reaches(adb, phone)
    assert b"failed" in adb("connect", phone.address).out or not reaches(adb, phone)
    phone.plug()
    adb.connect(phone.address)
    assert reaches(adb, phone)


def test_what_it_remembers_survives_the_cable(phone: SimulatedPhone, adb: Any) -> None:
    adb("shell", "am start -n com.android.settings/.Settings; settings put system my 1", serial=phone.address)
    before = phone.state()
    phone.cut()
    phone.plug()
    adb.connect(phone.address)
    assert phone.state() == before
    assert b"com.android.settings/" in adb("shell", "dumpsys window | grep mCurrentFocus", serial=phone.address).out


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["renderer", None])
def test_a_crashed_screen_restarts_the_phone(
    phone: SimulatedPhone, adb: Any, eventually: Eventually, crash: Callable[[str | None], None], kind: str | None
) -> None:
    crash(kind)
    eventually(lambda: not _answers(phone))
    with pytest.raises(EnvironmentLost, match=r"crashed: reset\(\) restarts it"):
        phone.state()
    phone.reset()
    assert phone.evaluate("() => phone.ready") is True
    adb.connect(phone.address)
    assert reaches(adb, phone)
    assert len(adb("exec-out", "screencap -p", serial=phone.address).out) > 10_000


def _answers(phone: SimulatedPhone) -> bool:
    try:
        phone.evaluate("() => 1")
    except EnvironmentLost:
        return False
    return True


@pytest.mark.slow
def test_a_loss_that_a_reset_is_the_first_to_notice_restarts_the_screen_once(children: Children) -> None:
    phone = SimulatedPhone().start()
    [driver] = [each for each in children() if "run-driver" in each.cmdline()]
    driver.kill()
    driver.wait(120)
    phone.reset()
    assert phone.evaluate("() => phone.ready") is True
    assert len([each for each in children() if "run-driver" in each.cmdline()]) == 1
    phone.close()
    _, alive = psutil.wait_procs(children(), timeout=60)
    assert not alive


@pytest.mark.slow
def test_a_restart_keeps_what_it_remembers(phone: SimulatedPhone, adb: Any, eventually: Eventually) -> None:
    adb("shell", "settings put system my 1", serial=phone.address)
    phone.evaluate("() => { window.old = true; }")
    adb("reboot", serial=phone.address)

    eventually(lambda: phone.evaluate("() => window.old") is None)
    assert phone.state()["settings"]["system"]["my"] == "1"  # type: ignore[index,call-overload]
    adb.connect(phone.address)
    assert reaches(adb, phone)


def test_a_new_phone_has_nothing_of_the_old(phone: SimulatedPhone, sh: Run) -> None:
    fresh = phone.state()
    sh("settings put system user_rotation 1; settings put system accelerometer_rotation 0; wm size 720x1600")
    sh("rm -r /sdcard/Documents; echo x > /data/local/tmp/x; am start -n com.android.settings/.Settings")
    sh("pm uninstall com.github.uiautomator; setprop my.prop 5; input keyevent POWER")
    phone.reset()
    assert phone.state() == fresh
    assert sh("wm size; ime list -s -a | wc -l; ls /data/local/tmp; getprop my.prop").text == (
        "Physical size: 1080x2400\n2\n\n"
    )
    assert "com.android.launcher3/" in sh("dumpsys window | grep mCurrentFocus").text


def test_scripts_that_fail(phone: SimulatedPhone) -> None:
    with pytest.raises(ScriptFailed, match="no such thing"):
        phone.evaluate("() => { throw new Error('no such thing') }")
    assert phone.evaluate("number => number + 1", 41) == 42


@pytest.mark.slow
def test_two_phones_at_once(shared_phone: SimulatedPhone, adb: Any) -> None:
    with SimulatedPhone(size=Size(720, 1280), density=320) as other:
        adb.connect(other.address)
        adb.connect(shared_phone.address)
        adb("shell", "settings put system mine other", serial=other.address)
        assert adb("shell", "settings get system mine", serial=shared_phone.address).out == b"null\n"
        assert adb("shell", "wm size", serial=other.address).out == b"Physical size: 720x1280\n"
        assert b"more than one device" in adb("shell", "true").err
        listed = adb("devices").text  # other tests' phones may be there too
        assert all(f"{each.address}\tdevice" in listed for each in (other, shared_phone))
        adb("disconnect", other.address)


@pytest.mark.slow
def test_it_leaves_nothing_behind(children: Children) -> None:
    threads = {thread.name for thread in threading.enumerate()}
    files = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0  # noqa: PTH110, PTH208
    phone = SimulatedPhone().start()
    address = phone.address
    phone.close()
    phone.close()
    _, alive = psutil.wait_procs(children(), timeout=60)
    assert not alive
    assert {thread.name for thread in threading.enumerate()} <= threads
    with pytest.raises(OSError):
        create_connection(("127.0.0.1", int(address.partition(":")[2])), timeout=120)
    for use in (phone.state, phone.reset, phone.cut, lambda: phone.address):
        with pytest.raises(EnvironmentLost, match="not running"):
            use()
    if files:
        assert len(os.listdir("/proc/self/fd")) <= files + 2  # noqa: PTH208


@pytest.mark.slow
def test_a_phone_that_nobody_closes_ends_with_the_program(short_folder: Path) -> None:
    program = "from handeye.environments.simulated_phone.phone import SimulatedPhone; SimulatedPhone().start()"
    environ = {**os.environ, "TMPDIR": str(short_folder)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environ, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(short_folder.iterdir()) == []


def test_options_that_cannot_be() -> None:
    with pytest.raises(InvalidOption, match="sides"):
        SimulatedPhone(size=Size(0, 100))
    with pytest.raises(InvalidOption, match="density"):
        SimulatedPhone(density=5)
    with pytest.raises(InvalidOption, match="port"):
        SimulatedPhone(port=70_000)
    with pytest.raises(BadKey):
        SimulatedPhone(known=["no key"])
    with pytest.raises(ChromiumNotFound):
        SimulatedPhone(executable=Path("/nowhere/chromium"))
    with create_server(("127.0.0.1", 0)) as taken:
        phone = SimulatedPhone(port=taken.getsockname()[1])
        with pytest.raises(InvalidOption, match="cannot be used"):
            phone.start()
        assert not phone.running
