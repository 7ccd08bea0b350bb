"""The simulated phone keeps the contract, upright and on its side, as the page of targets in its browser proves."""

from collections.abc import Callable

import pytest

from handeye.actions.geometry import Size
from handeye.environments.contract.check import check_environment, check_pointing
from handeye.environments.contract.targets import TargetServer
from handeye.environments.contract.targets_show import TargetShow
from handeye.environments.environment import Environment
from handeye.environments.settle import Settle
from handeye.environments.simulated_phone.environment import SimulatedPhoneEnvironment

SECRET = ("pin", "s3cr&t <%s> 'x' ‹中>")  # noqa: RUF001


def phone() -> Environment:
    settle = Settle(grace=0.08, quiet=0.08)
    return SimulatedPhoneEnvironment(size=Size(720, 1280), density=320, secrets=dict([SECRET]), settle=settle)


def cut(environment: Environment) -> None:
    assert isinstance(environment, SimulatedPhoneEnvironment)
    environment.phone.cut()


def on_its_side(show: TargetShow) -> Callable[[Environment], None]:
    def turn_and_show(environment: Environment) -> None:
        assert isinstance(environment, SimulatedPhoneEnvironment)
        environment.shell(("settings", "put", "system", "accelerometer_rotation", "0"))
        environment.shell(("settings", "put", "system", "user_rotation", "1"))
        show(environment)

    return turn_and_show


@pytest.mark.slow
def test_the_phone_keeps_the_contract() -> None:
    with TargetServer() as server, TargetShow(server.url) as show:
        checked = check_environment(phone, lose=cut, targets=server, show=show, secret=SECRET, hand=False)
    assert len(checked) == 23


@pytest.mark.slow
def test_the_pointer_is_exact_on_a_phone_on_its_side() -> None:
    with TargetServer() as server, TargetShow(server.url) as show:
        assert len(check_pointing(phone, server, on_its_side(show))) == 7
