"""What GUI-Owl-1.5 is asked, word for word.

Source: X-PLUG/MobileAgent at commit 11cea57 (MIT): `build_messages` of Mobile-Agent-v3.5/computer_use/utils.py and of
Mobile-Agent-v3.5/mobile_use/utils.py, which tells the date.
"""

ASK = """Please generate the next move according to the UI screenshot, instruction and previous actions.

Instruction: {task}

Previous actions:
{previous}"""
DATE = "Today's date is: {date}."
STEP = "Step {number}: {line}"
NONE = "None"
