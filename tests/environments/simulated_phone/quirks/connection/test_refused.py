"""Phones whose daemon refuses what is needed."""

from collections.abc import Callable
from typing import Any

import pytest

from handeye.actions.geometry import Size
from handeye.environments.errors import EnvironmentLost
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
@pytest.mark.parametrize("quirk", ["closed-services", "android-6"])
def test_that_is_said_in_a_line(quirk: str) -> None:
    with SimulatedPhoneEnvironment(size=Size(720, 1280), density=320, quirks=[quirk]) as environment:
        with pytest.raises(EnvironmentLost) as lost:
            environment.reset()
        assert "\n" not in str(lost.value) and environment.phone.address in str(lost.value)
        environment.phone.reset([])
        assert environment.reset().size == Size(720, 1280)
