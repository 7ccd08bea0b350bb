"""A call of one of ScaleCUA's functions in the tag `action`, such as `click(x=10, y=20)`."""

from handeye.actions.dialects.grounding import words
from handeye.actions.dialects.grounding.answer import Answer, Found, first_of, search
from handeye.actions.replies.python_calls import Unreadable, read_calls
from handeye.actions.schema import InvalidAction

_FUNCTIONS = ("click", "doubleClick", "rightClick", "moveTo", "dragTo")


def _find(text: str) -> Found:
    calls = read_calls(text, _FUNCTIONS, "")
    if not calls.calls:
        return search(text)
    try:
        given = calls.calls[0].bound("x", "y")
    except Unreadable as error:
        raise InvalidAction(str(error)) from error
    place = [given[name] for name in ("x", "y") if name in given]
    return Found(place[0] if len(place) == 1 else place, "", (*calls.notes, *first_of(len(calls.calls))))


ACTION = Answer("action_call", lambda _: words.ACTION, _find, lambda x, y: f"<action>\nclick(x={x}, y={y})\n</action>")
