"""A call of Qwen2.5-VL's `computer_use` of which the model writes the end: SE-GUI. A whole call is read too."""

import json

from handeye.actions.dialects.grounding.answer import Answer, Found, search
from handeye.actions.dialects.parts.functions import HELPFUL, signature, tools
from handeye.actions.dialects.parts.words import COMPUTER, COMPUTER_ACTIONS, COMPUTER_ARGUMENTS
from handeye.actions.geometry import Size
from handeye.actions.replies.tool_calls import NotACall, call_of, read_tool_calls
from handeye.actions.schema import InvalidAction

PREFIX = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": ['
"""What the answer is made to begin with."""


def _told(size: Size) -> str:
    return HELPFUL + tools(
        [signature("computer_use", COMPUTER.format(size=size), COMPUTER_ACTIONS, COMPUTER_ARGUMENTS)]
    )


def _find(text: str) -> Found:
    whole = text if "{" in text else f"{PREFIX}{text}"
    reply = read_tool_calls(whole, ("computer_use",), "")
    if not reply.objects:
        if "]" not in text:
            # The last number may lack digits.
            raise InvalidAction("the answer is cut off: end it with ]")
        return search(text)
    try:
        arguments = call_of(reply.objects[0]).arguments
    except NotACall as error:
        raise InvalidAction(str(error)) from error
    notes = reply.notes if "{" in text else ()
    if arguments.get("action") == "terminate":
        return Found(None, reply.prose, notes)
    return Found(arguments.get("coordinate", arguments.get("bbox_2d", "")), reply.prose, notes)


def _form(x: float, y: float) -> str:
    return f"{json.dumps(x)}, {json.dumps(y)}]}}}}\n</tool_call>"


PREFILLED = Answer("prefilled_call", _told, _find, _form, prefix=PREFIX)
