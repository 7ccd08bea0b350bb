"""Fara-7B. It knows only browsers.

Its makers' own runner presses enter after a text unless told not to, scrolls by a page however many pixels are written,
and takes the thoughts of the last step for the answer.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Inexpressible, Seen, left_unsaid
from handeye.actions.dialects.fara import words
from handeye.actions.dialects.parts.batch import Batch
from handeye.actions.dialects.parts.calls import Arguments, at, seconds
from handeye.actions.dialects.parts.functions import HELPFUL, Tool, parameters, tools
from handeye.actions.dialects.parts.tools import read
from handeye.actions.dialects.parts.words import COMPUTER
from handeye.actions.fields import MAX_TEXT
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.points import PIXELS, Points
from handeye.actions.reading import Reading
from handeye.actions.replies.tool_calls import tagged, written
from handeye.actions.schema import (
    AnyAction,
    Back,
    Click,
    Move,
    Navigate,
    Note,
    Press,
    Scroll,
    Terminate,
    Type,
    Wait,
)

_TOOL: Tool = "computer_use"
_OVERLAP = 50
"""The pixels of a page that are still seen after scrolling by one."""
_WORDS = {
    "click": "left_click",
    "move": "mouse_move",
    "scroll": "scroll",
    "type": "type",
    "press": "key",
    "wait": "wait",
    "navigate": "visit_url",
    "back": "history_back",
    "note": "pause_and_memorize_fact",
    "terminate": "terminate",
}
_REASONS = {
    "answer": "the thoughts of the step that ends the task are the answer",
    "ask_user": "the task ends where a person must decide",
}
_KEYS = {
    "ctrl": "Control",
    "alt": "Alt",
    "shift": "Shift",
    "meta": "Meta",
    "enter": "Enter",
    "esc": "Escape",
    "tab": "Tab",
    "space": "Space",
    "backspace": "Backspace",
    "delete": "Delete",
    "insert": "Insert",
    "up": "ArrowUp",
    "down": "ArrowDown",
    "left": "ArrowLeft",
    "right": "ArrowRight",
    "home": "Home",
    "end": "End",
    "pageup": "PageUp",
    "pagedown": "PageDown",
}
"""The names of keys that the weights were trained with, which are Playwright's."""
_OLD_NAMES = {"stop": "terminate", "input_text": "type", "sleep": "wait"}


@dataclass(frozen=True, slots=True)
class Fara:
    """The tool of Fara-7B."""

    name: str = "fara"
    says: frozenset[str] = frozenset(_WORDS)
    points: Points = field(default=PIXELS, init=False)

    @property
    def unsaid(self) -> Mapping[str, str]:
        """What the tool has no action for."""
        return left_unsaid(self.says, _REASONS)

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return the system prompt, with the signature of the tool."""
        function = {
            "name": _TOOL,
            "description": COMPUTER.format(size=size) + words.MORE,
            "parameters": parameters(words.ACTIONS, words.ARGUMENTS),
        }
        own = json.dumps({"type": "function", "function": function}, ensure_ascii=False)
        return HELPFUL + tools([own], words.HEAD)

    def read(self, text: str, seen: Seen) -> Reading:
        """Read calls. A text may come with the point to click first, and is then two actions."""
        batch = Batch(seen, self.points)
        page = max(1, batch.places.target.size.height - _OVERLAP)

        def far(right: int, down: int) -> tuple[int, int]:
            return page * _sign(right), page * _sign(down)

        return read(text, _TOOL, (), batch, far, _completed)

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the thought and the calls; a message that ends the task is the thought."""
        *message, call = self.tell(action, frame)
        if isinstance(action, Terminate):
            said = "\n".join(filter(None, (thought, "\n".join(message))))
            return f"{said}\n{tagged(call)}" if said else tagged(call)
        return _spoken(thought, (*message, call))

    def write_at(self, point: Point, text: Type, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the thought and the call that types at a point, which stands after the text, as models write it."""
        if text.text is None:
            raise Inexpressible(text, self.name)
        action, said, *flags = _typed(text.text, text).items()
        arguments = dict([action, said, ("coordinate", list(point)), *flags])
        return _spoken(thought, (written(_TOOL, arguments),))

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the calls, each as one line of JSON; before the one that ends the task, the lines of the message."""
        calls = _calls(action)
        if calls is None:
            raise Inexpressible(action, self.name)
        lines = tuple(written(_TOOL, arguments) for arguments in calls)
        if isinstance(action, Terminate) and action.message:
            lines = (*action.message.split("\n"), *lines)
            # A message with tags or calls of its own cannot be told from them.
            if self.read("\n".join(lines), Seen(frame)).actions != (action,):
                raise Inexpressible(action, self.name)
        return lines

    def word(self, kind: str) -> str | None:
        """Return the name of an action."""
        return _WORDS.get(kind, "wait" if kind == "wait_until_stable" else None)


def _completed(arguments: Arguments, thought: str) -> Arguments:
    """Return the arguments of a call with what it leaves unsaid."""
    name = arguments.get("action")
    name = _OLD_NAMES.get(name, name) if isinstance(name, str) else name
    match name:
        case "type":
            return {"press_enter": True, **arguments, "action": name}
        case "terminate":
            return {**arguments, "action": name, "message": _message(thought)}
        case _:
            return {**arguments, "action": name}


def _message(thought: str) -> str:
    kept = (each for each in thought if each in "\n\t" or unicodedata.category(each) != "Cc")
    return "".join(kept)[:MAX_TEXT]


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _spoken(thought: str, calls: Sequence[str]) -> str:
    lines = "\n".join(map(tagged, calls))
    return f"{thought}\n{lines}" if thought else lines


def _typed(text: str, action: Type) -> Arguments:
    flags = {"press_enter": action.submit, "delete_existing_text": action.clear}
    return {"action": "type", "text": text, **flags}


def _calls(action: AnyAction) -> list[Arguments] | None:
    match action:
        case Click(count=1, button="left", modifiers=()):
            return [at("left_click", action.point)]
        case Move():
            return [at("mouse_move", action.point)]
        case Scroll(dx=0, modifiers=()):
            return [at("mouse_move", action.point), {"action": "scroll", "pixels": -action.dy}]
        case Type(text=str(text)):
            return [_typed(text, action)]
        case Press():
            return [{"action": "key", "keys": [_KEYS.get(key, key) for key in action.keys]}]
        case Wait():
            return [{"action": "wait", "time": seconds(action.seconds)}]
        case Navigate():
            return [{"action": "visit_url", "url": action.url}]
        case Back():
            return [{"action": "history_back"}]
        case Note(text=text) if text:
            return [{"action": "pause_and_memorize_fact", "fact": text}]
        case Terminate(status="success" | "failure"):
            return [{"action": "terminate", "status": action.status}]
        case _:
            return None


FARA = Fara()
