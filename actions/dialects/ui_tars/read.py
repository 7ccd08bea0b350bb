"""Reads the replies of UI-TARS: calls under the label `Action:`, after a thought or a reflection.

The calls of both action spaces are read on every screen, and those that the makers' own parser takes besides.
"""

import re

from handeye.actions.dialects.parts.arguments import take
from handeye.actions.dialects.parts.batch import Batch, Members, Said
from handeye.actions.dialects.parts.scrolling import NOTCH, along, half
from handeye.actions.fields import MAX_KEYS
from handeye.actions.keys import UnknownKey, canonical_keys
from handeye.actions.reading import Reading, read_number
from handeye.actions.replies.lenient_json import whole_characters
from handeye.actions.replies.python_calls import PythonCall, Unreadable, read_calls
from handeye.actions.replies.sections import joined, labelled
from handeye.actions.schema import InvalidAction

NOTCHES = 5
"""The notches that the makers' own runner turns the wheel by."""
SECONDS = 5.0
"""How long a wait is."""
_LABEL = re.compile(
    r"(?:^|(?<=\n))[ \t*#]*(?P<name>Thought|Reflection|Action_Summary|Action)[ \t*]*[:\uff1a]", re.IGNORECASE
)
# Within a line, only before a call.
_WITHIN = re.compile(r"(?:^|(?<=[\s.!?]))(?P<name>Action)[:\uff1a](?=\s*[a-z_]+[(\uff08])", re.IGNORECASE)
_TAGS = re.compile(r"</?(?:Thought|Output|think)>\n?|<\|im_(?:start|end)\|>(?:assistant)?|```\w*", re.IGNORECASE)
_NAMED = re.compile(r"\A(?:Thought|Reflection)[ \t]*[:\uff1a]\s*", re.IGNORECASE)
_BEFORE_A_CALL = re.compile(r"(?:^|\n)[ \t`]*\Z")
_MISSING = "the reply contains no action: answer with `Thought: ...` and `Action: ...`"
_POINT = ("start_box", "point", "start_point", "box")
_END_POINT = ("end_box", "end_point")
_CLICKS: dict[str, Members] = {
    "click": {},
    "left_single": {},
    "left_double": {"count": 2},
    "double_click": {"count": 2},
    "right_single": {"button": "right"},
    "right_click": {"button": "right"},
    "middle_click": {"button": "middle"},
}
_PARAMETERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_CLICKS, ("start_box",)),
    **dict.fromkeys(("hover", "mouse_move", "long_press"), ("start_box", "time")),
    **dict.fromkeys(("drag", "select", "left_click_drag", "swipe"), ("start_box", "end_box")),
    **dict.fromkeys(("hotkey", "press", "keydown", "release", "keyup"), ("key",)),
    **dict.fromkeys(("type", "finished", "call_user"), ("content",)),
    "scroll": ("start_box", "direction"),
    "wait": ("time",),
    "open_app": ("app_name",),
    **dict.fromkeys(("press_home", "press_back", "press_enter"), ()),
}


def read(text: str, batch: Batch, touch: bool) -> Reading:
    """Return what a reply asks for; `touch` says that the screen is a phone's, which scrolls by half of itself."""
    text = whole_characters(text)
    sections = labelled(text, _LABEL)
    if all(section.name != "action" for section in sections):
        sections = labelled(text, _WITHIN)
    labels = [section.name for section in sections]
    acted = "action" in labels
    thought = _plain(joined(sections, "thought", "reflection") or (sections[0].text if acted else ""))
    conclusion = _plain(joined(sections, "action_summary"))
    calls = read_calls(joined(sections, "action") if acted else text, _PARAMETERS, _MISSING)
    failure = calls.failure
    if not acted:
        # Without the label, only a call on a line of its own is meant as one.
        thought = thought if failure else _plain(calls.before)
        if calls.calls and _BEFORE_A_CALL.search(calls.before) is None:
            thought, failure = _plain(text), _MISSING
    if failure is not None:
        return Reading.of_problem(failure, text, thought, conclusion)
    reader = _Reader(batch, touch)
    return batch.read(Said(text, thought, conclusion, calls.notes), calls.calls, reader.read)


class _Reader:
    def __init__(self, batch: Batch, touch: bool) -> None:
        self.batch = batch
        self.touch = touch

    def read(self, call: PythonCall) -> None:
        try:
            given = call.bound(*_PARAMETERS[call.name])
        except Unreadable as error:
            raise InvalidAction(str(error)) from error
        given = {name: value for name, value in given.items() if value is not None}
        if call.name in ("keydown", "keyup", "release"):
            for key in _keys(given):
                (self.batch.hold if call.name == "keydown" else self.batch.release)(key)
        else:
            members = self._members(call.name, given)
            self.batch.add(members)
        for unused in given:
            self.batch.note(f"ignored the argument {unused[:40]!r}")

    def _members(self, name: str, given: Members) -> Members:
        """Return the members of the unified action, and remove the used arguments from `given`."""
        point = self.batch.places.point
        match name:
            case "hover" | "mouse_move":
                return {"type": "move", "point": point(take(given, *_POINT))}
            case "long_press":
                seconds = take(given, "time")
                start = point(take(given, *_POINT))
                return {"type": "long_press", "point": start, **_seconds(seconds)}
            case "drag" | "select" | "left_click_drag" | "swipe":
                return {"type": "drag", "path": [point(take(given, *_POINT)), point(take(given, *_END_POINT))]}
            case "hotkey" | "press":
                return self.batch.pressed(_keys(given))
            case "type":
                return _typed(take(given, "content", "text"))
            case "scroll":
                return self._scrolled(given)
            case "wait":
                return {"type": "wait", "seconds": SECONDS, **_seconds(take(given, "time", "seconds"))}
            case "finished":
                content = take(given, "content")
                return {"type": "terminate", "status": "success", **({} if content is None else {"message": content})}
            case "call_user":
                return {"type": "ask_user", "text": take(given, "content") or ""}
            case "open_app":
                return {"type": "open_app", "name": take(given, "app_name", "name")}
            case "press_home":
                return {"type": "home"}
            case "press_back":
                return {"type": "back"}
            case "press_enter":
                return {"type": "press", "keys": ["enter"]}
            case _:
                return {"type": "click", "point": point(take(given, *_POINT)), **_CLICKS[name]}

    def _scrolled(self, given: Members) -> Members:
        written = take(given, *_POINT)
        start = self.batch.middle() if written is None else self.batch.places.point(written)
        end = take(given, *_END_POINT)
        if end is not None:  # as the first edition scrolled on a phone: from a point to another
            return {"type": "drag", "path": [start, self.batch.places.point(end)]}
        direction = take(given, "direction")
        distance = half(self.batch.places.target, direction) if self.touch else NOTCHES * NOTCH
        return {"type": "scroll", "point": start, **along(direction, distance)}


def _typed(content: object) -> Members:
    """Return the members of typing a text, at whose end a line feed submits; it may be escaped once too often."""
    if not isinstance(content, str):
        content = str(content) if isinstance(content, int) and not isinstance(content, bool) else content
        return {"type": "type", "text": content}
    text = content.removesuffix("\\n").removesuffix("\n")
    return {"type": "type", "text": text, "submit": text != content}


def _keys(given: Members) -> list[str]:
    """Return the names of keys, which are separated by spaces."""
    written = take(given, "key", "hotkey", "keys")
    names = [written] if isinstance(written, str) else written if isinstance(written, list) else []
    words = [word for name in names if isinstance(name, str) for word in _separate(name)]
    if not words or len(words) > MAX_KEYS:
        raise InvalidAction("hotkey needs a key, such as key='ctrl c'")
    return words


def _separate(name: str) -> list[str]:
    """Return the words of a chord; a single key may have a name of several words, such as `page down`."""
    words = name.split()
    try:
        canonical_keys(words)
    except UnknownKey:
        return [name]
    return words or ["space"] * bool(name)


def _plain(text: str) -> str:
    """Return a text without the markup around it."""
    return _NAMED.sub("", _TAGS.sub("", text).strip())


def _seconds(written: object) -> Members:
    number = read_number(written)
    return {} if number is None or number == "" else {"seconds": number}
