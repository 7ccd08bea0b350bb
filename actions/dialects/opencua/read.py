"""Reads the code of OpenCUA: calls of PyAutoGUI, one after another, and of a few functions of its own.

The code is never run.
"""

import re

from handeye.actions.dialects.parts.batch import Batch, Said
from handeye.actions.dialects.parts.pyautogui import PARAMETERS, PyAutoGui
from handeye.actions.reading import Reading
from handeye.actions.replies.lenient_json import whole_characters
from handeye.actions.replies.python_calls import Calls, read_calls
from handeye.actions.replies.sections import joined, labelled

WAIT = 20.0
"""The seconds of `computer.wait`, as the makers describe it."""
_LABEL = re.compile(
    r"(?:^|(?<=\n))[ \t]*#{0,3}[ \t]*\**(?P<name>Observation|Thought|Action|Code|Step)(?:[ \t]*\d+)?\**[ \t]*"
    r"[:\uff1a]\**",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"```(?:python|code|py)?[ \t]*\n?(.*?)(?:```(?=[ \t]*(?:\n|<\||\Z))|\Z)", re.DOTALL | re.IGNORECASE)
# What may stand beside the calls.
_HARMLESS = re.compile(r"\s*(?:(?:import|from)\s[\w\s,.]*|pyautogui\.(?:PAUSE|FAILSAFE)\s*=\s*[\w.]+)?\s*")
_CALL = re.compile(r"\s*(?:pyautogui|computer|time)\.\w+\(")
_COMMENT = re.compile(r"#[^\n]*")
_MISSING = "the reply contains no code: answer with a block of PyAutoGUI calls"
_OWN = ("computer.triple_click", "computer.wait", "computer.terminate", "time.sleep")
_OTHERS = ("triple_click", "wait", "terminate", "call_user", "response")
NAMES = frozenset((*_OWN, *(f"pyautogui.{name}" for name in PARAMETERS if name not in _OTHERS)))
"""The functions that the code may call."""


def read(text: str, batch: Batch) -> Reading:
    """Return what a reply asks for."""
    text = whole_characters(text)
    sections = labelled(text, _LABEL)
    headed = len(sections) > 1
    thought = joined(sections, "observation", "thought") or ("" if headed else _BLOCK.sub("", text).strip())
    action = joined(sections, "action")
    # Calls alone may contain what looks like a fence, in a text to write.
    blocks = [] if _CALL.match(text) else _BLOCK.findall(text)
    code = blocks[-1] if blocks else joined(sections, "code") or sections[-1].text
    conclusion = _BLOCK.sub("", action).strip()
    calls = read_calls(code, NAMES, _MISSING)
    failure = calls.failure or _besides(calls, bool(blocks))
    if failure is not None:
        return Reading.of_problem(failure, text, thought, conclusion)
    if not headed and not blocks:
        thought = calls.before.strip()
    reader = PyAutoGui(batch, WAIT)
    said = Said(text, thought, conclusion, calls.notes)
    # The end of the code is an item of its own: a button that is still down then is a mistake.
    return batch.read(said, (*calls.calls, None), reader.read)


def _besides(calls: Calls, fenced: bool) -> str | None:
    """Return the failure if the code does anything besides the calls."""
    rest = _COMMENT.sub("", calls.rest if not fenced else f"{calls.before}\n{calls.rest}")
    if fenced and not all(_HARMLESS.fullmatch(line) for piece in rest.split("\n") for line in piece.split(";")):
        return "the code must consist of calls alone, without variables, loops or other statements"
    return None
