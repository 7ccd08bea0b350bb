"""Reads the arguments of the tool calls of the Qwen family: `computer_use` and `mobile_use` in all their editions.

It accepts more than any one edition offers: every argument and action that a model of the family writes for these
tools, if the meaning is unambiguous, and every action under the name of either of Qwen's functions.
"""

from collections.abc import Callable
from urllib.parse import quote_plus

from handeye.actions.dialects.parts.arguments import (
    Members,
    in_call_words,
    read_flag,
    read_keyevent,
    read_keys,
    read_pixels,
    read_seconds,
    read_tab,
    read_text,
    take,
)
from handeye.actions.dialects.parts.batch import Batch
from handeye.actions.dialects.parts.functions import Tool
from handeye.actions.geometry import Point
from handeye.actions.schema import InvalidAction

Far = Callable[[int, int], tuple[int, int]]
"""Returns how far to scroll right and down, in pixels of the target, for two numbers of a call, of which one is 0."""

_POINT = ("coordinate", "coordinates", "point", "position")
_END_POINT = ("coordinate2", "coordinates2", "end_coordinate")
_MARK, _END_MARK = "mark", "mark2"
_COMPUTER_CLICKS: dict[str, Members] = {
    "left_click": {},
    "click": {},
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
    """Reads the calls of one reply, in order, into a batch.

    In these tools a scroll, a drag and a click without a coordinate start at the cursor.
    """

    def __init__(self, tool: Tool, batch: Batch, far: Far) -> None:
        """`far` returns how far to scroll right and down, in pixels of the target, for what a call writes."""
        self.tool = tool
        self.batch = batch
        self._far = far
        self._at_cursor = False

    def read(self, arguments: Members) -> None:
        """Add the actions of one call; raise `InvalidAction` if it is not one."""
        given = {name: value for name, value in arguments.items() if value is not None and value != ""}
        if arguments.get("text") == "":
            given["text"] = ""
        name = given.pop("action", None)
        if not isinstance(name, str):
            raise InvalidAction(f"a call of {self.tool} needs an action")
        self._at_cursor = False
        name = name.strip().lower()
        if name in ("type", "input_text") and not given.keys().isdisjoint((*_POINT, _MARK)):
            # Some editions focus and type in one call.
            self.batch.add({"type": "click", "point": self._point(given)})
        members = {key: value for key, value in self._members(name, given).items() if value is not None}
        for unused in given:
            self.batch.note(f"ignored the argument {unused[:40]!r}")
        try:
            self.batch.add(members, at_cursor=self._at_cursor)
        except InvalidAction as error:
            raise InvalidAction(in_call_words(str(error), str(members["type"]), name)) from error

    def _members(self, name: str, given: Members) -> Members:
        """Return the members of the unified action, and remove the used arguments from `given`."""
        match self.tool, name:
            case _, "type" | "input_text":
                return {
                    "type": "type",
                    "text": read_text(given),
                    "clear": read_flag(given, "clear", "delete_existing_text"),
                    "submit": read_flag(given, "enter", "press_enter"),
                }
            case _, "wait" | "sleep":
                return {"type": "wait", **read_seconds(given)}
            case _, "terminate":
                message = take(given, "message")
                return {
                    "type": "terminate",
                    "status": take(given, "status"),
                    **({} if message is None else {"message": message}),
                }
            case _, "answer":
                return {"type": "answer", "text": read_text(given)}
            case _, "report_infeasible":
                text = read_text(given)
                return {"type": "terminate", "status": "infeasible", **({} if text is None else {"message": text})}
            case _, "interact":
                return {"type": "ask_user", "text": read_text(given)}
            case _, "visit_url":
                return {"type": "navigate", "url": take(given, "url", "text")}
            case _, "web_search":
                return {"type": "navigate", "url": _searched(take(given, "query", "text"))}
            case _, "pause_and_memorize_fact":
                return {"type": "note", "text": take(given, "fact", "text")}
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
            case "computer_use", "key" | "keypress":
                return self.batch.pressed(read_keys(take(given, "keys", "key", "text")))
            case "computer_use", "key_click":
                modifiers = read_keys(take(given, "keys", "key", "text"))
                if modifiers is None:
                    raise InvalidAction("key_click needs keys, those that are held down")
                return {"type": "click", "point": self._start(name, given), "modifiers": modifiers}
            case "computer_use", "hscroll":
                far = self._far(read_pixels(given, name, "positive scrolls right, negative left"), 0)
                return {"type": "scroll", "point": self._scrolled(given), "dx": far[0]}
            case "computer_use", "mouse_move" | "hover":
                return {"type": "move", "point": self._point(given)}
            case "computer_use", "left_click_drag":
                return {"type": "drag", "path": self._drag(given)}
            case "computer_use", "scroll":
                far = self._far(0, -read_pixels(given, name, "positive scrolls up, negative down"))
                return {"type": "scroll", "point": self._scrolled(given), "dy": far[1]}
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

    def _start(self, name: str, given: Members) -> Point:
        """Return where a call starts: at its coordinate, or at the cursor."""
        if not given.keys().isdisjoint((*_POINT, _MARK)):
            return self._point(given)
        self._at_cursor = True
        return self.batch.start(name, "mouse_move")

    def _scrolled(self, given: Members) -> Point:
        if not given.keys().isdisjoint((*_POINT, _MARK)):
            return self._point(given)
        self._at_cursor = self.batch.cursor is not None
        return self.batch.middle()

    def _drag(self, given: Members) -> list[Point]:
        start = take(given, "start_coordinate", "start")
        if not given.keys().isdisjoint((*_END_POINT, _END_MARK)):
            begin = self.batch.places.point(start) if start is not None else self._start("left_click_drag", given)
            return [begin, self._end(given)]
        begin = self.batch.places.point(start) if start is not None else self._start("left_click_drag", {})
        return [begin, self._point(given)]

    def _point(self, given: Members) -> Point:
        return self.batch.places.place(take(given, *_POINT), take(given, _MARK))

    def _end(self, given: Members) -> Point:
        point, mark = take(given, *_END_POINT), take(given, _END_MARK)
        if point is None and mark is None:
            raise InvalidAction("coordinate2 is missing, the point to move to")
        return self.batch.places.place(point, mark)


def _searched(query: object) -> object:
    """Return the address of a web search, of the engine that Fara's own runner uses."""
    return f"https://www.bing.com/search?q={quote_plus(query)}&FORM=QBLH" if isinstance(query, str) else query
