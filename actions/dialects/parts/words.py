"""Words that the tools of Qwen2.5-VL and of the models trained after it share, word for word.

Source: QwenLM/Qwen2.5-VL, cookbooks/utils/agent_function_call.py at commit d08310c (Apache-2.0).
"""

_APPLICATIONS = (
    "* Some applications may take time to start or process actions, so you may need to wait and take successive "
    "screenshots to see the results of your actions."
)
_AIM = (
    "* Make sure to click any buttons, links, icons, etc with the cursor tip in the center of the element. Don't click "
    "boxes on their edges unless asked."
)
COMPUTER = f"""Use a mouse and keyboard to interact with a computer, and take screenshots.
* This is an interface to a desktop GUI. You do not have access to a terminal or applications menu. You must click on \
desktop icons to start applications.
{_APPLICATIONS} E.g. if you click on Firefox and a window doesn't open, try wait and taking another screenshot.
* The screen's resolution is {{size}}.
* Whenever you intend to move the cursor to click on an element like an icon, you should consult a screenshot to \
determine the coordinates of the element before moving the cursor.
* If you tried clicking on a program or link but it failed to load, even after waiting, try adjusting your cursor \
position so that the tip of the cursor visually falls on the element that you want to click.
{_AIM}"""
MOBILE = f"""Use a touchscreen to interact with a mobile device, and take screenshots.
* This is an interface to a mobile device with touchscreen. You can perform actions like clicking, typing, swiping, etc.
{_APPLICATIONS}
* The screen's resolution is {{size}}.
{_AIM}"""
COORDINATE = (
    "(x, y): The x (pixels from the left edge) and y (pixels from the top edge) coordinates to move the mouse to."
)
STATUS = {
    "description": "The status of the task. Required only by `action=terminate`.",
    "type": "string",
    "enum": ["success", "failure"],
}
BUTTON = {
    "description": "Back means returning to the previous interface, Home means returning to the desktop, Menu "
    "means opening the application background menu, and Enter means pressing the enter. Required only by "
    "`action=system_button`",
    "enum": ["Back", "Home", "Menu", "Enter"],
    "type": "string",
}
COMPUTER_ACTIONS = {
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
COMPUTER_ARGUMENTS = {
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
