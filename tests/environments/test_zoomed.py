"""A part of the screen, enlarged: what is pointed at there is pointed at on the screen."""

import numpy as np
import pytest
from PIL import Image

from handeye.actions.geometry import Box, OutOfFrame, Point, Size
from handeye.actions.schema import Action, Click, Drag, Press, Scroll, Zoom
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.observation import Observation
from handeye.environments.scripted import ScriptedEnvironment
from handeye.environments.zoomed import ZoomedEnvironment


def gradient() -> Image.Image:
    """A screen whose pixels name themselves: red is the column, green the row."""
    x, y = np.meshgrid(np.arange(200), np.arange(100))
    return Image.fromarray(np.stack([x, y, np.zeros_like(x)], axis=2).astype(np.uint8))


@pytest.fixture
def inner() -> ScriptedEnvironment:
    return ScriptedEnvironment([gradient()])


def test_a_part_is_shown_enlarged_and_named(inner: ScriptedEnvironment) -> None:
    environment = ZoomedEnvironment(inner)
    environment.reset()
    seen = environment.execute(Zoom(box=Box(50, 20, 90, 40)))
    assert seen.size == Size(200, 100)
    assert seen.image.size == (200, 100)
    red, green, _ = seen.image.getpixel((102, 52))  # type: ignore[misc]
    assert abs(red - 70) <= 1 and abs(green - 30) <= 1
    assert "[50, 20, 90, 40] of 200x100 pixels" in seen.notices[-1]
    assert inner.actions == []


def test_what_is_pointed_at_there_is_carried_out_on_the_screen(inner: ScriptedEnvironment) -> None:
    environment = ZoomedEnvironment(inner)
    environment.reset()
    for x, y in ((0, 0), (199, 99), (101, 51), (7, 93)):
        environment.execute(Zoom(box=Box(50, 20, 90, 40)))
        seen = environment.execute(Click(point=Point(x, y)))
        assert inner.actions[-1] == Click(point=Point(50 + x // 5, 20 + y // 5))
        assert (seen.size, seen.part) == (Size(200, 100), None)
    environment.execute(Zoom(box=Box(50, 20, 90, 40)))
    environment.execute(Drag(path=(Point(0, 0), Point(199, 99))))
    assert inner.actions[-1] == Drag(path=(Point(50, 20), Point(89, 39)))
    environment.execute(Zoom(box=Box(50, 20, 90, 40)))
    environment.execute(Scroll(point=Point(0, 0), dy=50))
    assert inner.actions[-1] == Scroll(point=Point(50, 20), dy=10)


def test_a_part_of_a_part(inner: ScriptedEnvironment) -> None:
    environment = ZoomedEnvironment(inner)
    environment.reset()
    environment.execute(Zoom(box=Box(0, 0, 100, 50)))
    seen = environment.execute(Zoom(box=Box(100, 50, 200, 100)))
    assert seen.part is not None and seen.part.target.box == Box(50, 25, 100, 50)
    environment.execute(Click(point=Point(0, 0)))
    assert inner.actions == [Click(point=Point(50, 25))]


def test_another_shape_keeps_its_proportions(inner: ScriptedEnvironment) -> None:
    environment = ZoomedEnvironment(inner)
    environment.reset()
    assert environment.execute(Zoom(box=Box(10, 0, 30, 80))).size == Size(25, 100)


def test_whatever_else_is_done_shows_the_whole_screen(inner: ScriptedEnvironment) -> None:
    environment = ZoomedEnvironment(inner)
    environment.reset()
    part = Zoom(box=Box(50, 20, 90, 40))
    for show in (environment.observe, environment.reset, lambda: environment.execute(Press(keys=("a",)))):
        environment.execute(part)
        assert show().part is None
        environment.execute(Click(point=Point(3, 4)))
        assert inner.actions[-1] == Click(point=Point(3, 4))


class Half(ScriptedEnvironment):
    """Does the first of two clicks."""

    def execute(self, action: Action) -> Observation:
        if isinstance(action, Click):
            raise ActionPartial("one of two clicks", action.model_copy(update={"count": 1}))
        return super().execute(action)


def test_the_part_that_was_done_is_told_in_the_picture_that_was_pointed_at() -> None:
    environment = ZoomedEnvironment(Half([gradient()]))
    environment.reset()
    environment.execute(Zoom(box=Box(50, 20, 90, 40)))
    with pytest.raises(ActionPartial) as error:
        environment.execute(Click(point=Point(102, 52), count=2))
    assert isinstance(error.value.done, Click)
    assert environment.environment.actions == []  # type: ignore[attr-defined]
    x, y = error.value.done.point
    assert abs(x - 102) <= 2 and abs(y - 52) <= 2 and error.value.done.count == 1


def test_what_is_too_small_or_outside_is_refused(inner: ScriptedEnvironment) -> None:
    environment = ZoomedEnvironment(inner)
    environment.reset()
    with pytest.raises(ActionRejected, match=r"\[5, 5, 15, 60\] is too small .* each side needs 16 pixels"):
        environment.execute(Zoom(box=Box(5, 5, 15, 60)))
    wide = ZoomedEnvironment(ScriptedEnvironment([Image.new("RGB", (5120, 1440))]))
    wide.reset()
    with pytest.raises(ActionRejected, match="too narrow"):
        wide.execute(Zoom(box=Box(0, 0, 3600, 16)))
    with pytest.raises(OutOfFrame, match="lies outside"):
        environment.execute(Zoom(box=Box(150, 50, 250, 90)))
