"""UI-TARS-1.5 on a desktop and on a phone."""

from collections.abc import Mapping
from dataclasses import dataclass

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Inexpressible, Seen, left_unsaid
from handeye.actions.dialects.parts.batch import Batch
from handeye.actions.dialects.parts.chords import INSTEAD
from handeye.actions.dialects.parts.scrolling import direction_of
from handeye.actions.dialects.ui_tars import words
from handeye.actions.dialects.ui_tars.read import read
from handeye.actions.geometry import Frame, Size
from handeye.actions.points import PIXELS, Points, Write
from handeye.actions.reading import Reading
from handeye.actions.replies.python_calls import literal
from handeye.actions.schema import (
    AnyAction,
    AskUser,
    Back,
    Click,
    Drag,
    Home,
    LongPress,
    OpenApp,
    Press,
    Scroll,
    Terminate,
    Type,
    Wait,
)

_MOST_KEYS = 3
_SHARED = {
    "click": "click",
    "drag": "drag",
    "scroll": "scroll",
    "type": "type",
    "terminate": "finished",
    "ask_user": "call_user",
}
_DESKTOP = {**_SHARED, "press": "hotkey", "wait": "wait"}
_MOBILE = {**_SHARED, "long_press": "long_press", "open_app": "open_app", "home": "press_home", "back": "press_back"}
_REASONS = {
    "note": "the thought of a step is its note",
    "answer": "the call that ends the task carries the answer",
}
_ON_A_PHONE = {
    "press": "`type` presses enter with a line feed at the end; there is no call for other keys",
    "wait": "the makers' prompt for a phone has no such call; it is read all the same",
}


@dataclass(frozen=True, slots=True)
class UiTars:
    """One of its two action spaces."""

    name: str
    touch: bool
    """Whether it is the one for a phone."""
    points: Points = PIXELS

    @property
    def _words(self) -> dict[str, str]:
        return _MOBILE if self.touch else _DESKTOP

    @property
    def says(self) -> frozenset[str]:
        """What has a call."""
        return frozenset(self._words)

    @property
    def unsaid(self) -> Mapping[str, str]:
        """What has none."""
        reasons = _REASONS | (_ON_A_PHONE if self.touch else INSTEAD)
        return left_unsaid(self.says, reasons)

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return the lines of the action space; `call_user` is among them where there is a user to ask."""
        space = words.MOBILE if self.touch else words.DESKTOP
        return f"{space}\n{words.CALL_USER}" if "ask_user" in abilities.types else space

    def read(self, text: str, seen: Seen) -> Reading:
        """Read the calls after `Action:`, of which there may be several."""
        return read(text, Batch(seen, self.points), self.touch)

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return a thought and a call, each after its label."""
        (call,) = self.tell(action, frame)
        return f"Thought: {thought}\nAction: {call}"

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the call."""
        call = self._call(action, frame)
        if call is None:
            raise Inexpressible(action, self.name)
        return (call,)

    def word(self, kind: str) -> str | None:
        """Return the name of a call."""
        return self._words.get("wait" if kind == "wait_until_stable" else kind)

    def _call(self, action: AnyAction, frame: Frame) -> str | None:
        at = self.points.writer(frame, "'<|box_start|>({},{})<|box_end|>'")
        match action:
            case Click(point=point, count=1, button="left", modifiers=()):
                return f"click(start_box={at(point)})"
            case Drag(path=(start, end), button="left", modifiers=(), hold_seconds=0):
                return f"drag(start_box={at(start)}, end_box={at(end)})"
            case Scroll(point=point, modifiers=()) if direction := direction_of(action):
                return f"scroll(start_box={at(point)}, direction='{direction}')"
            case Type(text=str(text), clear=False) if not text.endswith(("\n", "\\n")):
                return f"type(content={literal(text + chr(10) * action.submit)})"
            case Terminate(status="success", message=message):
                return f"finished(content={literal(message)})" if message else "finished()"
            case AskUser(text=text):
                return f"call_user(content={literal(text)})" if text else "call_user()"
            case _:
                return self._on_a_phone(action, at) if self.touch else self._on_a_desktop(action, at)

    def _on_a_desktop(self, action: AnyAction, at: Write) -> str | None:
        match action:
            case Click(point=point, count=2, button="left", modifiers=()):
                return f"left_double(start_box={at(point)})"
            case Click(point=point, count=1, button="right", modifiers=()):
                return f"right_single(start_box={at(point)})"
            case Press(keys=keys) if len(keys) <= _MOST_KEYS:
                return f"hotkey(key={literal(' '.join(keys))})"
            case Wait():
                return "wait()"
            case _:
                return None

    def _on_a_phone(self, action: AnyAction, at: Write) -> str | None:
        match action:
            case LongPress(point=point, seconds=1.0):
                return f"long_press(start_box={at(point)})"
            case OpenApp(name=name):
                return f"open_app(app_name={literal(name)})"
            case Home():
                return "press_home()"
            case Back():
                return "press_back()"
            case _:
                return None


DESKTOP = UiTars("ui_tars_desktop", touch=False)
MOBILE = UiTars("ui_tars_mobile", touch=True)
