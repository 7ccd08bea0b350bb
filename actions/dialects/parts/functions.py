"""The description of tools for the models of the Qwen family: function signatures in XML tags.

Source of the text: Qwen-Agent, NousFnCallPrompt as of January 2025 (Apache-2.0).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Literal

Tool = Literal["computer_use", "mobile_use"]

HELPFUL = "You are a helpful assistant.\n\n"
"""Begins the system prompt of most of these models."""
_HEAD = """# Tools

You may call one or more functions to assist with the user query."""
_FRAME = """{head}

You are provided with function signatures within <tools></tools> XML tags:
<tools>
{signatures}
</tools>

For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{{"name": <function-name>, "arguments": <args-json-object>}}
</tool_call>"""


def tools(signatures: Sequence[str], head: str = _HEAD) -> str:
    """Return the text that tells of functions, whose signatures are one line of JSON each."""
    return _FRAME.format(head=head, signatures="\n".join(signatures))


def signature(name: str, description: str, actions: Mapping[str, str], arguments: Mapping[str, object]) -> str:
    """Return the signature of a tool as Qwen-Agent writes it, on one line."""
    function = {
        "name_for_human": name,
        "name": name,
        "description": description,
        "parameters": parameters(actions, arguments),
        "args_format": "Format the arguments as a JSON object.",
    }
    return json.dumps({"type": "function", "function": function}, ensure_ascii=False)


def parameters(actions: Mapping[str, str], arguments: Mapping[str, object]) -> dict[str, object]:
    """Return the schema of a tool's arguments, of which `action` comes first; `actions` says what each one does."""
    listing = "\n".join(f"* `{name}`: {meaning}" for name, meaning in actions.items())
    action = {
        "description": f"The action to perform. The available actions are:\n{listing}",
        "enum": list(actions),
        "type": "string",
    }
    return {"properties": {"action": action, **arguments}, "required": ["action"], "type": "object"}
