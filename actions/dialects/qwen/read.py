"""Converts the arguments of Qwen2.5-VL's tool calls to actions.

It accepts slightly more than the functions offer: also the arguments that later Qwen models use for the same tools, if
the meaning is unambiguous, and every action under the name of either function.
"""

import math
import re
from collections.abc import Collection, Sequence

from handeye.actions.dialects.qwen.chords import ADDRESS_BAR, TabStrip, chord
from handeye.actions.dialects.qwen.prompt import Tool
from handeye.actions.geometry import Point
from handeye.actions.keys import UnknownKey, canonical_keys
from handeye.actions.keys_adb import key_of_keyevent
from handeye.actions.pixels import PixelReader
from handeye.actions.reading import read_number
from handeye.actions.schema import (
    AnyAction,
    Click,
    Drag,
    InvalidAction,
    LongPress,
    Move,
    Navigate,
    NewTab,
    Press,
    Scroll,
    Type,
    load,
)

Members = dict[str, object]

_POINT = ("coordinate", "coordinates", "point", "position")
_END_POINT = ("coordinate2", "coordinates2", "end_coordinate")
_MARK, _END_MARK = "mark", "mark2"
_COMPUTER_CLICKS: dict[str, Members] = {
    "left_click": {},
    "right_click": {"button": "right"},
    "middle_click": {"button": "middle"},
    "double_click": {"count": 2},
    "triple_click": {"count": 3},
}
_SYSTEM_BUTTONS: dict[object, Members] = {
    "back": {"type": "back"},
    "home": {"type": "home"},
    "menu": {"type": "recent_apps"},
    "enter": {"type": "press", "keys": ["enter"]},
}
_BROWSER_BACK = frozenset({"browserback", "xf86back", "goback"})
"""Names of a key that only the browser's window takes."""
_KEYEVENT_ACTIONS = {"back": "back", "home": "home", "app_switch": "recent_apps"}
# A list of keys whose strings contain pieces of code: ["keys=['ctrl'", "'c']"].
_KEYS_AS_CODE = re.compile(r"keys\s*=|\[['\"]|['\"]\]|^'.+'$")


class CallReader:
    """Reads the calls of one reply, in order, and keeps track of the cursor.

    In this dialect a scroll, a drag and a click without a coordinate start at the cursor. A call that only moves the
    cursor is merged into such a call after it, and enter after a text is merged into the typing: one action each.
    Where a page is shown in tabs, a chord of the browser's window is the action that does the same, and a text after
    the chord that goes to the address bar is the address to open.
    """

    def __init__(
        self,
        tool: Tool,
        pixels: PixelReader,
        cursor: Point | None,
        types: Collection[str] = (),
        tabs: TabStrip = TabStrip(),
    ) -> None:
        """`types` are the types of action that are possible here, and `tabs` the open tabs."""
        self.tool = tool
        self.pixels = pixels
        self.cursor = cursor
        self.types = types
        self.tabs = tabs
        self.actions: list[AnyAction] = []
        self._at_cursor = False
        self._typed_address = False

    def read(self, arguments: Members) -> None:
        """Add the action of one call; raise `InvalidAction` if it is not one."""
        given = {name: value for name, value in arguments.items() if value is not None and value != ""}
        if arguments.get("text") == "":
            given["text"] = ""
        name = given.pop("action", None)
        if not isinstance(name, str):
            raise InvalidAction(f"a call of {self.tool} needs an action")
        self._at_cursor = False
        action = load(self._members(name.strip().lower(), given))
        self.pixels.notes += [f"ignored the argument {unused[:40]!r}" for unused in given]
        self._add(action)

    def _members(self, name: str, given: Members) -> Members:
        """Return the members of the unified action, and remove the used arguments from `given`."""
        match self.tool, name:
            case _, "type":
                return {"type": "type", "text": _text(given)}
            case _, "wait":
                return {"type": "wait", **_seconds(given)}
            case _, "terminate":
                return {"type": "terminate", "status": _take(given, "status")}
            case _, "answer":
                return {"type": "answer", "text": _text(given)}
            case _, "report_infeasible":
                text = _text(given)
                return {"type": "terminate", "status": "infeasible", **({} if text is None else {"message": text})}
            case _, "interact":
                return {"type": "ask_user", "text": _text(given)}
            case _, "visit_url":
                return {"type": "navigate", "url": _take(given, "url", "text")}
            case _, "history_back":
                return {"type": "back"}
            case _, "new_tab":
                url = _take(given, "url")
                return {"type": "new_tab"} if url is None else {"type": "new_tab", "url": url}
            case _, "switch_tab":
                return {"type": "switch_tab", "index": _tab(_take(given, "tab", "index"))}
            case _, "close_tab":
                index = _take(given, "tab", "index")
                return {"type": "close_tab"} if index is None else {"type": "close_tab", "index": _tab(index)}
            case _, "open":
                return {"type": "open_app", "name": _text(given)}
            case _, "long_press":
                return {"type": "long_press", "point": self._point(given), **_seconds(given)}
            case _, "drag":
                held = _seconds(given)
                path = [self._point(given), self._end(given)]
                return {"type": "drag", "path": path, **({"hold_seconds": held["seconds"]} if held else {})}
            case _, "hold_key":
                return {
                    "type": "hold",
                    "keys": _keys(_take(given, "keys", "key", "text")),
                    "seconds": 1.0,
                    **_seconds(given),
                }
            case _, "replace_text":
                return {"type": "type", "text": _text(given), "clear": True}
            case _, "type_secret":
                return {"type": "type", "secret": _text(given)}
            case "computer_use", "key":
                return self._pressed(_keys(_take(given, "keys", "key", "text")))
            case "computer_use", "key_click":
                modifiers = _keys(_take(given, "keys", "key", "text"))
                return {"type": "click", "point": self._start(name, given), "modifiers": modifiers}
            case "computer_use", "hscroll":
                return {
                    "type": "scroll",
                    "point": self._scrolled(given),
                    "dx": self.pixels.distance(_pixels(given), 0)[0],
                }
            case "computer_use", "mouse_move":
                return {"type": "move", "point": self._point(given)}
            case "computer_use", "left_click_drag":
                return {"type": "drag", "path": self._drag(given)}
            case "computer_use", "scroll":
                return {
                    "type": "scroll",
                    "point": self._scrolled(given),
                    "dy": self.pixels.distance(0, -_pixels(given))[1],
                }
            case "computer_use", _ if name in _COMPUTER_CLICKS:
                return {"type": "click", "point": self._start(name, given), **_COMPUTER_CLICKS[name]}
            case "mobile_use", "click":
                return {"type": "click", "point": self._point(given)}
            case "mobile_use", "double_tap":
                return {"type": "click", "point": self._point(given), "count": 2}
            case "mobile_use", "swipe":
                return {"type": "drag", "path": [self._point(given), self._end(given)]}
            case "mobile_use", "system_button":
                button = _take(given, "button")
                members = _SYSTEM_BUTTONS.get(button.lower() if isinstance(button, str) else None)
                if members is None:
                    raise InvalidAction("the button must be Back, Home, Menu or Enter")
                return members
            case "mobile_use", "key":
                return _keyevent(_take(given, "text", "keys", "key"))
            case _:
                raise InvalidAction(f"{self.tool} has no action {name[:40]!r}")

    def _pressed(self, written: object) -> Members:
        """Return the members of a press, or of the action that the chord stands for here."""
        keys = _canonical(written)
        meant = None if keys is None else chord(keys, self.types, self.tabs)
        if meant is None:
            return {"type": "press", "keys": written}
        self.pixels.notes.append(f"took {_joined(written)} for `{meant['type']}`")
        return meant

    def _start(self, name: str, given: Members) -> Point:
        """Return where a call starts: at its coordinate, or at the cursor."""
        if not given.keys().isdisjoint((*_POINT, _MARK)):
            return self._point(given)
        if self.cursor is None:
            raise InvalidAction(f"{name} starts at the cursor, whose position is not known: call mouse_move first")
        self._at_cursor = True
        return self.cursor

    def _scrolled(self, given: Members) -> Point:
        if self.cursor is None and given.keys().isdisjoint((*_POINT, _MARK)):
            center = self.pixels.target.box.center
            self.pixels.notes.append(f"scrolled at the centre {center}: the position of the cursor is not known")
            return center
        return self._start("scroll", given)

    def _drag(self, given: Members) -> list[Point]:
        start = _take(given, "start_coordinate", "start")
        if not given.keys().isdisjoint((*_END_POINT, _END_MARK)):
            begin = self.pixels.point(start) if start is not None else self._start("left_click_drag", given)
            return [begin, self._end(given)]
        begin = self.pixels.point(start) if start is not None else self._start("left_click_drag", {})
        return [begin, self._point(given)]

    def _point(self, given: Members) -> Point:
        return self.pixels.place(_take(given, *_POINT), _take(given, _MARK))

    def _end(self, given: Members) -> Point:
        return self.pixels.place(_take(given, *_END_POINT), _take(given, _END_MARK))

    def _add(self, action: AnyAction) -> None:
        previous = self.actions[-1] if self.actions else None
        match previous, action:
            case Move(), Click() | Drag() | Scroll() if self._at_cursor:
                self.actions[-1] = action
            case Type(submit=False), Press(keys=("enter",)):
                self.actions[-1] = previous.model_copy(update={"submit": True})
            case Navigate() | NewTab(url=str()), Press(keys=("enter",)) if self._typed_address:
                self._typed_address = False
            case Press(keys=keys), Type(text=str(text)) if keys in ADDRESS_BAR and "navigate" in self.types:
                self.actions[-1] = load({"type": "navigate", "url": text.strip()})
                self._typed_address = True
            case NewTab(url=None), Type(text=str(text)):
                self.actions[-1] = load({"type": "new_tab", "url": text.strip()})
                self._typed_address = True
            case _:
                self.actions.append(action)
        match action:
            case Click(point=point) | Move(point=point) | Scroll(point=point) | LongPress(point=point):
                self.cursor = point
            case Drag(path=path):
                self.cursor = path[-1]


def _take(given: Members, *names: str) -> object:
    """Remove and return the argument under the first of the names that exists; None if there is none."""
    for name in names:
        if name in given:
            return given.pop(name)
    return None


def _text(given: Members) -> object:
    text = _take(given, "text")
    return str(text) if isinstance(text, int) and not isinstance(text, bool) else text


def _seconds(given: Members) -> Members:
    time = _take(given, "time", "duration")
    return {} if time is None else {"seconds": read_number(time)}


def _pixels(given: Members) -> int:
    number = read_number(_take(given, "pixels"))
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise InvalidAction("scroll needs pixels, a number: positive scrolls up, negative down")
    return round(number)


def _keys(written: object) -> object:
    items = [written] if isinstance(written, str) else written
    if not isinstance(items, list):
        return items
    names: list[object] = []
    for item in items:
        if isinstance(item, str) and _KEYS_AS_CODE.search(item):
            words = re.sub(r"keys\s*=|[\[\]'\"]", "", item).split(",")
            names += [word.strip() for word in words if word.strip()]
        else:
            names.append(item)
    return names


def _keyevent(written: object) -> Members:
    """Return the action of an adb key event; Android's home, back and app_switch are separate actions."""
    if isinstance(written, list) and len(written) == 1:
        (written,) = written
    if not isinstance(written, str):
        raise InvalidAction("key needs a text, the name of one key event")
    name = written.strip().lower()
    if name.isdigit():
        raise InvalidAction("key needs the name of a key event, not its number")
    if (action := _KEYEVENT_ACTIONS.get(name.removeprefix("keycode_"))) is not None:
        return {"type": action}
    return {"type": "press", "keys": [key_of_keyevent(name) or written]}


def _tab(written: object) -> object:
    number = read_number(written)
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _canonical(written: object) -> tuple[str, ...] | None:
    """Return the canonical names of the keys; None if they are not names of keys, which `load` then explains."""
    names = [written] if isinstance(written, str) else written
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    if len(names) == 1 and re.sub(r"[\s_-]", "", names[0].lower()) in _BROWSER_BACK:
        return "alt", "left"
    try:
        return canonical_keys(names)
    except UnknownKey:
        return None


def _joined(written: object) -> str:
    return (
        "+".join(map(str, written)) if isinstance(written, Sequence) and not isinstance(written, str) else str(written)
    )
