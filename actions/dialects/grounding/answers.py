"""All forms of answer, by name."""

from collections.abc import Mapping

from handeye.actions.dialects.grounding.action import ACTION
from handeye.actions.dialects.grounding.action_list import ACTION_LIST
from handeye.actions.dialects.grounding.answer import Answer
from handeye.actions.dialects.grounding.box import BOX
from handeye.actions.dialects.grounding.click import CLICK
from handeye.actions.dialects.grounding.pair import PAIR
from handeye.actions.dialects.grounding.points import POINTS
from handeye.actions.dialects.grounding.prefilled import PREFILLED
from handeye.actions.dialects.grounding.pyautogui import PYAUTOGUI
from handeye.actions.dialects.grounding.thousandths import CALL, COORDINATE, POINT, XY
from handeye.actions.dialects.grounding.tool_call import TOOL_CALL
from handeye.actions.dialects.grounding.ui_tars import UI_TARS

ANSWERS: Mapping[str, Answer] = {
    answer.name: answer
    for answer in (
        PAIR,
        ACTION,
        ACTION_LIST,
        BOX,
        CALL,
        CLICK,
        COORDINATE,
        POINT,
        POINTS,
        PREFILLED,
        PYAUTOGUI,
        TOOL_CALL,
        UI_TARS,
        XY,
    )
}
