"""The system prompt that Qwen2.5-VL was trained on to use a computer and a phone, byte for byte.

Source of the descriptions and parameters: QwenLM/Qwen2.5-VL, cookbooks/utils/agent_function_call.py at commit d08310c
(Apache-2.0). The later copy for Qwen3-VL differs. A golden file in the tests contains the output of the vendor's
notebook.
"""

from handeye.actions.dialects.parts.functions import HELPFUL, Tool, signature, tools
from handeye.actions.dialects.parts.words import (
    BUTTON,
    COMPUTER,
    COMPUTER_ACTIONS,
    COMPUTER_ARGUMENTS,
    COORDINATE,
    MOBILE,
    STATUS,
)
from handeye.actions.geometry import Size

THINKING = (
    "Before answering, explain your reasoning step-by-step in <thinking></thinking> tags, and insert them before the "
    "<tool_call></tool_call> XML tags.\nAfter answering, summarize your action in <conclusion></conclusion> tags, and "
    "insert them after the <tool_call></tool_call> XML tags."
)
"""What the vendor adds to make the model reason and summarize; in its own traces a line of the user turn."""

_MOBILE_ACTIONS = {
    "key": """Perform a key event on the mobile device.
    - This supports adb's `keyevent` syntax.
    - Examples: "volume_up", "volume_down", "power", "camera", "clear".""",
    "click": "Click the point on the screen with coordinate (x, y).",
    "long_press": "Press the point on the screen with coordinate (x, y) for specified seconds.",
    "swipe": "Swipe from the starting point with coordinate (x, y) to the end point with coordinates2 (x2, y2).",
    "type": "Input the specified text into the activated input box.",
    "system_button": "Press the system button.",
    "open": "Open an app on the device.",
    "wait": "Wait specified seconds for the change to happen.",
    "terminate": "Terminate the current task and report its completion status.",
}
_MOBILE_ARGUMENTS = {
    "coordinate": {
        "description": f"{COORDINATE} Required only by `action=click`, `action=long_press`, and `action=swipe`.",
        "type": "array",
    },
    "coordinate2": {"description": f"{COORDINATE} Required only by `action=swipe`.", "type": "array"},
    "text": {
        "description": "Required only by `action=key`, `action=type`, and `action=open`.",
        "type": "string",
    },
    "time": {
        "description": "The seconds to wait. Required only by `action=long_press` and `action=wait`.",
        "type": "number",
    },
    "button": BUTTON,
    "status": STATUS,
}


def system_prompt(tool: Tool, size: Size, more: str = "") -> str:
    """Return the system prompt for one tool.

    `size` is the size in pixels of the screenshot as the model sees it, after resizing. `more` is the signature of a
    second function, which stands in a line of its own after the tool's.
    """
    match tool:
        case "computer_use":
            description, actions, arguments = COMPUTER, COMPUTER_ACTIONS, COMPUTER_ARGUMENTS
        case "mobile_use":
            description, actions, arguments = MOBILE, _MOBILE_ACTIONS, _MOBILE_ARGUMENTS
    own = signature(tool, description.format(size=size), actions, arguments)
    return HELPFUL + tools([own, more] if more else [own])
