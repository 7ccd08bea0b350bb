"""Functions in a conversation, in the form that Qwen's checkpoints were trained with.

Source of the words: Qwen-Agent, NousFnCallPrompt as of January 2025, and chat_template.json of Qwen2.5 (Apache-2.0).
"""

import json
from collections.abc import Sequence

from handeye.model.serve.errors import Refused
from handeye.model.serve.schemas import Tool
from handeye.model.serve.turns import ToolCall

OPEN, CLOSE = "<tool_call>", "</tool_call>"
_TOLD = """# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
<tools>
{signatures}
</tools>

For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{{"name": <function-name>, "arguments": <args-json-object>}}
</tool_call>"""


def told(tools: Sequence[Tool]) -> str:
    """Return what the system turn says about functions."""
    signatures = [
        json.dumps(tool.model_dump(exclude_none=True, exclude={"function": {"strict"}}), ensure_ascii=False)
        for tool in tools
    ]
    return _TOLD.format(signatures="\n".join(signatures))


def called(calls: Sequence[ToolCall]) -> str:
    """Return calls as the model writes them. Raises `Refused` if the arguments of one are not an object in JSON."""
    return "\n".join(f"{OPEN}\n{_written(call)}\n{CLOSE}" for call in calls)


def returned(content: str) -> str:
    """Return what a function returned as the model reads it."""
    return f"<tool_response>\n{content}\n</tool_response>"


def opening(name: str | None) -> str:
    """Return how a reply begins that is a call, of any function or of one."""
    return f"{OPEN}\n" if name is None else f'{OPEN}\n{{"name": {json.dumps(name, ensure_ascii=False)}, "arguments": '


def _written(call: ToolCall) -> str:
    try:
        arguments = json.loads(call.function.arguments or "{}")
    except (ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict):
        raise Refused(
            400, f"the arguments of the call of {call.function.name} are not an object in JSON", param="messages"
        )
    return json.dumps({"name": call.function.name, "arguments": arguments}, ensure_ascii=False)
