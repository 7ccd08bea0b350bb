"""What a model is made to do: actions on real targets, written as a dialect writes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from handeye.actions.carry import carried
from handeye.actions.dialects.dialect import Dialect, Inexpressible, Seen
from handeye.actions.dialects.grounding.answer import Answer
from handeye.actions.geometry import Frame, Point, Size, Transform
from handeye.actions.schema import Answer as Answering
from handeye.actions.schema import AnyAction, Click, Terminate, Type
from tests.agent.puppet import Resize

TEXT = "tent"
HOLO_WRITES = (
    '{{"note": "Step.", "thought": "Because.", "action": {{"action": "write_element_abs", "element": "the field", '
    '"content": "tent", "x": {}, "y": {}}}}}'
)
"""Holo1's only way to type, for which no single action stands."""


@dataclass(frozen=True)
class Target:
    """Something to point at. `find` returns its middle pixel on the screen as it is now."""

    find: Callable[[], Point]


@dataclass(frozen=True)
class Writing:
    """The text, typed where the focus is; `find` returns the middle pixel of the field."""

    find: Callable[[], Point]


@dataclass
class Script:
    """Says one move after the other: junk first, and then, in the dialect, what it takes to reach the end."""

    dialect: Dialect
    screen: Size
    """The size of the screenshots in pixels."""
    moves: Sequence[Target | Writing]
    meant: list[tuple[AnyAction, ...]] = field(default_factory=list)
    """The actions of each reply, with the points of the screenshot that they must have."""

    def __len__(self) -> int:
        """Return how many replies it has, the junk and the end included."""
        return len(self.moves) + 2

    def say(self, resize: Resize) -> str | None:
        """Return the next reply; None for what the model says by itself."""
        number = len(self.meant) - 1
        if number < 0:
            self.meant.append(())
            return None
        size = resize(self.screen)
        frame, screenshot = Frame("model image", size), Frame("screenshot", self.screen)
        move = self.moves[number] if number < len(self.moves) else None
        for action in _ways(move):
            seen = carried(action, Transform(screenshot, frame))
            try:
                text = self.dialect.write(seen, frame, "Because.", "Step.")
            except Inexpressible:
                continue
            meant = action
            if isinstance(action, Click):
                meant = Click(point=named(self.dialect, text, action.point, size, self.screen))
            self.meant.append((meant,))
            return text
        assert self.dialect.name == "holo" and isinstance(move, Writing)
        point = move.find()
        self.meant.append((Click(point=back(point, size, self.screen)), Type(text=TEXT, submit=True)))
        return HOLO_WRITES.format(*Transform(screenshot, frame).point(point))


def _ways(move: Target | Writing | None) -> tuple[AnyAction, ...]:
    match move:
        case Target(find=find):
            return (Click(point=find()),)
        case Writing():
            return Type(text=TEXT), Type(text=TEXT, submit=True)
        case None:
            return Terminate(status="success"), Answering(text="done")


def placing(answer: Answer, screen: Size, find: Callable[[], Point]) -> Callable[[Resize], str]:
    """Return what answers with a place on the screen, as a model that points writes it."""

    def say(resize: Resize) -> str:
        frame = Frame("model image", resize(screen))
        return answer.write(Click(point=Transform(Frame("screenshot", screen), frame).point(find())), frame)

    return say


def named(dialect: Dialect, text: str, point: Point, seen: Size, screen: Size) -> Point:
    """Return the pixel of a screen that a reply names, which says to click a point of the screen.

    Thousandths are too few for most screens: the pixel is that of the reply, which must be near the point.
    """
    if dialect.points.unit == "pixels":
        return back(point, seen, screen)
    (click,) = dialect.read(text, Seen(Frame("model image", seen), Frame("screenshot", screen))).actions
    assert isinstance(click, Click)
    assert abs(click.point.x - point.x) <= 1 + screen.width / 1000
    assert abs(click.point.y - point.y) <= 1 + screen.height / 1000
    return click.point


def back(point: Point, seen: Size, screen: Size) -> Point:
    """Return the pixel of a screen under the middle of the pixel by which a model names a point of the screen."""
    x, y = (point.x * 2 + 1) * seen.width // (2 * screen.width), (point.y * 2 + 1) * seen.height // (2 * screen.height)
    return Point(int((x + 0.5) * screen.width / seen.width), int((y + 0.5) * screen.height / seen.height))
