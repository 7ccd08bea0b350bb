"""The two tools that GUI-Owl was trained with, word for word, as far as they differ from Qwen2.5-VL's.

Source: X-PLUG/MobileAgent at commit 11cea57 (MIT), by the makers of GUI-Owl: on a computer
Mobile-Agent-v3/os_world_v3/mm_agents/owl_agent.py, and on a phone
Mobile-Agent-v3/android_world_v3/android_world/agents/function_call_mobile_answer.py (after AndroidWorld, Apache-2.0),
whose first class has no `open`, and whose second one has it. Qwen-Agent writes both signatures without
`name_for_human` and `args_format` since version 0.0.16 at the latest.
"""

from handeye.actions.dialects.parts.words import BUTTON, COORDINATE, STATUS

COMPUTER_ACTIONS = {
    "key": "Performs key down presses on the arguments passed in order, then performs key releases in reverse order.",
    "type": "Input a string of text. Use the `clear` parameter to decide whether to overwrite the existing text, and use the `enter` parameter to decide whether the enter key should be pressed after typing the text.",
    "mouse_move": "Move the cursor to a specified (x, y) pixel coordinate on the screen.",
    "click": "Click the left mouse button at a specified (x, y) pixel coordinate on the screen.",
    "drag": "Click at a specified (x, y) pixel coordinate on the screen, and drag the cursor to another specified (x2, y2) pixel coordinate on the screen.",
    "right_click": "Click the right mouse button at a specified (x, y) pixel coordinate on the screen.",
    "middle_click": "Click the middle mouse button at a specified (x, y) pixel coordinate on the screen.",
    "double_click": "Double-click the left mouse button at a specified (x, y) pixel coordinate on the screen.",
    "scroll": "Performs a scroll of the mouse scroll wheel.",
    "wait": "Wait specified seconds for the change to happen.",
    "terminate": "Terminate the current task and report its completion status.",
}
COMPUTER_ARGUMENTS = {
    "keys": {"description": "Required only by `action=key`.", "type": "array"},
    "text": {"description": "Required only by `action=type`.", "type": "string"},
    "clear": {
        "description": "Assign it to 1 if the text should overwrite the existing text, otherwise assign it to 0. Using this argument clears all text in an element. Required only by `action=type`.",
        "type": "number",
    },
    "enter": {
        "description": "Assign it to 1 if the enter key should be pressed after typing the text, otherwise assign it to 0. Required only by `action=type`.",
        "type": "number",
    },
    "coordinate": {"description": COORDINATE, "type": "array"},
    "coordinate2": {
        "description": "(x2, y2): The x2 (pixels from the left edge) and y2 (pixels from the top edge) coordinates to drag the cursor to. Required only by `action=drag`.",
        "type": "array",
    },
    "pixels": {
        "description": "The amount of scrolling to perform. Positive values scroll up, negative values scroll down. This value should be between -5 and 5. Required only by `action=scroll`.",
        "type": "number",
    },
    "time": {"description": "The seconds to wait. Required only by `action=wait`.", "type": "number"},
    "status": STATUS,
}
MOBILE_ACTIONS = {
    "click": "Click the point on the screen with coordinate (x, y).",
    "long_press": "Press the point on the screen with coordinate (x, y) for specified seconds.",
    "swipe": "Swipe from the starting point with coordinate (x, y) to the end point with coordinates2 (x2, y2).",
    "type": "Input the specified text into the activated input box.",
    "answer": "Output the answer.",
    "system_button": "Press the system button.",
    "open": "Open an app on the device.",
    "wait": "Wait specified seconds for the change to happen.",
    "terminate": "Terminate the current task and report its completion status.",
}
MOBILE_ARGUMENTS = {
    "coordinate": {
        "description": f"{COORDINATE} Required only by `action=click`, `action=long_press`, and `action=swipe`.",
        "type": "array",
    },
    "coordinate2": {"description": f"{COORDINATE} Required only by `action=swipe`.", "type": "array"},
    "text": {"description": "Required only by `action=type` and `action=answer`.", "type": "string"},
    "time": {
        "description": "The seconds to wait. Required only by `action=long_press` and `action=wait`.",
        "type": "number",
    },
    "button": BUTTON,
    "status": STATUS,
}
"""Where no app can be opened by its name."""
OPENING = {
    **MOBILE_ARGUMENTS,
    "text": {"description": "Required only by `action=type` and `action=answer` and `action=open`.", "type": "string"},
}
"""Where one can."""
