"""What GUI-Owl's makers ask it, word for word.

Source: X-PLUG/MobileAgent at commit 11cea57: on a computer `get_prompt` and `OwlAgent.predict` of
Mobile-Agent-v3/os_world_v3/mm_agents/owl_agent.py (MIT), and on a phone `generate_user_prompt_single_image` of
Mobile-Agent-v3/android_world_v3/android_world/agents/mobile_agent_utils_new.py (MIT).
"""

from handeye.actions.dialects.qwen.prompt import THINKING

COMPUTER = f"""Please generate the next move according to the UI screenshot, instruction and previous actions.
    Instruction: {{task}}
    Previous actions:
    {{steps}}
    {THINKING}"""
FIRST = "No history. This is the first step."
"""Stands for the steps before there are any."""
STEP = "Step {number}: \n{line}\n\n"
"""An earlier step: its conclusion, with the line breaks that stand around it in a reply."""
EARLIER = "Screenshot of step {number}:\n"
CURRENT = "Current screenshot:\n"
MOBILE = f"""The user query: {{task}}
Task progress (You have done the following operation on the current device): {{steps}}.

{THINKING}"""
MOBILE_STEP = "Step {number}: {line}; "
