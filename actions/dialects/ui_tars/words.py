r"""The action spaces that UI-TARS-1.5 was trained with, word for word.

Source: `UITARS_NORMAL_ACTION_SPACE` and `UITARS_CALL_USR_ACTION_SPACE` of mm_agents/uitars15_v1.py in
xlang-ai/OSWorld (Apache-2.0), by the makers of UI-TARS; of the phone `MOBILE_USE` of codes/prompts.py in
bytedance/UI-TARS (Apache-2.0) at commit 6b315cc, the last with points as the released weights write them.
"""

DESKTOP = r"""click(start_box='<|box_start|>(x1,y1)<|box_end|>')
left_double(start_box='<|box_start|>(x1,y1)<|box_end|>')
right_single(start_box='<|box_start|>(x1,y1)<|box_end|>')
drag(start_box='<|box_start|>(x1,y1)<|box_end|>', end_box='<|box_start|>(x3,y3)<|box_end|>')
hotkey(key='')
type(content='') #If you want to submit your input, use "\n" at the end of `content`.
scroll(start_box='<|box_start|>(x1,y1)<|box_end|>', direction='down or up or right or left')
wait() #Sleep for 5s and take a screenshot to check for any changes.
finished(content='xxx') # Use escape characters \', \", and \n in content part to ensure we can parse the content in normal python string format."""
MOBILE = r"""click(start_box='<|box_start|>(x1,y1)<|box_end|>')
long_press(start_box='<|box_start|>(x1,y1)<|box_end|>')
type(content='') #If you want to submit your input, use "\n" at the end of `content`.
scroll(start_box='<|box_start|>(x1,y1)<|box_end|>', direction='down or up or right or left')
open_app(app_name='')
drag(start_box='<|box_start|>(x1,y1)<|box_end|>', end_box='<|box_start|>(x3,y3)<|box_end|>')
press_home()
press_back()
finished(content='xxx') # Use escape characters \', \", and \n in content part to ensure we can parse the content in normal python string format."""
CALL_USER = (
    "call_user() # Submit the task and call the user when the task is unsolvable, or when you need the user's help."
)
"""Follows where there is a user to call."""
