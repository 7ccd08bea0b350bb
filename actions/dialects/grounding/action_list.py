"""GUI-R1's list of one action with its point, in single quotes, and UI-R1's, where the point is a `coordinate`."""

from handeye.actions.dialects.grounding import words
from handeye.actions.dialects.grounding.answer import Answer, Found
from handeye.actions.dialects.grounding.points import POINTS

_OWN_QUOTES = "repaired the JSON: replaced quotes"
"""No repair here: the weights were trained with single quotes."""


def _find(text: str) -> Found:
    found = POINTS.find(text)
    return found._replace(notes=tuple(note for note in found.notes if note != _OWN_QUOTES))


def _form(x: float, y: float) -> str:
    return f"<answer>[{{'action': 'click', 'point': [{x}, {y}], 'input_text': 'no input text'}}]</answer>"


ACTION_LIST = Answer("action_list", lambda _: words.ACTION_LIST, _find, _form)
