"""Phones that are not there, not willing, pulled out in the middle, and back again."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click, Home, OpenApp, Press, Terminate, Wait
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.agent.resume import resume_episode
from handeye.agent.step import Step
from handeye.environments.android.adb_server import AdbServer
from handeye.environments.android.connect import connect_problem
from handeye.environments.android.environment import AndroidEnvironment
from handeye.environments.android.listing import Phone, chosen, parse_phones
from handeye.environments.errors import (
    EnvironmentLost,
    PhoneNotFound,
    PhoneUnauthorized,
    SeveralPhones,
)
from handeye.environments.simulated_phone.adbd.auth import Authorize
from handeye.environments.simulated_phone.phone import SimulatedPhone

_NO_RULES = "no permissions (missing udev rules? user is in the plugdev group); see [http://developer.android.com/x]"
_LISTING = f"""R58M123ABC             device usb:1-1 product:x model:SM_G973F device:beyond1 transport_id:1
emulator-5554          offline transport_id:2
127.0.0.1:40123        unauthorized transport_id:3
0123456789ABCDEF       {_NO_RULES} usb:1-2 transport_id:4
"""


def test_listings_and_choices() -> None:
    listed = parse_phones(_LISTING)
    assert [phone.serial for phone in listed] == ["R58M123ABC", "emulator-5554", "127.0.0.1:40123", "0123456789ABCDEF"]
    assert listed[0] == Phone("R58M123ABC", "device", "SM G973F", 1, "usb:1-1")
    assert listed[3].state.startswith("no permissions (missing udev rules?")
    assert chosen(listed, None).serial == "R58M123ABC"
    assert chosen(listed, "emulator-5554").state == "offline"
    with pytest.raises(PhoneNotFound, match=r"no phone 'x' is connected; there are: R58M123ABC \(SM G973F\), emul"):
        chosen(listed, "x")
    with pytest.raises(PhoneNotFound, match="USB debugging"):
        chosen((), None)
    two = (Phone("a", "device", "One"), Phone("b", "device", ""))
    with pytest.raises(SeveralPhones, match=r"a \(One\), b"):
        chosen(two, None)


@pytest.mark.parametrize(
    ("answer", "fine"),
    [
        ("connected to 127.0.0.1:5555", True),
        ("already connected to 127.0.0.1:5555", True),
        ("failed to authenticate to 127.0.0.1:5555", True),
        ("failed to connect to '1.2.3.4:4567': Operation timed out", False),
        ("unable to connect to 1.2.3.4:5555", False),
        ("cannot connect to 127.0.0.1:1: Connection refused (111)", False),
        ("", False),
    ],
)
def test_what_adb_answers_to_connect(answer: str, fine: bool) -> None:
    assert (connect_problem(answer) is None) is fine


def test_no_phone_at_all_and_none_at_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handeye.environments.android.connect.PATIENCE", 0.1)
    with AdbServer() as server:
        with AndroidEnvironment(adb_port=server.port) as android, pytest.raises(PhoneNotFound, match="plug one in"):
            android.reset()
        with (
            AndroidEnvironment("127.0.0.1:1", adb_port=server.port) as android,
            pytest.raises(PhoneNotFound, match=r"no phone answers at 127\.0\.0\.1:1: .*refused"),
        ):
            android.reset()
        with (
            AndroidEnvironment("ABC", adb_port=server.port) as android,
            pytest.raises(EnvironmentLost, match="reset"),
        ):
            android.observe()


@pytest.mark.slow
def test_a_phone_that_does_not_allow_it_until_it_does() -> None:
    with (
        SimulatedPhone(authorize=Authorize.ASK, size=Size(480, 800), density=160) as phone,
        AdbServer() as server,
        AndroidEnvironment(phone.address, adb_port=server.port) as android,
    ):
        with pytest.raises(PhoneUnauthorized, match="allow USB debugging"):
            android.reset()
        phone.allow()
        assert android.reset().size == Size(480, 800)


@pytest.mark.slow
def test_several_phones_and_one_by_its_serial(shared_phone: SimulatedPhone) -> None:
    with (
        SimulatedPhone(size=Size(480, 800), density=160) as small,
        AdbServer() as server,
        AndroidEnvironment(shared_phone.address, adb_port=server.port) as one,
        AndroidEnvironment(small.address, adb_port=server.port) as other,
    ):
        assert (one.reset().size, other.reset().size) == (Size(720, 1600), Size(480, 800))
        with AndroidEnvironment(adb_port=server.port) as any_phone, pytest.raises(SeveralPhones) as several:
            any_phone.reset()
        assert small.address in str(several.value)


def test_a_pulled_cable_is_a_loss_until_it_is_back(phone: SimulatedPhone, android: AndroidEnvironment) -> None:
    android.execute(OpenApp(name="Settings"))
    phone.cut()
    for use in (android.observe, lambda: android.execute(Click(point=Point(1, 1))), android.elements):
        with pytest.raises(EnvironmentLost):
            use()
    phone.plug()
    assert android.reset().app == "com.android.settings"


def test_a_cable_pulled_in_the_middle_of_an_action(phone: SimulatedPhone, android: AndroidEnvironment) -> None:
    threading.Timer(0.3, phone.cut).start()
    with pytest.raises(EnvironmentLost, match=r"disconnected|gone|closed|broke"):
        android.execute(Click(point=Point(360, 800)))
        while True:
            android.observe()


@pytest.mark.slow
def test_close_ends_a_wait_and_everything_after_it(
    phone: SimulatedPhone, adb: AdbServer, meanwhile: Callable[..., Future[object]]
) -> None:
    android = AndroidEnvironment(phone.address, adb_port=adb.port)
    android.reset()
    waiting = meanwhile(android.execute, Wait(seconds=600))
    time.sleep(0.2)
    assert not waiting.done()
    android.close()
    with pytest.raises(EnvironmentLost, match="closed"):
        waiting.result(540)  # before it would have ended by itself
    android.close()
    for use in (android.observe, android.reset, lambda: android.execute(Press(keys=("a",)))):
        with pytest.raises(EnvironmentLost, match="closed"):
            use()


@pytest.mark.slow
def test_an_episode_goes_on_after_the_cable_is_back(
    phone: SimulatedPhone, android: AndroidEnvironment, tmp_path: Path
) -> None:
    actions = (OpenApp(name="Settings"), Home(), OpenApp(name="Clock"), OpenApp(name="Clock"))
    policy = ScriptedPolicy([*actions, Terminate(status="success")])

    def pull(step: Step) -> None:
        if step.index == 1:
            phone.cut()  # so that the third action is the one that is lost

    cut = run_episode("tell the time", android, policy, journal=tmp_path / "episode", on_step=pull)
    assert cut.stop is StopReason.FAILED
    phone.plug()
    done = resume_episode(tmp_path / "episode", android, policy)
    assert done.stop is StopReason.SUCCESS
    assert android.observe().app == "com.android.deskclock"
