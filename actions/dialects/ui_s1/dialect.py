"""UI-S1's action. It knows only phones.

Its actions are those of `mobile_use`, without a function around them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Inexpressible, Seen, left_unsaid
from handeye.actions.dialects.parts.batch import Batch, Said
from handeye.actions.dialects.parts.calls import Arguments, mobile, phone_key
from handeye.actions.dialects.parts.functions import Tool
from handeye.actions.dialects.parts.tool_use import CallReader
from handeye.actions.dialects.ui_s1 import words
from handeye.actions.geometry import Frame, Size
from handeye.actions.points import PIXELS, Points
from handeye.actions.reading import Reading
from handeye.actions.replies.objects import Object
from handeye.actions.replies.tool_calls import NotACall, call_of, read_tool_calls
from handeye.actions.schema import Answer, AnyAction, InvalidAction

_TOOL: Tool = "mobile_use"
_WORDS = {
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
    "wait": "wait",
    "terminate": "terminate",
}
_CLOSEST = {"wait_until_stable": "wait", "scroll": "swipe"}
_NAMES = frozenset(word.split()[0] for word in _WORDS.values())
_REASONS = {"note": "the thought of a step is its note", "scroll": "`swipe` scrolls"}
_MISSING = 'the reply contains no action: answer with <action>{"action": ...}</action>'


@dataclass(frozen=True, slots=True)
class UiS1:
    """The action of UI-S1."""

    name: str = "ui_s1"
    says: frozenset[str] = frozenset(_WORDS)
    points: Points = field(default=PIXELS, init=False)

    @property
    def unsaid(self) -> Mapping[str, str]:
        """What its action space has no action for."""
        return left_unsaid(self.says, _REASONS)

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return the system prompt, which does not tell the size of the screen."""
        return words.SYSTEM

    def read(self, text: str, seen: Seen) -> Reading:
        """Read the actions, also as calls of `mobile_use`."""
        reply = read_tool_calls(text, (_TOOL,), _MISSING)
        if reply.failure is not None:
            return Reading.of_problem(reply.failure, text, reply.thought or reply.prose, reply.conclusion)
        batch = Batch(seen, self.points)
        reader = CallReader(_TOOL, batch, batch.places.distance)
        said = Said(text, reply.thought or reply.prose, reply.conclusion, reply.notes)
        return batch.read(said, reply.objects, lambda value: reader.read(_arguments(value)))

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the thought and the actions, each in tags on lines of their own."""
        lines = [f"<think>\n{thought}\n</think>"] if thought else []
        lines += [f"<action>\n{call}\n</action>" for call in self.tell(action, frame)]
        return "\n".join(lines)

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the actions, each as one line of JSON."""
        found = _calls(action)
        if found is None or any(arguments["action"] not in _NAMES for arguments in found):
            raise Inexpressible(action, self.name)
        return tuple(json.dumps(arguments, ensure_ascii=False) for arguments in found)

    def word(self, kind: str) -> str | None:
        """Return the name of an action."""
        return _WORDS.get(kind) or _CLOSEST.get(kind)


def _calls(action: AnyAction) -> list[Arguments] | None:
    if isinstance(action, Answer):
        return [{"action": "answer", "text": action.text}]
    return phone_key(action) or mobile(action)


def _arguments(value: Object) -> Object:
    try:
        return call_of(value).arguments
    except NotACall as error:
        raise InvalidAction(str(error)) from error


UI_S1 = UiS1()
