"""Actions reach the pointer in its own unit: on a Retina display, and left of the primary monitor."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext

import pytest

from handeye.actions.geometry import Frame, Point, Size, Transform
from handeye.actions.schema import Action, Click, Drag, LongPress, Move, Press, Scroll, Type
from handeye.environments.desktop.actions import Actor
from handeye.environments.desktop.input import Focus, PartlyDone
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.secrets import Secrets

HERE = Focus(7)
RETINA = Transform(Frame("screenshot", Size(2880, 1800)), Frame("desktop", Size(1440, 900), Point(-1440, 200)))


class Notebook:
    """A pointer and a keyboard that write down what they are told, and have no key for an emoji."""

    last_point: Point | None = None

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []
        self.broken_after: int | None = None
        self.moved = ""

    def pointer(self) -> Point:
        return Point(0, 0)

    def move(self, point: Point) -> None:
        self.told.append(("move", point))

    def click(self, point: Point, button: str = "left", count: int = 1, modifiers: Sequence[str] = ()) -> None:
        self.told.append(("click", point, button, count, modifiers))
        if self.broken_after is not None:
            raise PartlyDone("the pointer is gone", self.broken_after)

    def long_press(self, point: Point, seconds: float) -> None:
        self.told.append(("long_press", point, seconds))

    def drag(
        self, path: Sequence[Point], button: str = "left", modifiers: Sequence[str] = (), hold_seconds: float = 0.0
    ) -> None:
        self.told.append(("drag", tuple(path), hold_seconds))
        if self.broken_after is not None:
            raise PartlyDone("the pointer is kept", at=path[self.broken_after])

    def scroll(self, point: Point, dx: int, dy: int, modifiers: Sequence[str] = ()) -> None:
        self.told.append(("scroll", point, dx, dy))

    def focus(self) -> Focus:
        return HERE

    def type(self, text: str, to: Focus | None = None) -> None:
        assert to == HERE
        if self.moved == "before the text":
            raise ActionRejected("moved")
        self.told.append(("type", text))
        if self.broken_after is not None:
            raise PartlyDone("a popup", self.broken_after)

    def press(self, keys: Sequence[str], to: Focus | None = None) -> None:
        assert to == HERE
        if self.moved == "before enter" and keys == ("enter",):
            raise ActionRejected("moved")
        self.told.append(("press", *keys))

    def hold(self, keys: Sequence[str], seconds: float, to: Focus | None = None) -> None:
        self.told.append(("hold", *keys, seconds))

    def is_shortcut(self, keys: Sequence[str]) -> bool:
        return False

    def require(self, *, text: str = "", keys: Sequence[str] = ()) -> None:
        if "😀" in text:
            raise ActionRejected("there is no key for 😀")

    def release(self) -> None:
        self.told.append(("release",))

    def close(self) -> None:
        self.told.append(("close",))


class Clearing:
    """Writes down that the field was cleared."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook

    def clear(self, to: Focus | None, text: str) -> bool:
        if self.notebook.moved == "a sheet":
            raise ActionRejected("a sheet has the focus")
        self.notebook.told.append(("clear",))
        return text != "marked"


def ignore(_: object) -> None:
    """Neither wait nor open anything."""


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def perform(notebook: Notebook) -> Callable[[Action], None]:
    secrets = Secrets({"pin": "12😀", "word": "open"})

    actor = Actor(secrets, None, notebook, Clearing(notebook), ignore, ignore, nullcontext)  # type: ignore[arg-type]
    return lambda action: actor.perform(action, RETINA, HERE)


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (Click(point=Point(0, 0)), ("click", (-1440, 200), "left", 1, ())),
        (Click(point=Point(2879, 1799), count=2), ("click", (-1, 1099), "left", 2, ())),
        (Move(point=Point(101, 100)), ("move", (-1390, 250))),
        (LongPress(point=Point(100, 101), seconds=2.0), ("long_press", (-1390, 250), 2.0)),
        (Drag(path=(Point(0, 0), Point(200, 400))), ("drag", ((-1440, 200), (-1340, 400)), 0.0)),
        (
            Drag(path=(Point(0, 0), Point(2, 2)), hold_seconds=0.7),
            ("drag", ((-1440, 200), (-1439, 201)), 0.7),
        ),
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
    assert notebook.told == [("clear",), ("type", "open"), ("press", "enter")]
    perform(Type(text="", submit=True))
    assert notebook.told[3:] == [("press", "enter")]


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


@pytest.mark.parametrize(
    ("action", "moved", "broken_after", "says", "done"),
    [
        (Type(text="abcdef"), "", 4, "4 of 6 characters were typed: a popup", Type(text="abcd")),
        (Type(text="abc", clear=True), "", 0, "0 of 3 characters", Type(text="", clear=True)),
        (Type(text="abc", submit=True), "before enter", None, "enter was not pressed: moved", Type(text="abc")),
        (Type(text="abc", clear=True), "before the text", None, "nothing was typed", Type(text="", clear=True)),
        (Type(text="marked", clear=True), "before the text", None, "marked, but nothing was typed", None),
        (Type(text="marked", clear=True), "", 2, "2 of 6", Type(text="ma", clear=True)),
        (Type(secret="word"), "", 2, "a part of the secret 'word' was typed: a popup", None),
        (Type(secret="word", submit=True), "before enter", None, "enter was not pressed", Type(secret="word")),
        (Click(point=Point(8, 8), count=3), "", 2, "a part", Click(point=Point(8, 8), count=2)),
        (
            Drag(path=(Point(0, 0), Point(40, 40), Point(90, 0))),
            "",
            1,
            "the pointer is kept",
            Drag(path=(Point(0, 0), Point(40, 40), Point(41, 41))),
        ),
    ],
)
def test_what_was_done_in_part_is_told(
    action: Action,
    moved: str,
    broken_after: int | None,
    says: str,
    done: Action | None,
    perform: Callable[[Action], None],
    notebook: Notebook,
) -> None:
    notebook.moved, notebook.broken_after = moved, broken_after
    with pytest.raises(ActionPartial, match=says) as told:
        perform(action)
    assert told.value.done == done
    assert "op" not in str(told.value).replace("popup", "")  # of the secret "open"


def test_what_has_no_effect_yet_is_rejected(perform: Callable[[Action], None], notebook: Notebook) -> None:
    for action, moved in (
        (Type(text="a", clear=True), "a sheet"),
        (Type(text="a"), "before the text"),
        (Type(text="", submit=True), "before enter"),
    ):
        notebook.moved = moved
        with pytest.raises(ActionRejected):
            perform(action)
    assert notebook.told == []
