"""The sentences that say how to answer, in which these models were trained, word for word.

What is pointed at stands beside them and belongs to the prompt. Sources: `PAIR` README.md of Yan98/GTA1 (Apache-2.0);
`BOX` models/grounding of inclusionAI/UI-Venus (Apache-2.0) at commit 497e2cd; `CLICK` utils/localization.py of
hcompai/hai-cookbook (Apache-2.0) at commit 2ba8961; `POINTS` eval/prompts.py of InfiXAI/InfiGUI-G1 (Apache-2.0) at
commit 22208e4; `UI_TARS` `GROUNDING` of codes/prompts.py of bytedance/UI-TARS (Apache-2.0) at commit 6b315cc;
`PYAUTOGUI` model/inference/huggingface_inference.py of xlang-ai/OpenCUA (MIT); `ACTION` mm_agents/navi/prompts.py of
OpenGVLab/ScaleCUA (Apache-2.0) at commit 5d92fee; `ACTION_LIST` guir1/inference/inference_vllm_screenspot.py of
ritzz-ai/GUI-R1 (Apache-2.0) at commit d43eea2; `POINT` models/grounding/ui_venus1_5_gd.py of inclusionAI/UI-Venus
(Apache-2.0) at commit c3a1442; `XY` holo2/holo_2_localization_huggingface.ipynb of hcompai/hai-cookbook (Apache-2.0) at
commit 2ba8961, whose schema pydantic writes; `LEFT_CLICK` grounding_and_kb/eval_grounding_benchmarks.py of
Mobile-Agent-v3.5 of X-PLUG/MobileAgent (MIT) at commit 11cea57; `COORDINATE` src/prompt.py of Tongyi-MAI/MAI-UI
(Apache-2.0) at commit 4dd07b9. All were compared with the files, `POINTS` piece by piece.
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
POINT = "The output should just be the coordinates of a point, in the format [x,y]. Additionally, if the task is infeasible (e.g., the task is not related to the image), the output should be [-1,-1]."
XY = """You must output a valid JSON following the format: {'properties': {'x': {'description': 'The x coordinate, normalized between 0 and 1000.', 'maximum': 1000, 'minimum': 0, 'title': 'X', 'type': 'integer'}, 'y': {'description': 'The y coordinate, normalized between 0 and 1000.', 'maximum': 1000, 'minimum': 0, 'title': 'Y', 'type': 'integer'}}, 'required': ['x', 'y'], 'title': 'ClickCoordinates', 'type': 'object'}"""
LEFT_CLICK = """# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
<tools>
{"type": "function", "function": {"name": "computer_use", "description": "Use a mouse to interact with a computer.
* The screen's resolution is 1000x1000.
* Make sure to click any buttons, links, icons, etc with the cursor tip in the center of the element. Don't click boxes on their edges unless asked.
* don't use any other computer use tool like type, key, scroll, left_click_drag and so on.
* you can only use the left_click and mouse_move action to interact with the computer. if you can't find the element, you should terminate the task and report the failure.", "parameters": {"properties": {"action": {"description": "The action to perform. The available actions are:
* `mouse_move`: Move the cursor to a specified (x, y) pixel coordinate on the screen.
* `left_click`: Click the left mouse button with coordinate (x, y) pixel coordinate on the screen.", "enum": ["mouse_move", "left_click"], "type": "string"}, "coordinate": {"description": "(x, y): The x (pixels from the left edge) and y (pixels from the top edge) coordinates to move the mouse to. Required only by `action=mouse_move` and `action=left_click`.", "type": "array"}}, "required": ["action"], "type": "object"}}}
</tools>

For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>
"""
COORDINATE = """You are a GUI grounding agent. 
## Task
Given a screenshot and the user's grounding instruction. Your task is to accurately locate a UI element based on the user's instructions.
First, you should carefully examine the screenshot and analyze the user's instructions,  translate the user's instruction into a effective reasoning process, and then provide the final coordinate.
## Output Format
Return a json object with a reasoning process in <grounding_think></grounding_think> tags, a [x,y] format coordinate within <answer></answer> XML tags:
<grounding_think>...</grounding_think>
<answer>
{"coordinate": [x,y]}
</answer>"""
