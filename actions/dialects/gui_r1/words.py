"""The instruction that says how GUI-R1 must answer, word for word.

Source: the prompt of the training data of navigation in verl/utils/dataset.py of ritzz-ai/GUI-R1 (Apache-2.0) at commit
d43eea2.
"""

ACTIONS = """Please provide the action to perform (enumerate from ['complete', 'close/delete', 'press_home', 'click', 'press_back', 'type', 'select', 'scroll', 'enter']), the point where the cursor is moved to (integer) if a click is performed, and any input text required to complete the action.
Output the thinking process in <think> </think> tags, and the final answer in <answer> </answer> tags as follows:
<think> ... </think> <answer>[{'action': enum['complete', 'close/delete', 'press_home', 'click', 'press_back', 'type', 'select', 'scroll', 'enter'], 'point': [x, y], 'input_text': 'no input text [default]'}]</answer>
Note:
 specific input text (no default) is necessary for actions enum['type', 'select', 'scroll'] 
 Example:
[{'action': enum['complete', 'close/delete', 'press_home', 'press_back', 'enter'], 'point': [-100, -100], 'input_text': 'no input text'}]
[{'action': enum['click'], 'point': [123, 300], 'input_text': 'no input text'}]
[{'action': enum['type', 'select'], 'point': [-100, -100], 'input_text': 'shanghai shopping mall'}]
[{'action': enum['scroll'], 'point': [-100, -100], 'input_text': enum['up', 'left', 'right', 'down']}]"""
