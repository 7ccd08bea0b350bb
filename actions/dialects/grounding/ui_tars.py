"""UI-TARS when it is asked for a point: `(x,y)`, often between box tokens or in a click."""

from handeye.actions.dialects.grounding import words
from handeye.actions.dialects.grounding.answer import Answer, Found, search
from handeye.actions.replies.python_calls import read_calls


def _find(text: str) -> Found:
    calls = read_calls(text, ("click", "left_double", "right_single"), "")
    if calls.calls:
        arguments = [*calls.calls[0].positional, *calls.calls[0].named.values()]
        if arguments:
            return Found(arguments[0], calls.before, calls.notes)
    return search(text)


UI_TARS = Answer("ui_tars_point", lambda _: words.UI_TARS, _find, lambda x, y: f"<|box_start|>({x},{y})<|box_end|>")
