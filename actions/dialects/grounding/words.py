"""The sentences that say how to answer, in which these models were trained, word for word.

What is pointed at stands beside them and belongs to the prompt. Sources: `PAIR` README.md of Yan98/GTA1 (Apache-2.0);
`BOX` models/grounding of inclusionAI/UI-Venus (Apache-2.0) at commit 497e2cd; `CLICK` utils/localization.py of
hcompai/hai-cookbook (Apache-2.0) at commit 2ba8961; `POINTS` eval/prompts.py of InfiXAI/InfiGUI-G1 (Apache-2.0) at
commit 22208e4; `UI_TARS` `GROUNDING` of codes/prompts.py of bytedance/UI-TARS (Apache-2.0) at commit 6b315cc;
`PYAUTOGUI` model/inference/huggingface_inference.py of xlang-ai/OpenCUA (MIT); `ACTION` mm_agents/navi/prompts.py of
OpenGVLab/ScaleCUA (Apache-2.0) at commit 5d92fee; `ACTION_LIST` guir1/inference/inference_vllm_screenspot.py of
ritzz-ai/GUI-R1 (Apache-2.0) at commit d43eea2. All were compared with the files, `POINTS` piece by piece.
"""

PAIR = """You are an expert UI element locator. Given a GUI image and a user's element description, provide the coordinates of the specified element as a single (x,y) point. The image resolution is height {height} and width {width}. For elements with area, return the center point.

Output the coordinate pair exactly:
(x,y)"""
BOX = "The output should be only [x1,y1,x2,y2]."
CLICK = """Localize an element on the GUI image according to my instructions 
and output a click position as Click(x, y) with x num pixels from 
the left edge and y num pixels from the top edge.
"""
POINTS = """The screen's resolution is {width}x{height}.
output the coordinates using JSON format: [{{"point_2d": [x, y]}}, ...]"""
UI_TARS = """Action: ...


## Action Space
click(start_box='<|box_start|>(x1,y1)<|box_end|>')"""
PYAUTOGUI = "You are a GUI agent. You are given a task and a screenshot of the screen. You need to perform a series of pyautogui actions to complete the task."
ACTION = """<action>
[A set of executable action command]
</action>"""
ACTION_LIST = """Please provide the action to perform (enumerate from ['click']), the point where the cursor is moved to (integer) if a click is performed, and any input text required to complete the action.
Output the thinking process in <think> </think> tags, and the final answer in <answer> </answer> tags as follows:
<think> ... </think> <answer>[{'action': enum[ 'click'], 'point': [x, y], 'input_text': 'no input text [default]'}]</answer>
Example:
[{'action': enum['click'], 'point': [123, 300], 'input_text': 'no input text'}]
"""
