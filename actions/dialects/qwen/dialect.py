"""Qwen2.5-VL's own tools, `computer_use` and `mobile_use`, and `device_use` beside them.

Three things differ from our actions: `pixels` of a scroll is positive upwards; a scroll and a drag start at the cursor,
so they are written as two calls and read as one action; the button `Menu` of a phone shows the recent apps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Inexpressible, Seen, left_unsaid
from handeye.actions.dialects.parts.batch import Batch
from handeye.actions.dialects.parts.functions import Tool
from handeye.actions.dialects.parts.tools import read, write
from handeye.actions.dialects.qwen.more import MORE, signature, types
from handeye.actions.dialects.qwen.more import word as more_word
from handeye.actions.dialects.qwen.prompt import system_prompt
from handeye.actions.dialects.qwen.write import calls
from handeye.actions.geometry import Frame, Size
from handeye.actions.points import PIXELS, Points
from handeye.actions.reading import Reading
from handeye.actions.replies.tool_calls import written
from handeye.actions.schema import AnyAction

_WORDS: dict[Tool, dict[str, str]] = {
    "computer_use": {
        "click": "left_click",
        "move": "mouse_move",
        "drag": "left_click_drag",
        "scroll": "scroll",
        "type": "type",
        "press": "key",
        "wait": "wait",
        "wait_until_stable": "wait",
        "terminate": "terminate",
    },
    "mobile_use": {
        "click": "click",
        "long_press": "long_press",
        "drag": "swipe",
        "scroll": "swipe",
        "type": "type",
        "press": "key",
        "back": "system_button Back",
        "home": "system_button Home",
        "recent_apps": "system_button Menu",
        "open_app": "open",
        "wait": "wait",
        "wait_until_stable": "wait",
        "terminate": "terminate",
    },
}
"""What the vendor's own calls are called, by the type of action that they come closest to."""
_REASONS: dict[Tool, dict[str, str]] = {
    "computer_use": {"note": "the conclusion of a step is its note"},
    "mobile_use": {"note": "the conclusion of a step is its note", "scroll": "`swipe` scrolls"},
}
_CLOSEST = ("wait_until_stable",)
"""Types that have a word and are not said, besides those with a reason."""


@dataclass(frozen=True, slots=True)
class QwenTool:
    """One of the two tools."""

    tool: Tool
    points: Points = field(default=PIXELS, init=False)

    @property
    def name(self) -> str:
        """The tool's name, with the family's before it."""
        return f"qwen_{self.tool}"

    @property
    def says(self) -> frozenset[str]:
        """What the tool and `device_use` can express."""
        return (frozenset(_WORDS[self.tool]) | types(self.tool)) - {*_CLOSEST, *_REASONS[self.tool]}

    @property
    def unsaid(self) -> Mapping[str, str]:
        """What neither has a call for."""
        return left_unsaid(self.says, _REASONS[self.tool], f"{self.tool} is for devices without it")

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return the system prompt: the vendor's, and `device_use` after it for what the vendor's tool has not."""
        return system_prompt(self.tool, size, signature(self.tool, abilities))

    def read(self, text: str, seen: Seen) -> Reading:
        """Read calls. One may hold `"mark": 7` instead of `coordinate`, and a swipe `mark2` instead of `coordinate2`.

        Without a cursor, a drag or click that starts there is a problem, and a scroll happens at the centre.
        """
        batch = Batch(seen, self.points)
        return read(text, self.tool, (MORE,), batch, batch.places.distance)

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return calls in tags, after the thought and before the conclusion, as `prompt.THINKING` asks for them."""
        return write(self.tell(action, frame), thought, conclusion)

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the calls, each as one line of JSON."""
        found = calls(action, self.tool)
        if found is None:
            raise Inexpressible(action, self.name)
        return tuple(written(call.function, call.arguments) for call in found)

    def word(self, kind: str) -> str | None:
        """Return the name of a call."""
        return _WORDS[self.tool].get(kind) or more_word(self.tool, kind)


COMPUTER_USE = QwenTool("computer_use")
MOBILE_USE = QwenTool("mobile_use")
