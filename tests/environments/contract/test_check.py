"""The contract check passes on what keeps the contract and names what does not."""

import dataclasses

import pytest
from PIL import Image

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Action, Click
from handeye.environments.contract.check import check_environment
from handeye.environments.errors import ContractBroken
from handeye.environments.observation import Observation
from handeye.environments.scripted import ScriptedEnvironment

SCREENS = [Image.new("RGB", (64, 48), shade) for shade in ("red", "green", "blue")]
CLICK = Click(point=Point(5, 5))


def test_the_scripted_environment_keeps_the_contract() -> None:
    checked = check_environment(lambda: ScriptedEnvironment(SCREENS), effect=CLICK, lose=ScriptedEnvironment.lose)
    assert len(checked) == 8


class Stale(ScriptedEnvironment):
    """Shows what was there before the action."""

    def execute(self, action: Action) -> Observation:
        before = self.observe()
        super().execute(action)
        return before


class Lenient(ScriptedEnvironment):
    """Takes any action for done."""

    def execute(self, action: Action) -> Observation:
        return self.observe()


class Black(ScriptedEnvironment):
    """Shows something when there is nothing to see."""

    def observe(self) -> Observation:
        return super().observe() if self._shown is not None else ScriptedEnvironment(SCREENS).reset()


class Wrong(ScriptedEnvironment):
    """Says another size than it shows."""

    def observe(self) -> Observation:
        return dataclasses.replace(super().observe(), size=Size(640, 480))


class Old(ScriptedEnvironment):
    """Shows the past."""

    def observe(self) -> Observation:
        return dataclasses.replace(super().observe(), time=0.0)


@pytest.mark.parametrize(
    ("kind", "breach"),
    [
        (Stale, "does not show its effect"),
        (Lenient, "is not supported, but is not rejected"),
        (Black, "not reported as EnvironmentLost"),
        (Wrong, "the observation says 640x480"),
        (Old, "is not current"),
    ],
)
def test_a_breach_is_named(kind: type[ScriptedEnvironment], breach: str) -> None:
    with pytest.raises(ContractBroken, match=breach):
        check_environment(lambda: kind(SCREENS), effect=CLICK, lose=ScriptedEnvironment.lose)
