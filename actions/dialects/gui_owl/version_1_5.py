"""GUI-Owl-1.5's tools, `computer_use` and `mobile_use`, each call after a line that says what it does.

Points are thousandths from edge to edge. On a computer, `pixels` of a scroll are pixels.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Inexpressible, Seen, left_unsaid
from handeye.actions.dialects.gui_owl import words_1_5 as words
from handeye.actions.dialects.parts.batch import Batch
from handeye.actions.dialects.parts.calls import Arguments, at, mobile, phone_key, plain, typed
from handeye.actions.dialects.parts.chords import INSTEAD
from handeye.actions.dialects.parts.functions import Tool
from handeye.actions.dialects.parts.tools import read
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.points import EDGES, Points
from handeye.actions.reading import Reading
from handeye.actions.replies.lenient_json import whole_characters
from handeye.actions.replies.tool_calls import tagged
from handeye.actions.replies.tool_calls import written as call_text
from handeye.actions.schema import Answer, AnyAction, AskUser, Click, Drag, Move, Press, Scroll, Type

_LINE = re.compile(r"\bAction[:\uff1a](.*?)(?=<tool_call>|\Z)", re.DOTALL)
_THOUGHTS_END = ("</think>", "</thinking>")
_WORDS: dict[Tool, dict[str, str]] = {
    "computer_use": {
        "click": "left_click",
        "move": "mouse_move",
        "drag": "left_click_drag",
        "scroll": "scroll",
        "type": "type",
        "press": "key",
        "answer": "answer",
        "ask_user": "interact",
        "wait": "wait",
        "terminate": "terminate",
    },
    "mobile_use": {
        "click": "click",
        "long_press": "long_press",
        "drag": "swipe",
        "type": "type",
        "press": "key",
        "back": "system_button Back",
        "home": "system_button Home",
        "recent_apps": "system_button Menu",
        "open_app": "open",
        "answer": "answer",
        "ask_user": "interact",
        "wait": "wait",
        "terminate": "terminate",
    },
}
_CLOSEST: dict[Tool, dict[str, str]] = {
    "computer_use": {"wait_until_stable": "wait"},
    "mobile_use": {"wait_until_stable": "wait", "scroll": "swipe"},
}
_REASONS = {"note": "the line before a call is its note", "scroll": "`swipe` scrolls"}


@dataclass(frozen=True, slots=True)
class GuiOwl15:
    """One of the two tools."""

    tool: Tool
    points: Points = field(default=EDGES, init=False)

    @property
    def name(self) -> str:
        """The tool's name, with the family's before it."""
        return f"gui_owl_1_5_{self.tool}"

    @property
    def says(self) -> frozenset[str]:
        """What the tool has an action for."""
        return frozenset(_WORDS[self.tool])

    @property
    def unsaid(self) -> Mapping[str, str]:
        """What it has none for."""
        reasons = _REASONS | (INSTEAD if self.tool == "computer_use" else {})
        return left_unsaid(self.says, reasons)

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return the system prompt, which is the same for every size."""
        return words.COMPUTER if self.tool == "computer_use" else words.MOBILE

    def read(self, text: str, seen: Seen) -> Reading:
        """Read calls; the conclusion is the line before them."""
        text = whole_characters(text)
        batch = Batch(seen, self.points)
        reading = read(text, self.tool, (), batch, batch.places.distance)
        found = _LINE.search(text, max(map(text.rfind, _THOUGHTS_END)) + 1)
        if found is None:
            return reading
        line = found[1].strip()
        thought = "" if _is_line(reading.thought) else reading.thought
        return replace(reading, thought=thought, conclusion=reading.conclusion or line)

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the line and the calls in tags; a thought precedes them, as in the versions that think."""
        calls = [tagged(call) for call in self.tell(action, frame)]
        begin = f"<thinking>\n{thought}\n</thinking>" if thought else ""
        return begin + "\n".join([f"Action: {conclusion}", *calls] if conclusion or not thought else ["", *calls])

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the calls, each as one line of JSON."""
        calls = _computer(action) if self.tool == "computer_use" else _mobile(action)
        if calls is None:
            raise Inexpressible(action, self.name)
        return tuple(call_text(self.tool, self._in_thousandths(arguments, frame)) for arguments in calls)

    def word(self, kind: str) -> str | None:
        """Return the name of an action."""
        return _WORDS[self.tool].get(kind) or _CLOSEST[self.tool].get(kind)

    def _in_thousandths(self, arguments: Arguments, frame: Frame) -> Arguments:
        return {
            name: list(self.points.written(Point(*value), frame))
            if isinstance(value, list) and name != "keys"
            else value
            for name, value in arguments.items()
        }


def _is_line(thought: str) -> bool:
    return re.match(r"\s*Action[:\uff1a]", thought) is not None


def _said(action: AnyAction) -> list[Arguments] | None:
    match action:
        case Answer():
            return [{"action": "answer", "text": action.text}]
        case AskUser():
            return [{"action": "interact", "text": action.text}]
        case _:
            return None


def _computer(action: AnyAction) -> list[Arguments] | None:
    match action:
        case Click(count=1, modifiers=()):
            return [at(f"{action.button}_click", action.point)]
        case Click(count=2, button="left", modifiers=()):
            return [at("double_click", action.point)]
        case Click(count=3, button="left", modifiers=()):
            return [at("triple_click", action.point)]
        case Move():
            return [at("mouse_move", action.point)]
        case Drag(path=(start, end), button="left", modifiers=(), hold_seconds=0):
            return [at("mouse_move", start), at("left_click_drag", end)]
        case Scroll(dx=0, modifiers=()):
            return [{**at("scroll", action.point), "pixels": -action.dy}]
        case Scroll(dy=0, modifiers=()):
            return [{**at("hscroll", action.point), "pixels": action.dx}]
        case Type(text=str(text), clear=False) if text:
            return [typed(text), {"action": "key", "keys": ["enter"]}] if action.submit else [typed(text)]
        case Press():
            return [{"action": "key", "keys": list(action.keys)}]
        case _:
            return _said(action) or plain(action)


def _mobile(action: AnyAction) -> list[Arguments] | None:
    return _said(action) or phone_key(action) or mobile(action)


COMPUTER_USE_1_5 = GuiOwl15("computer_use")
MOBILE_USE_1_5 = GuiOwl15("mobile_use")
