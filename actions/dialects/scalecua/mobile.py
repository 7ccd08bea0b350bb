"""ScaleCUA's functions for a phone."""

from collections.abc import Mapping
from dataclasses import dataclass

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Inexpressible, Seen, left_unsaid
from handeye.actions.dialects.parts.arguments import take
from handeye.actions.dialects.parts.batch import Batch, Members
from handeye.actions.dialects.parts.pyautogui import PARAMETERS, PyAutoGui
from handeye.actions.dialects.parts.scrolling import along, direction_of
from handeye.actions.dialects.scalecua import words
from handeye.actions.dialects.scalecua.tags import SECONDS, TAGS, read, write
from handeye.actions.geometry import Frame, Size
from handeye.actions.points import PIXELS, Points
from handeye.actions.reading import Reading, read_number
from handeye.actions.replies.python_calls import PythonCall, Unreadable, literal
from handeye.actions.replies.sections import hidden
from handeye.actions.schema import (
    Answer,
    AnyAction,
    AskUser,
    Back,
    Click,
    Drag,
    Home,
    InvalidAction,
    LongPress,
    OpenApp,
    Scroll,
    Terminate,
    Type,
    Wait,
)

_WORDS = {
    "click": "click",
    "long_press": "long_press",
    "drag": "swipe",
    "scroll": "swipe",
    "type": "write",
    "wait": "wait",
    "open_app": "open_app",
    "home": "navigate_home",
    "back": "navigate_back",
    "answer": "response",
    "ask_user": "call_user",
    "terminate": "terminate",
}
_REASONS = {"note": "the operation in words is the note of a step"}
_OWN: dict[str, tuple[str, ...]] = {
    "swipe": ("from_coord", "to_coord", "direction", "amount"),
    "long_press": ("x", "y", "duration"),
    "open_app": ("app_name",),
    "navigate_home": (),
    "navigate_back": (),
    "keyboard_enter": (),
}
"""The parameters of the functions that only a phone has."""
_PLAIN: dict[str, Members] = {
    "navigate_home": {"type": "home"},
    "navigate_back": {"type": "back"},
    "keyboard_enter": {"type": "press", "keys": ["enter"]},
}
_PART = 0.5
"""How far to swipe, as a part of the screen, if a call does not say."""
_OTHER_WAY = {"up": "down", "down": "up", "left": "right", "right": "left"}
"""The finger takes the screen along: what is shown lies the other way."""


@dataclass(frozen=True, slots=True)
class ScaleCuaMobile:
    """Three tags, of which `operation` is the conclusion of the step."""

    name: str = "scalecua_mobile"
    says: frozenset[str] = frozenset(_WORDS)
    points: Points = PIXELS

    @property
    def unsaid(self) -> Mapping[str, str]:
        """What has no function."""
        return left_unsaid(self.says, _REASONS)

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return the signatures."""
        return words.ON_A_PHONE

    def read(self, text: str, seen: Seen) -> Reading:
        """Read the calls in the tag `action`, of which there may be several."""
        reader = _Reader(Batch(seen, self.points))
        return read(text, reader.batch, (*PARAMETERS, *_OWN), reader.read)

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the three tags, each on lines of its own."""
        return write(self.tell(action, frame), thought, conclusion)

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the call."""
        call = self._call(action, frame)
        if call is None:
            raise Inexpressible(action, self.name)
        return (hidden(call, TAGS),)

    def word(self, kind: str) -> str | None:
        """Return the name of a function."""
        return _WORDS.get(kind, "wait" if kind == "wait_until_stable" else None)

    def _call(self, action: AnyAction, frame: Frame) -> str | None:
        at, pair = self.points.writer(frame, "x={}, y={}"), self.points.writer(frame, "[{}, {}]")
        match action:
            case Click(button="left", modifiers=(), count=count):
                return f"click({at(action.point)}{f', clicks={count}' if count > 1 else ''})"
            case LongPress(seconds=seconds) if seconds == int(seconds):
                return f"long_press({at(action.point)}, duration={int(seconds)})"
            case Drag(path=(start, end), button="left", modifiers=(), hold_seconds=0):
                return f"swipe(from_coord={pair(start)}, to_coord={pair(end)})"
            case Scroll(modifiers=()) if direction := direction_of(action):
                length = frame.size.width if action.dx else frame.size.height
                part = min(1.0, max(0.01, round(abs(action.dx or action.dy) / length, 2)))
                finger = literal(_OTHER_WAY[direction])
                return f"swipe(from_coord={pair(action.point)}, direction={finger}, amount={part})"
            case Type(text=str(text), clear=False, submit=False) if text:
                return f"write(message={literal(text)})"
            case OpenApp(name=name):
                return f"open_app(app_name={literal(name)})"
            case Home():
                return "navigate_home()"
            case Back():
                return "navigate_back()"
            case Wait(seconds=seconds):
                return f"wait(seconds={round(seconds)})"
            case Answer(text=text):
                return f"response(answer={literal(text)})"
            case AskUser(text=""):
                return "call_user()"
            case Terminate(status="success" | "failure" as status, message=message):
                return f"terminate(status={literal(status)}{f', info={literal(message)}' if message else ''})"
            case _:
                return None


class _Reader:
    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self._others = PyAutoGui(batch, SECONDS)

    def read(self, call: PythonCall | None) -> None:
        if call is None or call.name not in _OWN:
            self._others.read(call)
            return
        try:
            given = call.bound(*_OWN[call.name])
        except Unreadable as error:
            raise InvalidAction(str(error)) from error
        self.batch.add(self._members(call.name, given))
        for unused in given:
            self.batch.note(f"ignored the argument {unused[:40]!r}")

    def _members(self, name: str, given: Members) -> Members:
        match name:
            case "swipe":
                return self._swiped(given)
            case "long_press":
                point = self.batch.places.point([take(given, "x"), take(given, "y")])
                seconds = take(given, "duration")
                return {"type": "long_press", "point": point, **({} if seconds is None else {"seconds": seconds})}
            case "open_app":
                return {"type": "open_app", "name": take(given, "app_name")}
            case _:
                return _PLAIN[name]

    def _swiped(self, given: Members) -> Members:
        """Return the members of a swipe between two points, or of a scroll against a direction."""
        start, end = take(given, "from_coord"), take(given, "to_coord")
        direction, amount = take(given, "direction"), take(given, "amount")
        if end is not None:
            return {"type": "drag", "path": [self.batch.places.point(start), self.batch.places.point(end)]}
        target = self.batch.places.target
        point = target.box.center if start is None else self.batch.places.point(start)
        finger = "up" if direction is None else direction
        way = _OTHER_WAY.get(finger.strip().lower()) if isinstance(finger, str) else None
        part = _PART if amount is None else read_number(amount)
        if isinstance(part, bool) or not isinstance(part, int | float) or not 0 < part <= 1:
            raise InvalidAction("swipe needs an amount between 0 and 1")
        length = target.size.width if way in ("left", "right") else target.size.height
        return {"type": "scroll", "point": point, **along(way, max(1, round(part * length)))}


SCALECUA_MOBILE = ScaleCuaMobile()
