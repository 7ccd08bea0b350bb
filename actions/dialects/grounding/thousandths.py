"""Answers in thousandths: UI-Venus-1.5, Holo2, GUI-Owl-1.5 and MAI-UI."""

import re
from dataclasses import replace

from handeye.actions.dialects.grounding import words
from handeye.actions.dialects.grounding.answer import Answer, Found, search
from handeye.actions.dialects.grounding.click import CLICK
from handeye.actions.dialects.grounding.points import POINTS
from handeye.actions.dialects.grounding.tool_call import TOOL_CALL
from handeye.actions.points import EDGES, THOUSANDTHS

_TWO = re.compile(r"\s*\[\s*(-?\d{1,9})\s*,\s*(-?\d{1,9})\s*\]\s*,\s*\[\s*(-?\d{1,9})\s*,\s*(-?\d{1,9})\s*\]\s*")


def _find(text: str) -> Found:
    two = _TWO.fullmatch(text)
    return search(text) if two is None else Found([int(number) for number in two.groups()])


POINT = Answer("point_thousandths", lambda _: words.POINT, _find, lambda x, y: f"[{x},{y}]", points=THOUSANDTHS)
"""`[x,y]`, of which two are the corners of a box, and `[-1,-1]` says that there is none: UI-Venus-1.5."""
XY = Answer(
    "xy_thousandths",
    lambda _: words.XY,
    CLICK.find,
    lambda x, y: f'{{"x": {x}, "y": {y}}}',
    points=EDGES,
)
"""`{"x": x, "y": y}`: Holo2."""
CALL = replace(TOOL_CALL, name="tool_call_thousandths", told=lambda _: words.LEFT_CLICK, points=EDGES)
"""A whole call of `computer_use`, which terminates with a failure if there is none: GUI-Owl-1.5."""
COORDINATE = Answer(
    "coordinate_thousandths",
    lambda _: words.COORDINATE,
    POINTS.find,
    lambda x, y: f'<answer>\n{{"coordinate": [{x},{y}]}}\n</answer>',
    points=THOUSANDTHS,
)
"""`{"coordinate": [x,y]}` in tags: MAI-UI."""
