"""Reads the replies of UI-Venus-Navi. All functions are read on every screen."""

from handeye.actions.dialects.parts.arguments import take
from handeye.actions.dialects.parts.batch import Batch, Members, Said
from handeye.actions.dialects.parts.scrolling import along, half
from handeye.actions.geometry import Point
from handeye.actions.reading import Reading
from handeye.actions.replies.lenient_json import whole_characters
from handeye.actions.replies.python_calls import PythonCall, Unreadable, read_calls
from handeye.actions.replies.sections import joined, tagged
from handeye.actions.schema import InvalidAction

TAGS = ("think", "action", "conclusion")
SECONDS = 5.0
"""How long a wait is."""
PRESS_SECONDS = 1.0
"""How long a long press is."""
_MISSING = "the reply contains no action: answer with <think>...</think><action>...</action>"
_PARAMETERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("Click", "LongPress", "Hover", "DoubleClick"), ("box",)),
    "Drag": ("start", "end"),
    "Scroll": ("start", "end", "direction"),
    **dict.fromkeys(("Type", "Finished", "CallUser", "Answer"), ("content",)),
    "Launch": ("app", "url"),
    "Hotkey": ("keys",),
    **dict.fromkeys(("Wait", "PressBack", "PressHome", "PressEnter", "PressRecent"), ()),
}
_BY_LOWER = {name.lower(): name for name in _PARAMETERS}
_NAMES = frozenset((*_PARAMETERS, *_BY_LOWER))


def read(text: str, batch: Batch, enters: bool) -> Reading:
    """Return what a reply asks for; `enters` says that enter follows every text, as in a browser."""
    text = whole_characters(text)
    sections = tagged(text, TAGS)
    thought = joined(sections, "think")
    conclusion = joined(sections, "conclusion")
    calls = read_calls(joined(sections, "action") or joined(sections, ""), _NAMES, _MISSING)
    if calls.failure is not None:
        return Reading.of_problem(calls.failure, text, thought or joined(sections, ""), conclusion)
    said = Said(text, thought or calls.before.strip(), conclusion, calls.notes)
    reader = _Reader(batch, enters)
    return batch.read(said, calls.calls, reader.read)


class _Reader:
    def __init__(self, batch: Batch, enters: bool) -> None:
        self.batch = batch
        self.enters = enters

    def read(self, call: PythonCall) -> None:
        name = _BY_LOWER[call.name.lower()]
        try:
            given = call.bound(*_PARAMETERS[name])
        except Unreadable as error:
            raise InvalidAction(str(error)) from error
        given = {key: value for key, value in given.items() if value is not None and value != ""}
        self.batch.add(self._members(name, given))
        for unused in given:
            self.batch.note(f"ignored the argument {unused[:40]!r}")

    def _members(self, name: str, given: Members) -> Members:
        """Return the members of the unified action, and remove the used arguments from `given`."""
        match name:
            case "Click":
                return {"type": "click", "point": self._point(given)}
            case "DoubleClick":
                return {"type": "click", "point": self._point(given), "count": 2}
            case "Hover":
                return {"type": "move", "point": self._point(given)}
            case "LongPress":
                return {"type": "long_press", "point": self._point(given), "seconds": PRESS_SECONDS}
            case "Drag":
                return {"type": "drag", "path": [self._place(given, "start"), self._place(given, "end")]}
            case "Scroll":
                return self._scrolled(given)
            case "Type":
                content = take(given, "content")
                text = "" if content is None else str(content) if isinstance(content, int | float) else content
                return {"type": "type", "text": text, "submit": self.enters}
            case "Launch":
                app, url = take(given, "app"), take(given, "url")
                return {"type": "open_app", "name": app} if url is None else {"type": "navigate", "url": url}
            case "Finished":
                content = take(given, "content")
                return {"type": "terminate", "status": "success", **({} if content is None else {"message": content})}
            case "CallUser" | "Answer":
                return {"type": "answer", "text": take(given, "content") or ""}
            case "Hotkey":
                return self.batch.pressed(take(given, "keys"))
            case "Wait":
                return {"type": "wait", "seconds": SECONDS}
            case "PressEnter":
                return {"type": "press", "keys": ["enter"]}
            case _:
                return {"type": {"PressBack": "back", "PressHome": "home", "PressRecent": "recent_apps"}[name]}

    def _scrolled(self, given: Members) -> Members:
        """Return the members of a scroll: by the way from `start` to `end`, or by half of the screen."""
        direction = take(given, "direction")
        target = self.batch.places.target
        start = self._place(given, "start") if "start" in given else None
        if start is not None and "end" in given:
            end = self._place(given, "end")
            if end != start:
                # The finger takes the screen along: what is shown lies the other way.
                return {"type": "scroll", "point": start, "dx": start.x - end.x, "dy": start.y - end.y}
        point = start or self.batch.cursor or target.box.center
        return {"type": "scroll", "point": point, **along(direction, half(target, direction))}

    def _point(self, given: Members) -> Point:
        return self.batch.places.point(take(given, "box", "point"))

    def _place(self, given: Members, name: str) -> Point:
        return self.batch.places.point(take(given, name))
