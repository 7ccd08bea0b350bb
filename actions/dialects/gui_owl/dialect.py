"""GUI-Owl's tools, `computer_use` and `mobile_use`.

On a computer, `pixels` of a scroll are up to five notches of the wheel, and `type` clears and submits.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Inexpressible, Seen, left_unsaid
from handeye.actions.dialects.gui_owl import words
from handeye.actions.dialects.parts.batch import Batch
from handeye.actions.dialects.parts.calls import Arguments, at, mobile, plain
from handeye.actions.dialects.parts.chords import INSTEAD
from handeye.actions.dialects.parts.functions import HELPFUL, Tool, parameters, tools
from handeye.actions.dialects.parts.scrolling import NOTCH, notches
from handeye.actions.dialects.parts.tools import read, write
from handeye.actions.dialects.parts.words import COMPUTER, MOBILE
from handeye.actions.geometry import Frame, Size
from handeye.actions.points import PIXELS, Points
from handeye.actions.reading import Reading
from handeye.actions.replies.tool_calls import written
from handeye.actions.schema import (
    Answer,
    AnyAction,
    Click,
    Drag,
    Move,
    Press,
    Scroll,
    Type,
)

_MOST_NOTCHES = 5
_WORDS: dict[Tool, dict[str, str]] = {
    "computer_use": {
        "click": "click",
        "move": "mouse_move",
        "drag": "drag",
        "scroll": "scroll",
        "type": "type",
        "press": "key",
        "wait": "wait",
        "terminate": "terminate",
    },
    "mobile_use": {
        "click": "click",
        "long_press": "long_press",
        "drag": "swipe",
        "type": "type",
        "press": "system_button Enter",
        "back": "system_button Back",
        "home": "system_button Home",
        "recent_apps": "system_button Menu",
        "open_app": "open",
        "answer": "answer",
        "wait": "wait",
        "terminate": "terminate",
    },
}
_CLOSEST: dict[Tool, dict[str, str]] = {
    "computer_use": {"wait_until_stable": "wait"},
    "mobile_use": {"wait_until_stable": "wait", "scroll": "swipe"},
}
_REASONS = {"note": "the conclusion of a step is its note", "scroll": "`swipe` scrolls"}


@dataclass(frozen=True, slots=True)
class GuiOwl:
    """One of the two tools."""

    tool: Tool
    points: Points = field(default=PIXELS, init=False)

    @property
    def name(self) -> str:
        """The tool's name, with the family's before it."""
        return f"gui_owl_{self.tool}"

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
        """Return the system prompt, with the signature of the tool; `open` is told of where apps can be opened."""
        if self.tool == "mobile_use":
            opens = "open_app" in abilities.types
            actions = {name: said for name, said in words.MOBILE_ACTIONS.items() if opens or name != "open"}
            description, arguments = MOBILE, words.OPENING if opens else words.MOBILE_ARGUMENTS
        else:
            description, actions, arguments = COMPUTER, words.COMPUTER_ACTIONS, words.COMPUTER_ARGUMENTS
        function = {
            "name": self.tool,
            "description": description.format(size=size),
            "parameters": parameters(actions, arguments),
        }
        return HELPFUL + tools([json.dumps({"type": "function", "function": function}, ensure_ascii=False)])

    def read(self, text: str, seen: Seen) -> Reading:
        """Read calls, also those of Qwen's tools that the weights have not forgotten."""
        batch = Batch(seen, self.points)

        def far(right: int, down: int) -> tuple[int, int]:
            if max(abs(right), abs(down)) > _MOST_NOTCHES:
                batch.note(f"scrolled by {_MOST_NOTCHES} notches, the most of this tool")
            return NOTCH * _most(right), NOTCH * _most(down)

        return read(text, self.tool, (), batch, far)

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return calls in tags, after the thought and before the conclusion."""
        return write(self.tell(action, frame), thought, conclusion)

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the calls, each as one line of JSON."""
        calls = _computer(action) if self.tool == "computer_use" else _mobile(action)
        if calls is None:
            raise Inexpressible(action, self.name)
        return tuple(written(self.tool, arguments) for arguments in calls)

    def word(self, kind: str) -> str | None:
        """Return the name of an action."""
        return _WORDS[self.tool].get(kind) or _CLOSEST[self.tool].get(kind)


def _most(count: int) -> int:
    return max(-_MOST_NOTCHES, min(_MOST_NOTCHES, count))


def _computer(action: AnyAction) -> list[Arguments] | None:
    match action:
        case Click(count=1, modifiers=()):
            return [at("click" if action.button == "left" else f"{action.button}_click", action.point)]
        case Click(count=2, button="left", modifiers=()):
            return [at("double_click", action.point)]
        case Move():
            return [at("mouse_move", action.point)]
        case Drag(path=(start, end), button="left", modifiers=(), hold_seconds=0):
            return [{**at("drag", start), "coordinate2": list(end)}]
        case Scroll(dx=0, modifiers=()):
            return [at("mouse_move", action.point), {"action": "scroll", "pixels": _most(-notches(action.dy))}]
        case Type(text=str(text)):
            return [{"action": "type", "text": text, "clear": int(action.clear), "enter": int(action.submit)}]
        case Press():
            return [{"action": "key", "keys": list(action.keys)}]
        case _:
            return plain(action)


def _mobile(action: AnyAction) -> list[Arguments] | None:
    match action:
        case Answer():
            return [{"action": "answer", "text": action.text}]
        case _:
            return mobile(action)


COMPUTER_USE = GuiOwl("computer_use")
MOBILE_USE = GuiOwl("mobile_use")
