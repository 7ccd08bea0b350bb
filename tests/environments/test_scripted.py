import pytest
from PIL import Image

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Back, Click, Drag, Note, Wait
from handeye.environments.errors import ActionRejected, EnvironmentLost, InvalidOption
from handeye.environments.scripted import ScriptedEnvironment

SCREENS = [Image.new("RGB", (64, 48), shade) for shade in ("red", "green", "blue")]


def test_each_action_brings_the_next_screen_and_the_last_one_stays() -> None:
    environment = ScriptedEnvironment(SCREENS)
    seen = [environment.reset()] + [environment.execute(Wait(seconds=0)) for _ in range(3)]
    assert [observation.image.getpixel((0, 0)) for observation in seen] == [
        (255, 0, 0),
        (0, 128, 0),
        (0, 0, 255),
        (0, 0, 255),
    ]
    assert seen[0].size == Size(64, 48)


def test_executed_actions_are_recorded_until_the_reset() -> None:
    environment = ScriptedEnvironment(SCREENS)
    environment.reset()
    click = Click(point=Point(63, 47))
    environment.execute(click)
    assert environment.actions == [click]
    environment.reset()
    assert environment.actions == []


@pytest.mark.parametrize("action", [Note(text="x"), Click(point=Point(64, 0)), Drag(path=(Point(0, 0), Point(0, 48)))])
def test_what_no_device_could_do_is_rejected_and_not_recorded(action: Click | Note | Drag) -> None:
    environment = ScriptedEnvironment(SCREENS)
    environment.reset()
    with pytest.raises(ActionRejected):
        environment.execute(action)
    assert environment.actions == []


def test_an_error_is_raised_in_place_of_the_action() -> None:
    environment = ScriptedEnvironment(SCREENS, errors={1: ActionRejected("no"), 2: EnvironmentLost("gone")})
    environment.reset()
    environment.execute(Back())
    with pytest.raises(ActionRejected, match="no"):
        environment.execute(Back())
    with pytest.raises(EnvironmentLost, match="gone"):
        environment.execute(Back())
    with pytest.raises(EnvironmentLost):
        environment.observe()
    environment.reset()
    environment.execute(Back())


def test_screens_have_notices() -> None:
    environment = ScriptedEnvironment(SCREENS, notices={1: ("a dialog",)})
    assert environment.reset().notices == ()
    assert environment.execute(Back()).notices == ("a dialog",)


def test_no_screens_are_refused() -> None:
    with pytest.raises(InvalidOption):
        ScriptedEnvironment([])
