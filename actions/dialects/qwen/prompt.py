"""The system prompt that Qwen2.5-VL was trained on to use a computer and a phone, byte for byte.

Source of the descriptions and parameters: QwenLM/Qwen2.5-VL, cookbooks/utils/agent_function_call.py at commit d08310c
(Apache-2.0). The later copy for Qwen3-VL differs. A golden file in the tests contains the output of the vendor's
notebook.
"""

import json

from handeye.actions.dialects.parts.functions import HELPFUL, Tool, parameters, tools
from handeye.actions.dialects.parts.words import BUTTON, COMPUTER, COORDINATE, MOBILE, STATUS
from handeye.actions.geometry import Size

THINKING = (
    "Before answering, explain your reasoning step-by-step in <thinking></thinking> tags, and insert them before the "
    "<tool_call></tool_call> XML tags.\nAfter answering, summarize your action in <conclusion></conclusion> tags, and "
    "insert them after the <tool_call></tool_call> XML tags."
)
"""What the vendor adds to make the model reason and summarize; in its own traces a line of the user turn."""

_COMPUTER_ACTIONS = {
    "key": "Performs key down presses on the arguments passed in order, then performs key releases in reverse order.",
    "type": "Type a string of text on the keyboard.",
    "mouse_move": "Move the cursor to a specified (x, y) pixel coordinate on the screen.",
    "left_click": "Click the left mouse button.",
    "left_click_drag": "Click and drag the cursor to a specified (x, y) pixel coordinate on the screen.",
    "right_click": "Click the right mouse button.",
    "middle_click": "Click the middle mouse button.",
    "double_click": "Double-click the left mouse button.",
    "scroll": "Performs a scroll of the mouse scroll wheel.",
    "wait": "Wait specified seconds for the change to happen.",
    "terminate": "Terminate the current task and report its completion status.",
}
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
_COMPUTER_ARGUMENTS = {
    "keys": {"description": "Required only by `action=key`.", "type": "array"},
    "text": {"description": "Required only by `action=type`.", "type": "string"},
    "coordinate": {
        "description": f"{COORDINATE} Required only by `action=mouse_move` and `action=left_click_drag`.",
        "type": "array",
    },
    "pixels": {
        "description": "The amount of scrolling to perform. Positive values scroll up, negative values scroll down. "
        "Required only by `action=scroll`.",
        "type": "number",
    },
    "time": {"description": "The seconds to wait. Required only by `action=wait`.", "type": "number"},
    "status": STATUS,
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
            description, actions, arguments = COMPUTER, _COMPUTER_ACTIONS, _COMPUTER_ARGUMENTS
        case "mobile_use":
            description, actions, arguments = MOBILE, _MOBILE_ACTIONS, _MOBILE_ARGUMENTS
    function = {
        "name_for_human": tool,
        "name": tool,
        "description": description.format(size=size),
        "parameters": parameters(actions, arguments),
        "args_format": "Format the arguments as a JSON object.",
    }
    signature = json.dumps({"type": "function", "function": function}, ensure_ascii=False)
    return HELPFUL + tools([signature, more] if more else [signature])
