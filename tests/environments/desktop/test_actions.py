"""Actions reach the pointer in its own unit: on a Retina display, and left of the primary monitor."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext

import pytest

from handeye.actions.geometry import Frame, Point, Size, Transform
from handeye.actions.schema import Action, Click, Drag, LongPress, Move, Press, Scroll, Type
from handeye.environments.desktop.actions import Actor
from handeye.environments.errors import ActionRejected
from handeye.environments.secrets import Secrets

RETINA = Transform(Frame("screenshot", Size(2880, 1800)), Frame("desktop", Size(1440, 900), Point(-1440, 200)))


class Notebook:
    """A pointer and a keyboard that write down what they are told, and have no key for an emoji."""

    last_point: Point | None = None

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def pointer(self) -> Point:
        return Point(0, 0)

    def move(self, point: Point) -> None:
        self.told.append(("move", point))

    def click(self, point: Point, button: str = "left", count: int = 1, modifiers: Sequence[str] = ()) -> None:
        self.told.append(("click", point, button, count, modifiers))

    def long_press(self, point: Point, seconds: float) -> None:
        self.told.append(("long_press", point, seconds))

    def drag(self, path: Sequence[Point], button: str = "left", modifiers: Sequence[str] = ()) -> None:
        self.told.append(("drag", tuple(path)))

    def scroll(self, point: Point, dx: int, dy: int, modifiers: Sequence[str] = ()) -> None:
        self.told.append(("scroll", point, dx, dy))

    def type(self, text: str) -> None:
        self.told.append(("type", text))

    def press(self, keys: Sequence[str]) -> None:
        self.told.append(("press", *keys))

    def hold(self, keys: Sequence[str], seconds: float) -> None:
        self.told.append(("hold", *keys, seconds))

    def require(self, *, text: str = "", keys: Sequence[str] = ()) -> None:
        if "😀" in text:
            raise ActionRejected("there is no key for 😀")

    def release(self) -> None:
        self.told.append(("release",))

    def close(self) -> None:
        self.told.append(("close",))


def ignore(_: object) -> None:
    """Neither wait nor open anything."""


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def perform(notebook: Notebook) -> Callable[[Action], None]:
    secrets = Secrets({"pin": "12😀", "word": "open"})

    actor = Actor(secrets, None, notebook, ignore, ignore, nullcontext)  # type: ignore[arg-type]
    return lambda action: actor.perform(action, RETINA)


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (Click(point=Point(0, 0)), ("click", (-1440, 200), "left", 1, ())),
        (Click(point=Point(2879, 1799), count=2), ("click", (-1, 1099), "left", 2, ())),
        (Move(point=Point(101, 100)), ("move", (-1390, 250))),
        (LongPress(point=Point(100, 101), seconds=2.0), ("long_press", (-1390, 250), 2.0)),
        (Drag(path=(Point(0, 0), Point(200, 400))), ("drag", ((-1440, 200), (-1340, 400)))),
        (Scroll(point=Point(0, 0), dx=-1, dy=301), ("scroll", (-1440, 200), -1, 150)),
        (Scroll(point=Point(0, 0), dy=-300), ("scroll", (-1440, 200), 0, -150)),
    ],
)
def test_points_and_distances_are_carried_over(
    action: Action, told: tuple[object, ...], perform: Callable[[Action], None], notebook: Notebook
) -> None:
    perform(action)
    assert notebook.told == [told]


def test_a_field_is_cleared_and_sent(perform: Callable[[Action], None], notebook: Notebook) -> None:
    perform(Type(secret="word", clear=True, submit=True))
    assert notebook.told == [("press", "ctrl", "a"), ("press", "delete"), ("type", "open"), ("press", "enter")]
    perform(Type(text="", submit=True))
    assert notebook.told[4:] == [("press", "enter")]


def test_nothing_is_done_when_a_part_of_it_cannot_be(perform: Callable[[Action], None], notebook: Notebook) -> None:
    with pytest.raises(ActionRejected, match="no key for 😀"):
        perform(Type(text="a😀", clear=True))
    with pytest.raises(ActionRejected) as rejected:
        perform(Type(secret="pin", clear=True))
    assert "😀" not in str(rejected.value)
    with pytest.raises(ActionRejected, match="outside"):
        perform(Drag(path=(Point(0, 0), Point(2880, 0))))
    assert notebook.told == []


def test_keys_are_pressed(perform: Callable[[Action], None], notebook: Notebook) -> None:
    perform(Press(keys=("ctrl", "s")))
    assert notebook.told == [("press", "ctrl", "s")]
