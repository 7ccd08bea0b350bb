"""A whole call of Qwen2.5-VL's `computer_use`: GroundNext, and Jedi, which may write every brace twice."""

from handeye.actions.dialects.grounding.answer import Answer, Found
from handeye.actions.dialects.grounding.prefilled import PREFILLED
from handeye.actions.replies.tool_calls import tagged, written
from handeye.actions.schema import InvalidAction


def _find(text: str) -> Found:
    if "{" not in text and "]" not in text:
        raise InvalidAction("the answer contains no call of computer_use")
    return PREFILLED.find(text.replace("{{", "{").replace("}}}}", "}}") if "{{" in text else text)


def _form(x: float, y: float) -> str:
    return tagged(written("computer_use", {"action": "left_click", "coordinate": [x, y]}))


TOOL_CALL = Answer("tool_call", PREFILLED.told, _find, _form)
