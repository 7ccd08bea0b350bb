"""`Click(x, y)`, or the same as a JSON object: Holo1 and Holo1.5."""

from collections.abc import Callable

from handeye.actions.dialects.grounding import words
from handeye.actions.dialects.grounding.answer import Answer, Found, first_of, search
from handeye.actions.replies.objects import Object, read_reply
from handeye.actions.replies.python_calls import Unreadable, read_calls
from handeye.actions.schema import InvalidAction


def _find(text: str) -> Found:
    calls = read_calls(text, ("Click", "click", "click_absolute", "ClickAbsolute"), "")
    if calls.calls:
        return _of_call(calls.calls[0].bound, calls.before, (*calls.notes, *first_of(len(calls.calls))))
    reply = read_reply(text, lambda value: {"x", "y"} <= value.keys(), "")
    if reply.objects:
        members = reply.objects[0]
        return Found([members["x"], members["y"]], reply.prose, reply.notes)
    return search(text)


def _of_call(bound: Callable[..., Object], before: str, notes: tuple[str, ...]) -> Found:
    try:
        given = bound("x", "y", "x2", "y2")
    except Unreadable as error:
        raise InvalidAction(str(error)) from error
    numbers = [given[name] for name in ("x", "y", "x2", "y2") if name in given]
    return Found(numbers[0] if len(numbers) == 1 else numbers, before, notes)


CLICK = Answer("click_call", lambda _: words.CLICK, _find, lambda x, y: f"Click({x}, {y})")
