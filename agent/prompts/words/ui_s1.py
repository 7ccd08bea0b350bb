"""What UI-S1 is asked with each screenshot, word for word.

Source: `JsonFormat.gen_next_round` of UI-S1/x/data/agent/json.py in X-PLUG/MobileAgent at commit 11cea57 (MIT).
"""

from handeye.actions.dialects.ui_s1.words import FORMAT

TASK = "User Instruction: {task}\n"
"""Begins the first turn."""
NEXT = f"Output Format: {FORMAT}"
ANSWER = (
    "If the query asks a question, please answer the question through the answer action before terminating the "
    "process.\n"
)
"""Ends the text of the first turn."""
