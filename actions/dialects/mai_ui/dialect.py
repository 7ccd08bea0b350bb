"""MAI-UI's action space. It knows only phones.

Its makers read points as thousandths from 0 to 999. A swipe is a finger's: upwards, it shows what lies below.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Inexpressible, Seen, left_unsaid
from handeye.actions.dialects.mai_ui import words
from handeye.actions.dialects.parts.batch import Batch, Said
from handeye.actions.dialects.parts.calls import Arguments
from handeye.actions.dialects.parts.functions import Tool
from handeye.actions.dialects.parts.scrolling import along, direction_of, half
from handeye.actions.dialects.parts.tool_use import CallReader
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.points import THOUSANDTHS, Points
from handeye.actions.reading import Reading
from handeye.actions.replies.objects import Object
from handeye.actions.replies.tool_calls import NotACall, call_of, read_tool_calls
from handeye.actions.schema import (
    Answer,
    AnyAction,
    Back,
    Click,
    Drag,
    Home,
    InvalidAction,
    LongPress,
    OpenApp,
    Press,
    RecentApps,
    Scroll,
    Terminate,
    Type,
    Wait,
)

_TOOL: Tool = "mobile_use"
_WORDS = {
    "click": "click",
    "long_press": "long_press",
    "drag": "drag",
    "scroll": "swipe",
    "type": "type",
    "press": "system_button enter",
    "back": "system_button back",
    "home": "system_button home",
    "recent_apps": "system_button menu",
    "open_app": "open",
    "answer": "answer",
    "wait": "wait",
    "terminate": "terminate",
}
_REASONS = {"note": "the thought of a step is its note", "ask_user": "`answer` speaks to the user"}
_MISSING = 'the reply contains no call: answer with <tool_call>{"name": "mobile_use", "arguments": {...}}</tool_call>'
_OPPOSITE = {"up": "down", "down": "up", "left": "right", "right": "left"}
_PRESS_SECONDS = 1.0
"""How long a long press is, which a call does not say."""
_RENAMED = {"double_click": "double_tap", "ask_user": "interact"}


@dataclass(frozen=True, slots=True)
class MaiUi:
    """The action space of MAI-UI."""

    name: str = "mai_ui"
    says: frozenset[str] = frozenset(_WORDS)
    points: Points = field(default=THOUSANDTHS, init=False)

    @property
    def unsaid(self) -> Mapping[str, str]:
        """What it has no action for."""
        return left_unsaid(self.says, _REASONS)

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return the system prompt, with the apps of the phone; those of the makers' phone where none are known."""
        apps = (
            json.dumps(list(abilities.apps), ensure_ascii=False, separators=(",", ":"))
            if abilities.apps
            else words.APPS
        )
        return words.SYSTEM.replace("@APPS@", apps)

    def read(self, text: str, seen: Seen) -> Reading:
        """Read calls, also those that only the makers' prompt for phones with a user has."""
        reply = read_tool_calls(text, (_TOOL,), _MISSING)
        if reply.failure is not None:
            return Reading.of_problem(reply.failure, text, reply.thought or reply.prose, reply.conclusion)
        batch = Batch(seen, self.points)
        reader = CallReader(_TOOL, batch, batch.places.distance)
        said = Said(text, reply.thought or reply.prose, reply.conclusion, reply.notes)
        return batch.read(said, reply.objects, lambda value: _read(_arguments(value), batch, reader))

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the thought and the call, each in tags on lines of their own."""
        return "\n".join(
            [
                f"<thinking>\n{thought}\n</thinking>",
                *(f"<tool_call>\n{call}\n</tool_call>" for call in self.tell(action, frame)),
            ]
        )

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the calls, each as one line of JSON without spaces, as the makers' history has it."""
        found = self._calls(action, frame)
        if found is None:
            raise Inexpressible(action, self.name)
        return tuple(
            json.dumps({"name": _TOOL, "arguments": arguments}, ensure_ascii=False, separators=(",", ":"))
            for arguments in found
        )

    def word(self, kind: str) -> str | None:
        """Return the name of an action."""
        return _WORDS.get(kind, "wait" if kind == "wait_until_stable" else None)

    def _calls(self, action: AnyAction, frame: Frame) -> list[Arguments] | None:
        def at(point: Point) -> list[int | float]:
            return list(self.points.written(point, frame))

        match action:
            case Click(count=1, button="left", modifiers=()):
                return [{"action": "click", "coordinate": at(action.point)}]
            case LongPress(seconds=seconds) if seconds == _PRESS_SECONDS:
                return [{"action": "long_press", "coordinate": at(action.point)}]
            case Drag(path=(start, end), button="left", modifiers=(), hold_seconds=0):
                return [{"action": "drag", "start_coordinate": at(start), "end_coordinate": at(end)}]
            case Scroll(modifiers=()) if direction := direction_of(action):
                swiped: Arguments = {"action": "swipe", "direction": _OPPOSITE[direction]}
                return [swiped if action.point == frame.box.center else {**swiped, "coordinate": at(action.point)}]
            case Type(text=str(text), clear=False) if text:
                return [{"action": "type", "text": text}, *([_button("enter")] if action.submit else [])]
            case Press(keys=("enter",)):
                return [_button("enter")]
            case Back():
                return [_button("back")]
            case Home():
                return [_button("home")]
            case RecentApps():
                return [_button("menu")]
            case OpenApp():
                return [{"action": "open", "text": action.name}]
            case Wait():
                return [{"action": "wait"}]
            case Answer():
                return [{"action": "answer", "text": action.text}]
            case Terminate(status="success" | "failure", message=""):
                return [{"action": "terminate", "status": "success" if action.status == "success" else "fail"}]
            case _:
                return None


def _button(name: str) -> Arguments:
    return {"action": "system_button", "button": name}


def _arguments(value: Object) -> Object:
    try:
        call = call_of(value)
    except NotACall as error:
        raise InvalidAction(str(error)) from error
    if call.name not in (None, _TOOL):
        if "action" in call.arguments:
            raise InvalidAction(f"there is no tool {str(call.name)[:40]!r}: call {_TOOL}")
        return {**call.arguments, "action": call.name}  # the model called the action as if it were the tool
    return call.arguments


def _read(arguments: Object, batch: Batch, reader: CallReader) -> None:
    """Add the actions of one call, under the names that the tools of the Qwen family have."""
    name = arguments.get("action")
    word = name.strip().lower() if isinstance(name, str) else ""
    if word == "swipe" and arguments.get("direction") is not None:
        batch.add(_swiped(arguments, batch))
        return
    if word == "drag" and arguments.get("end_coordinate") is None:
        raise InvalidAction("end_coordinate is missing, the point to drag to")
    given = {"coordinate" if key == "start_coordinate" else key: value for key, value in arguments.items()}
    if word in _RENAMED:
        given["action"] = _RENAMED[word]
    if word == "terminate" and given.get("status") == "fail":
        given["status"] = "failure"
    reader.read(given)


def _swiped(arguments: Object, batch: Batch) -> dict[str, object]:
    """Return the members of a scroll: the finger takes the screen along, so what is shown lies the other way."""
    direction = arguments["direction"]
    way = _OPPOSITE.get(direction.strip().lower()) if isinstance(direction, str) else None
    target = batch.places.target
    place = arguments.get("coordinate")
    point = target.box.center if place is None else batch.places.point(place)
    return {"type": "scroll", "point": point, **along(way, half(target, way))}


MAI_UI = MaiUi()
