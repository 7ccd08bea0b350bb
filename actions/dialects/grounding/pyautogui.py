"""A line of PyAutoGUI code that clicks: OpenCUA, and GTA1 on OpenCUA."""

import re

from handeye.actions.dialects.grounding import words
from handeye.actions.dialects.grounding.answer import Answer, Found, first_of, search
from handeye.actions.replies.python_calls import Unreadable, read_calls
from handeye.actions.schema import InvalidAction

_NAMES = (
    *(f"pyautogui.{name}" for name in ("click", "doubleClick", "rightClick", "middleClick", "tripleClick", "moveTo")),
    "computer.triple_click",
    "click",
)
_AROUND = re.compile(r"^(?:#{1,3}[ \t]{0,8}\w{1,20}:?|import \w{1,40})[ \t]*\n+", re.MULTILINE)
"""Headings and imports before the call."""


def _find(text: str) -> Found:
    calls = read_calls(text, _NAMES, "")
    if not calls.calls:
        return search(text)
    call = calls.calls[0]
    try:
        given = call.bound("x", "y", *(f"argument {number}" for number in range(2, len(call.positional))))
    except Unreadable as error:
        raise InvalidAction(str(error)) from error
    notes = (*calls.notes, *first_of(len(calls.calls)))
    return Found([given[name] for name in ("x", "y") if name in given], _AROUND.sub("", calls.before), notes)


PYAUTOGUI = Answer(
    "pyautogui_click",
    lambda _: words.PYAUTOGUI,
    _find,
    lambda x, y: f"```python\npyautogui.click(x={x}, y={y})\n```",
)
