"""GUI-R1, on any screen.

`point` [-100, -100] is no point, and `no input text` no text. The actions of all its prompts are read: for web pages,
desktops and phones; written are those of its training in navigation.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Inexpressible, Seen, left_unsaid
from handeye.actions.dialects.gui_r1 import words
from handeye.actions.dialects.parts.arguments import take
from handeye.actions.dialects.parts.batch import Batch, Members, Said
from handeye.actions.dialects.parts.scrolling import along, direction_of, half
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.points import PIXELS, Points
from handeye.actions.reading import Reading, read_number
from handeye.actions.replies.objects import Object, read_reply
from handeye.actions.replies.python_calls import literal
from handeye.actions.schema import (
    AnyAction,
    Back,
    Click,
    Home,
    InvalidAction,
    Press,
    Scroll,
    Terminate,
    Type,
)

_NOWHERE = [-100, -100]
_NO_TEXT = "no input text"
_OWN_QUOTES = "repaired the JSON: replaced quotes"
"""No repair here: the weights were trained with single quotes."""
_MISSING = "the reply contains no action: answer with <think>...</think><answer>[{'action': ...}]</answer>"
_WORDS = {
    "click": "click",
    "scroll": "scroll",
    "type": "type",
    "press": "enter",
    "back": "press_back",
    "home": "press_home",
    "terminate": "complete",
}
_REASONS = {"note": "the thought of a step is its note"}
_CLICKS: dict[str, Members] = {
    "click": {"type": "click"},
    "tap": {"type": "click"},
    "rightclick": {"type": "click", "button": "right"},
    "doubleclick": {"type": "click", "count": 2},
    "moveto": {"type": "move"},
    "long_press": {"type": "long_press"},
    "close/delete": {"type": "click"},
}
"""The actions that need a point."""
_PLAIN: dict[str, Members] = {
    "enter": {"type": "press", "keys": ["enter"]},
    "press_enter": {"type": "press", "keys": ["enter"]},
    "press_tab": {"type": "press", "keys": ["tab"]},
    "press_down": {"type": "press", "keys": ["down"]},
    "press_space": {"type": "press", "keys": ["space"]},
    "press_back": {"type": "back"},
    "press_home": {"type": "home"},
    "press_recent": {"type": "recent_apps"},
    "wait": {"type": "wait"},
    "complete": {"type": "terminate", "status": "success"},
    "impossible": {"type": "terminate", "status": "infeasible"},
}


@dataclass(frozen=True, slots=True)
class GuiR1:
    """The answer of GUI-R1."""

    name: str = "gui_r1"
    says: frozenset[str] = frozenset(_WORDS)
    points: Points = PIXELS

    @property
    def unsaid(self) -> Mapping[str, str]:
        """What its list has no action for."""
        return left_unsaid(self.says, _REASONS)

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return the list of actions, the form of the answer and its examples."""
        return words.ACTIONS

    def read(self, text: str, seen: Seen) -> Reading:
        """Read the actions of the answer."""
        reply = read_reply(text, lambda value: isinstance(value.get("action"), str), _MISSING)
        if reply.failure is not None:
            return Reading.of_problem(reply.failure, text, reply.thought or reply.prose)
        reader = _Reader(Batch(seen, self.points))
        notes = tuple(note for note in reply.notes if note != _OWN_QUOTES)
        said = Said(text, reply.thought or reply.prose, notes=notes)
        return reader.batch.read(said, reply.objects, reader.read)

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the two tags on one line, as the prompt shows them."""
        (call,) = self.tell(action, frame)
        return f"<think> {thought} </think> <answer>[{call}]</answer>"

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the action as a Python dict."""
        name, point, text = self._parts(action, frame)
        return (f"{{'action': {literal(name)}, 'point': {literal(point)}, 'input_text': {literal(text)}}}",)

    def word(self, kind: str) -> str | None:
        """Return the name of an action."""
        return _WORDS.get(kind)

    def _parts(self, action: AnyAction, frame: Frame) -> tuple[str, list[float] | list[int], str]:
        match action:
            case Click(point=point, count=1, button="left", modifiers=()):
                return "click", list(self.points.written(point, frame)), _NO_TEXT
            case Scroll(modifiers=()) if direction := direction_of(action):
                return "scroll", list(self.points.written(action.point, frame)), direction
            case Type(text=str(text), clear=False, submit=False) if _says_something(text):
                return "type", _NOWHERE, text
            case Press(keys=("enter",)):
                return "enter", _NOWHERE, _NO_TEXT
            case Back():
                return "press_back", _NOWHERE, _NO_TEXT
            case Home():
                return "press_home", _NOWHERE, _NO_TEXT
            case Terminate(status="success", message=""):
                return "complete", _NOWHERE, _NO_TEXT
            case _:
                raise Inexpressible(action, self.name)


class _Reader:
    def __init__(self, batch: Batch) -> None:
        self.batch = batch

    def read(self, value: Object) -> None:
        given = {name: item for name, item in value.items() if item is not None}
        name = str(take(given, "action")).strip().lower()
        point = self._point(take(given, "point", "coordinate"))
        written = take(given, "input_text", "text")
        text = written if isinstance(written, str) and _says_something(written) else None
        if name in _CLICKS:
            if point is None:
                raise InvalidAction(f"{name} needs a point")
            self.batch.add({**_CLICKS[name], "point": point})
        elif name in _PLAIN:
            self.batch.add(_PLAIN[name])
        else:
            self._act(name, point, text)
        for unused in given:
            self.batch.note(f"ignored the argument {unused[:40]!r}")

    def _act(self, name: str, point: Point | None, text: str | None) -> None:
        add = self.batch.add
        match name:
            case "scroll":
                target = self.batch.places.target
                add({"type": "scroll", "point": point or target.box.center, **along(text, half(target, text))})
            case "type" | "input_text":
                if point is not None:
                    add({"type": "click", "point": point})
                add({"type": "type", "text": text})
            case "select" if point is not None:
                add({"type": "click", "point": point})
            case "open_app":
                add({"type": "open_app", "name": text})
            case "hotkey" | "press_key":
                add(self.batch.pressed(text))
            case _:
                raise InvalidAction(f"there is no action {name[:40]!r} that could be done here")

    def _point(self, written: object) -> Point | None:
        """Return a point; None for one that says that there is none."""
        numbers = [read_number(item) for item in written] if isinstance(written, list) else []
        nowhere = bool(numbers) and all(isinstance(number, int | float) and number < 0 for number in numbers)
        return None if written is None or nowhere else self.batch.places.point(written)


def _says_something(text: str) -> bool:
    return not text.strip().lower().startswith(_NO_TEXT) and text.strip() != ""


GUI_R1 = GuiR1()
