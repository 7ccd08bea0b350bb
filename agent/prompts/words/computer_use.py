"""What the prompts of models that point with a call of Qwen2.5-VL's `computer_use` have in words of their own.

Sources: `COORDINATE` groundcua/__init__.py of ServiceNow/GroundCUA (Apache-2.0) at commit 81136d4, and
`JEDI_GROUNDER_SYS_PROMPT` of mm_agents/prompts.py in mrwwk/DeskCraft (Apache-2.0) at commit 3e11457, which has the
agents of the makers of Jedi for OSWorld; `SE_GUI_HELPFUL` and `SE_GUI_HEAD` src/eval/test_grounding_r1_nothink.py of
YXB-NKU/SE-GUI (which states no licence) at commit 0e26237.
"""

COORDINATE = (
    "(x, y): The x (pixels from the left edge) and y (pixels from the top edge) coordinates to move the mouse to. "
    "Required only by `action=mouse_move`, `action=left_click_drag`, `action=left_click`, `action=right_click`, "
    "`action=double_click`."
)
SE_GUI_HELPFUL = "You are a helpful assistant.\n"
SE_GUI_HEAD = "#Tools\n\nYou may call one or more functions to assist with the user query."
