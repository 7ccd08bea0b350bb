"""The prompt that InfiGUI-G1 is asked with, word for word.

Source: `InfiguiG1Prompt` of eval/prompts.py in InfiXAI/InfiGUI-G1 (Apache-2.0) at commit 22208e4.
"""

SYSTEM = (
    "You FIRST think about the reasoning process as an internal monologue and then provide the final answer.\n"
    "The reasoning process MUST BE enclosed within <think> </think> tags."
)
USER = """The screen's resolution is {width}x{height}.
Locate the UI element(s) for "{phrase}", output the coordinates using JSON format: [{{"point_2d": [x, y]}}, ...]"""
