"""Phones whose daemon refuses what is needed."""

from collections.abc import Callable
from typing import Any

import pytest

from handeye.actions.geometry import Size
from handeye.actions.schema import OpenApp
from handeye.environments.errors import AdbFailed, EnvironmentLost, PhoneOffline
from handeye.environments.simulated_phone.environment import SimulatedPhoneEnvironment
from handeye.environments.simulated_phone.phone import SimulatedPhone

Run = Callable[..., Any]


def test_everything_is_closed(phone: SimulatedPhone, adb: Any, sh: Run) -> None:
    phone.reset(["closed-services"])
    assert adb("get-state", serial=phone.address).out == b"device\n"
    assert b"closed" in sh("echo hello").err
    phone.reset(["android-6"])
    assert b"closed" in sh("echo hello").err
    assert adb("shell", "-x", "echo hello", serial=phone.address).out == b"hello\n"
    phone.reset([])
    assert sh("echo hello").out == b"hello\n"


@pytest.mark.slow
def test_a_serial_with_a_space(visit: Callable[..., Any]) -> None:
    visitor = visit("mdns-serial", "samsung-power")
    assert visitor.phone.listed_as is not None and " (2)" in visitor.phone.listed_as
    assert visitor.environment.execute(OpenApp(name="Notes")).app == "org.handeye.notes"
    visitor.phone.cut()
    with pytest.raises(EnvironmentLost):
        visitor.environment.observe()
    assert visitor.environment.reset().app == "com.android.launcher3"


@pytest.mark.slow
@pytest.mark.parametrize(("quirk", "error"), [("closed-services", PhoneOffline), ("android-6", AdbFailed)])
def test_that_is_said_in_a_line(quirk: str, error: type[Exception]) -> None:
    with SimulatedPhoneEnvironment(size=Size(720, 1280), density=320, quirks=[quirk]) as environment:
        with pytest.raises(error) as lost:
            environment.reset()
        assert "\n" not in str(lost.value) and environment.phone.address in str(lost.value)
        environment.phone.reset([])
        assert environment.reset().size == Size(720, 1280)
