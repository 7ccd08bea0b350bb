"""UI-Venus-Navi and UI-Venus-1.5 on a phone and in a browser."""

from collections.abc import Mapping
from dataclasses import dataclass

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Inexpressible, Seen, left_unsaid
from handeye.actions.dialects.parts.batch import Batch
from handeye.actions.dialects.parts.scrolling import direction_of
from handeye.actions.dialects.ui_venus import words
from handeye.actions.dialects.ui_venus.read import PRESS_SECONDS, TAGS, read
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.points import PIXELS, THOUSANDTHS, Points, Write
from handeye.actions.reading import Reading
from handeye.actions.replies.python_calls import literal
from handeye.actions.replies.sections import hidden
from handeye.actions.schema import (
    Answer,
    AnyAction,
    Back,
    Click,
    Drag,
    Home,
    LongPress,
    Move,
    Navigate,
    OpenApp,
    Press,
    RecentApps,
    Scroll,
    Terminate,
    Type,
    Wait,
)

_MOST_KEYS = 3
_SHARED = {
    "click": "Click",
    "long_press": "LongPress",
    "drag": "Drag",
    "scroll": "Scroll",
    "type": "Type",
    "press": "PressEnter",
    "open_app": "Launch",
    "wait": "Wait",
    "back": "PressBack",
    "home": "PressHome",
    "recent_apps": "PressRecent",
    "answer": "CallUser",
    "terminate": "Finished",
}
_WEB = {**_SHARED, "move": "Hover", "navigate": "Launch", "press": "Hotkey"}
_REASONS = {
    "note": "the conclusion of a step is its note",
    "ask_user": "`CallUser` answers the user",
}


@dataclass(frozen=True, slots=True)
class UiVenus:
    """One of its two sets of functions."""

    name: str
    web: bool
    """Whether it is the one for a browser."""
    functions: str
    """The functions as the weights were told of them."""
    points: Points = PIXELS
    form: str = "({}, {})"
    """How a point is written."""
    directed: bool = True
    """Whether a scroll between two points tells its direction too."""

    @property
    def _words(self) -> dict[str, str]:
        return _WEB if self.web else _SHARED

    @property
    def says(self) -> frozenset[str]:
        """What has a function."""
        return frozenset(self._words)

    @property
    def unsaid(self) -> Mapping[str, str]:
        """What has none."""
        return left_unsaid(self.says, _REASONS)

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return the functions, one on each line."""
        return self.functions

    def read(self, text: str, seen: Seen) -> Reading:
        """Read the call in the tag `action`."""
        return read(text, Batch(seen, self.points), self.web)

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the three tags, each on lines of its own."""
        (call,) = self.tell(action, frame)
        return f"<think>\n{thought}\n</think>\n<action>\n{call}\n</action>\n<conclusion>\n{conclusion}\n</conclusion>"

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the call."""
        call = self._call(action, frame)
        if call is None:
            raise Inexpressible(action, self.name)
        return (hidden(call, TAGS),)

    def word(self, kind: str) -> str | None:
        """Return the name of a function."""
        return self._words.get(kind, "Wait" if kind == "wait_until_stable" else None)

    def _call(self, action: AnyAction, frame: Frame) -> str | None:
        at = self.points.writer(frame, self.form)
        match action:
            case Click(count=1, button="left", modifiers=()):
                return f"Click(box={at(action.point)})"
            case LongPress(seconds=seconds) if seconds == PRESS_SECONDS:
                return f"LongPress(box={at(action.point)})"
            case Drag(path=(start, end), button="left", modifiers=(), hold_seconds=0):
                return f"Drag(start={at(start)}, end={at(end)})"
            case Scroll(modifiers=()) if direction := direction_of(action):
                return self._scroll(action, direction, frame, at)
            case Type(text=str(text), clear=False) if text and action.submit == self.web:
                return f"Type(content={literal(text)})"
            case OpenApp(name=name):
                return f"Launch(app={literal(name)})"
            case Wait():
                return "Wait()"
            case Back():
                return "PressBack()"
            case Home():
                return "PressHome()"
            case RecentApps():
                return "PressRecent()"
            case Press(keys=("enter",)):
                return "PressEnter()"
            case Answer(text=text):
                return f"CallUser(content={literal(text)})"
            case Terminate(status="success", message=message):
                return f"Finished(content={literal(message)})"
            case _ if self.web:
                return self._on_the_web(action, at)
            case _:
                return None

    def _on_the_web(self, action: AnyAction, at: Write) -> str | None:
        match action:
            case Click(count=2, button="left", modifiers=()):
                return f"DoubleClick(box={at(action.point)})"
            case Move():
                return f"Hover(box={at(action.point)})"
            case Navigate(url=url):
                return f"Launch(url={literal(url)})"
            case Press(keys=keys) if len(keys) <= _MOST_KEYS:
                return f"Hotkey(keys={literal(keys)})"
            case _:
                return None

    def _scroll(self, action: Scroll, direction: str, frame: Frame, at: Write) -> str | None:
        if self.web:
            # It scrolls the page: at another point than its centre, another element might be meant.
            return f"Scroll(direction='{direction}')" if action.point == frame.box.center else None
        end = frame.clamp(Point(action.point.x - action.dx, action.point.y - action.dy))
        way = f", direction='{direction}'" if self.directed else ""
        return f"Scroll(start={at(action.point)}, end={at(end)}{way})"


MOBILE = UiVenus("ui_venus_mobile", web=False, functions=words.MOBILE)
WEB = UiVenus("ui_venus_web", web=True, functions=words.WEB)
MOBILE_1_5 = UiVenus(
    "ui_venus_1_5_mobile",
    web=False,
    functions=words.MOBILE_1_5,
    points=THOUSANDTHS,
    form="({},{})",
    directed=False,
)
WEB_1_5 = UiVenus("ui_venus_1_5_web", web=True, functions=words.WEB, points=THOUSANDTHS, form="({},{})")
