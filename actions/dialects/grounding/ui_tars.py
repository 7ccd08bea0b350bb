"""UI-TARS-1.5 when it is asked for one action without a thought: a click. The point alone is read too."""

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


def _form(x: float, y: float) -> str:
    return f"Action: click(start_box='<|box_start|>({x},{y})<|box_end|>')"


UI_TARS = Answer("ui_tars_point", lambda _: words.UI_TARS, _find, _form)
