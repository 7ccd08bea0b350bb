"""Reads calls of PyAutoGUI's functions, and of those that models know beside them, under their bare names.

Keys and mouse buttons that are held down and released become one action each.
"""

from fractions import Fraction
from typing import NamedTuple

from handeye.actions.dialects.parts.arguments import take
from handeye.actions.dialects.parts.batch import Batch, Members
from handeye.actions.dialects.parts.scrolling import turned
from handeye.actions.geometry import Point
from handeye.actions.places import PlaceReader
from handeye.actions.points import PARTS
from handeye.actions.reading import MAX_ACTIONS, read_number
from handeye.actions.replies.python_calls import PythonCall, Unreadable
from handeye.actions.schema import InvalidAction

_TIMING = ("interval", "duration", "tween", "pause", "_pause", "logScreenshot", "mouseDownUp")
"""Arguments that say how fast, which the environment decides."""


class _Click(NamedTuple):
    times: int
    button: str


_CLICKS = {
    "click": _Click(1, "left"),
    "leftClick": _Click(1, "left"),
    "rightClick": _Click(1, "right"),
    "middleClick": _Click(1, "middle"),
    "doubleClick": _Click(2, "left"),
    "tripleClick": _Click(3, "left"),
    "triple_click": _Click(3, "left"),
}
_AT = ("x", "y")
PARAMETERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_CLICKS, (*_AT, "interval", "button", "duration")),
    "click": (*_AT, "clicks", "interval", "button", "duration"),
    "moveTo": (*_AT, "duration", "tween"),
    "dragTo": (*_AT, "duration", "tween", "button"),
    "mouseDown": (*_AT, "button"),
    "mouseUp": (*_AT, "button"),
    **dict.fromkeys(("scroll", "vscroll", "hscroll"), ("clicks", *_AT)),
    **dict.fromkeys(("write", "typewrite"), ("message", "interval")),
    "press": ("keys", "presses", "interval"),
    **dict.fromkeys(("keyDown", "keyUp"), ("key",)),
    "hotkey": (),
    **dict.fromkeys(("sleep", "wait"), ("seconds",)),
    "terminate": ("status", "answer"),
    "call_user": ("text",),
    "response": ("answer",),
}
"""The names of the parameters of each function, in order."""
_STATUS = {"success": "success", "fail": "failure", "failure": "failure"}


class PyAutoGui:
    """Reads the calls of one reply, in order, into a batch; after the last one, `None` checks that nothing is held."""

    def __init__(self, batch: Batch, wait: float) -> None:
        """`wait` is how long `wait` waits without an argument, in seconds."""
        self.batch = batch
        self._seconds = wait
        self._parts = PlaceReader(batch.places.frame, batch.places.target, points=PARTS)
        self._down: _Button | None = None

    def read(self, call: PythonCall | None) -> None:
        """Add the actions of a call; raise `InvalidAction` if it means nothing."""
        if call is None:
            if self._down is not None:
                raise InvalidAction("the code holds a mouse button down and does not release it")
            return
        name = call.name.rpartition(".")[2]
        given = self._bound(call, name)
        self._act(name, given)
        for unused in given:
            if unused not in _TIMING:
                self.batch.note(f"ignored the argument {unused[:40]!r}")

    def _bound(self, call: PythonCall, name: str) -> Members:
        if name == "hotkey":
            return {"keys": [*call.positional], **call.named}
        try:
            return call.bound(*PARAMETERS[name])
        except Unreadable as error:
            raise InvalidAction(str(error)) from error

    def _act(self, name: str, given: Members) -> None:
        add = self.batch.add
        match name:
            case "moveTo":
                self._move(self._point(given, name))
            case "mouseDown" | "mouseUp":
                self._button(name, given)
            case "dragTo":
                start = self.batch.start("dragTo", "moveTo")
                button = take(given, "button") or "left"
                add({"type": "drag", "path": [start, self._point(given, name)], "button": button}, at_cursor=True)
            case "scroll" | "vscroll" | "hscroll":
                distance = turned(take(given, "clicks", "amount"))
                point, moved = self._start(given, name)
                way = {"dx": distance} if name == "hscroll" else {"dy": -distance}
                add({"type": "scroll", "point": point, **way}, at_cursor=moved)
            case "write" | "typewrite":
                self._write(take(given, "message", "text"))
            case "press":
                self._press(take(given, "keys", "key"), take(given, "presses"))
            case "keyDown":
                self.batch.hold(_key(take(given, "key")))
            case "keyUp":
                self.batch.release(_key(take(given, "key")))
            case "hotkey":
                keys = take(given, "keys")
                flat = keys[0] if isinstance(keys, list) and len(keys) == 1 and isinstance(keys[0], list) else keys
                add(self.batch.pressed(flat))
            case "sleep" | "wait":
                self._wait(read_number(take(given, "seconds", "secs")), self._seconds if name == "wait" else 1.0)
            case "terminate":
                status, answer = take(given, "status"), take(given, "answer", "info")
                known = _STATUS.get(status.strip().lower()) if isinstance(status, str) else None
                add({"type": "terminate", "status": known or status, **({} if answer is None else {"message": answer})})
            case "call_user":
                add({"type": "ask_user", "text": take(given, "text") or ""})
            case "response":
                add({"type": "answer", "text": take(given, "answer")})
            case _:
                self._click(name, given)

    def _click(self, name: str, given: Members) -> None:
        count, button = _CLICKS[name]
        point, moved = self._start(given, name)
        clicks, written = take(given, "clicks"), take(given, "button")
        self.batch.add(
            {
                "type": "click",
                "point": point,
                "count": count if clicks is None else clicks,
                "button": _button(written) if written is not None else button,
            },
            at_cursor=moved,
        )

    def _move(self, point: Point) -> None:
        if self._down is None:
            self.batch.add({"type": "move", "point": point})
        else:
            self._down.path.append(point)

    def _button(self, name: str, given: Members) -> None:
        point = self._start(given, name)[0] if self._down is None or "x" in given else self._down.path[-1]
        button = _button(take(given, "button") or "left")
        if name == "mouseDown":
            if self._down is not None:
                raise InvalidAction("the code presses a mouse button that is down")
            self._down = _Button([point], button)
            return
        down, self._down = self._down, None
        if down is None or down.button != button:
            raise InvalidAction("the code releases a mouse button that is not down")
        if point != down.path[-1]:
            down.path.append(point)
        self.batch.add(down.members(), at_cursor=True)

    def _wait(self, seconds: object, otherwise: float) -> None:
        if self._down is None:
            self.batch.add({"type": "wait", "seconds": otherwise if seconds is None else seconds})
        elif isinstance(seconds, int | float) and len(self._down.path) == 1:
            self._down.seconds += seconds

    def _write(self, message: object) -> None:
        # A list is written key by key, as PyAutoGUI does.
        if isinstance(message, list):
            self._press(message, 1)
        else:
            self.batch.add({"type": "type", "text": message})

    def _press(self, keys: object, presses: object) -> None:
        names = keys if isinstance(keys, list) else [keys]
        times = 1 if presses is None else presses
        if type(times) is not int or not 0 < times * len(names) <= MAX_ACTIONS:
            raise InvalidAction(f"press needs 1 to {MAX_ACTIONS} presses")
        for name in names * times:
            self.batch.add(self.batch.pressed(name))

    def _start(self, given: Members, name: str) -> tuple[Point, bool]:
        """Return where a call acts, and whether that is the cursor."""
        if given.get("x") is not None:
            return self._point(given, name), False
        if "scroll" in name:
            return self.batch.middle(), True
        return self.batch.start(name, "moveTo"), True

    def _point(self, given: Members, name: str) -> Point:
        x, y = take(given, "x"), take(given, "y")
        written = x if y is None and isinstance(x, list) else [x, y]
        if x is None:
            raise InvalidAction(f"{name} needs x and y")
        if _is_part(written):
            self.batch.note(f"took {written} for parts of the image")
            return self._parts.point(written)
        return self.batch.places.point(written)


class _Button:
    """A mouse button that is down."""

    def __init__(self, path: list[Point], button: str) -> None:
        self.path = path
        self.button = button
        self.seconds: float = 0.0

    def members(self) -> Members:
        """Return the action that it was."""
        if len(self.path) > 1:
            return {"type": "drag", "path": self.path, "button": self.button, "hold_seconds": self.seconds}
        if self.seconds > 0 and self.button == "left":
            return {"type": "long_press", "point": self.path[0], "seconds": self.seconds}
        return {"type": "click", "point": self.path[0], "button": self.button}


def _is_part(written: object) -> bool:
    """Return whether a point is written in parts of the image, as the first of these models did."""
    if not isinstance(written, list) or len(written) != 2:
        return False
    numbers = [number for number in written if isinstance(number, float)]
    whole = [number for number in written if number in (0, 1) and type(number) is int]
    return bool(numbers) and len(numbers) + len(whole) == 2 and all(0 <= Fraction(number) <= 1 for number in numbers)


def _button(written: object) -> str:
    return str(written).lower().removeprefix("pyautogui.") if isinstance(written, str) else str(written)


def _key(written: object) -> str:
    if not isinstance(written, str):
        raise InvalidAction("keyDown and keyUp need the name of a key")
    return written
