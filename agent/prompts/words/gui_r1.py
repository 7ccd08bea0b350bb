"""The prompts that GUI-R1 and UI-R1 are asked with, word for word, without how to answer as far as a dialect has it.

Sources: `TASK` verl/utils/dataset.py and `PHRASE` guir1/inference/inference_vllm_screenspot.py of ritzz-ai/GUI-R1
(Apache-2.0) at commit d43eea2; `UI_R1` evaluation/test_screenspot.py and `UI_R1_E`
src/ui_r1/src/open_r1/grpo_json_action_coord-nothink.py of lll6gg/UI-R1 (Apache-2.0) at commit 2fe9bf0.
"""

TASK = (
    "You are GUI-R1, a reasoning GUI Agent Assistant. In this UI screenshot ",
    ", I want you to continue executing the command '{task}', with the action history being '{previous}'.\n{how}",
)
"""Before the screenshot, and after it."""
PHRASE = """<image>
You are RUN1-R1, a reasoning GUI Agent Assistant. In this UI screenshot <image>, I want you to continue executing the command '{phrase}', with the action history being 'None'.
{how}"""
UI_R1 = """<image>
In this UI screenshot, I want to perform the command '{phrase}'.
Please provide the action to perform (enumerate in ['click', 'scroll']) and the coordinate where the cursor is moved to(integer) if click is performed.
Output the thinking process in <think> </think> and final answer in <answer> </answer> tags.The output answer format should be as follows:
<think> ... </think> <answer>[{{'action': enum['click', 'scroll'], 'coordinate': [x, y]}}]</answer>
Please strictly follow the format."""
UI_R1_E = """In this UI screenshot, I want to perform the command '{phrase}'.
Please provide the action to perform (enumerate in ['click'])and the coordinate where the cursor is moved to(integer) if click is performed.
Output the final answer in <answer> </answer> tags directly.The output answer format should be as follows:
<answer>[{{'action': 'click', 'coordinate': [x, y]}}]</answer>
Please strictly follow the format."""
