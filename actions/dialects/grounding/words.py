"""The sentences that say how to answer, in which these models were trained, word for word.

What is pointed at stands beside them and belongs to the prompt. Sources: `PAIR` README.md of Yan98/GTA1 (Apache-2.0);
`BOX` models/grounding of inclusionAI/UI-Venus 1.0 (Apache-2.0); `CLICK` utils/localization.py of hcompai/hai-cookbook
(Apache-2.0); `POINTS` eval/prompts.py of InfiXAI/InfiGUI-G1 (Apache-2.0); `UI_TARS` README.md of bytedance/UI-TARS
(Apache-2.0). They were typed from published excerpts and not yet compared with the files.
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
UI_TARS = "Output only the coordinate of one point in your response."
