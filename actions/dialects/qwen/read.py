"""Converts the arguments of Qwen2.5-VL's tool calls to actions.

It accepts slightly more than the functions offer: also the arguments that later Qwen models use for the same tools, if
the meaning is unambiguous, and every action under the name of either function.
"""

from collections.abc import Collection

from handeye.actions.dialects.qwen.arguments import (
    Members,
    canonical,
    in_call_words,
    joined,
    read_keyevent,
    read_keys,
    read_pixels,
    read_seconds,
    read_tab,
    read_text,
    take,
)
from handeye.actions.dialects.qwen.chords import ADDRESS_BAR, TabStrip, chord
from handeye.actions.dialects.qwen.prompt import Tool
from handeye.actions.geometry import Point
from handeye.actions.pixels import PixelReader
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
        name = name.strip().lower()
        members = {key: value for key, value in self._members(name, given).items() if value is not None}
        try:
            action = load(members)
        except InvalidAction as error:
            raise InvalidAction(in_call_words(str(error), str(members["type"]), name)) from error
        self.pixels.notes += [f"ignored the argument {unused[:40]!r}" for unused in given]
        self._add(action)

    def _members(self, name: str, given: Members) -> Members:
        """Return the members of the unified action, and remove the used arguments from `given`."""
        match self.tool, name:
            case _, "type":
                return {"type": "type", "text": read_text(given)}
            case _, "wait":
                return {"type": "wait", **read_seconds(given)}
            case _, "terminate":
                return {"type": "terminate", "status": take(given, "status")}
            case _, "answer":
                return {"type": "answer", "text": read_text(given)}
            case _, "report_infeasible":
                text = read_text(given)
                return {"type": "terminate", "status": "infeasible", **({} if text is None else {"message": text})}
            case _, "interact":
                return {"type": "ask_user", "text": read_text(given)}
            case _, "visit_url":
                return {"type": "navigate", "url": take(given, "url", "text")}
            case _, "history_back":
                return {"type": "back"}
            case _, "new_tab":
                url = take(given, "url")
                return {"type": "new_tab"} if url is None else {"type": "new_tab", "url": url}
            case _, "switch_tab":
                return {"type": "switch_tab", "index": read_tab(take(given, "tab", "index"))}
            case _, "close_tab":
                index = take(given, "tab", "index")
                return {"type": "close_tab"} if index is None else {"type": "close_tab", "index": read_tab(index)}
            case _, "open":
                return {"type": "open_app", "name": read_text(given)}
            case _, "long_press":
                return {"type": "long_press", "point": self._point(given), **read_seconds(given)}
            case _, "drag":
                held = read_seconds(given)
                path = [self._point(given), self._end(given)]
                return {"type": "drag", "path": path, **({"hold_seconds": held["seconds"]} if held else {})}
            case _, "hold_key":
                return {
                    "type": "hold",
                    "keys": read_keys(take(given, "keys", "key", "text")),
                    "seconds": 1.0,
                    **read_seconds(given),
                }
            case _, "replace_text":
                return {"type": "type", "text": read_text(given), "clear": True}
            case _, "type_secret":
                return {"type": "type", "secret": read_text(given)}
            case "computer_use", "key":
                return self._pressed(read_keys(take(given, "keys", "key", "text")))
            case "computer_use", "key_click":
                modifiers = read_keys(take(given, "keys", "key", "text"))
                if modifiers is None:
                    raise InvalidAction("key_click needs keys, those that are held down")
                return {"type": "click", "point": self._start(name, given), "modifiers": modifiers}
            case "computer_use", "hscroll":
                return {
                    "type": "scroll",
                    "point": self._scrolled(given),
                    "dx": self.pixels.distance(read_pixels(given, name, "positive scrolls right, negative left"), 0)[0],
                }
            case "computer_use", "mouse_move":
                return {"type": "move", "point": self._point(given)}
            case "computer_use", "left_click_drag":
                return {"type": "drag", "path": self._drag(given)}
            case "computer_use", "scroll":
                return {
                    "type": "scroll",
                    "point": self._scrolled(given),
                    "dy": self.pixels.distance(0, -read_pixels(given, name, "positive scrolls up, negative down"))[1],
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
                button = take(given, "button")
                members = _SYSTEM_BUTTONS.get(button.lower() if isinstance(button, str) else None)
                if members is None:
                    raise InvalidAction("the button must be Back, Home, Menu or Enter")
                return members
            case "mobile_use", "key":
                return read_keyevent(take(given, "text", "keys", "key"))
            case _:
                raise InvalidAction(f"{self.tool} has no action {name[:40]!r}")

    def _pressed(self, written: object) -> Members:
        """Return the members of a press, or of the action that the chord stands for here."""
        keys = canonical(written)
        meant = None if keys is None else chord(keys, self.types, self.tabs)
        if meant is None:
            return {"type": "press", "keys": written}
        self.pixels.notes.append(f"took {joined(written)} for `{meant['type']}`")
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
        start = take(given, "start_coordinate", "start")
        if not given.keys().isdisjoint((*_END_POINT, _END_MARK)):
            begin = self.pixels.point(start) if start is not None else self._start("left_click_drag", given)
            return [begin, self._end(given)]
        begin = self.pixels.point(start) if start is not None else self._start("left_click_drag", {})
        return [begin, self._point(given)]

    def _point(self, given: Members) -> Point:
        return self.pixels.place(take(given, *_POINT), take(given, _MARK))

    def _end(self, given: Members) -> Point:
        point, mark = take(given, *_END_POINT), take(given, _END_MARK)
        if point is None and mark is None:
            raise InvalidAction("coordinate2 is missing, the point to move to")
        return self.pixels.place(point, mark)

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
                self.actions[-1] = _opened("navigate", text)
                self._typed_address = True
            case NewTab(url=None), Type(text=str(text)):
                self.actions[-1] = _opened("new_tab", text)
                self._typed_address = True
            case _:
                self.actions.append(action)
        match action:
            case Click(point=point) | Move(point=point) | Scroll(point=point) | LongPress(point=point):
                self.cursor = point
            case Drag(path=path):
                self.cursor = path[-1]


def _opened(kind: str, address: str) -> AnyAction:
    """Return the action that opens what was typed into the address bar."""
    try:
        return load({"type": kind, "url": address.strip()})
    except InvalidAction as error:
        raise InvalidAction(f"a text for the address bar {str(error).removeprefix(f'{kind}.url: ')}") from error
