"""All forms of answer, by name."""

from collections.abc import Mapping

from handeye.actions.dialects.grounding.answer import Answer
from handeye.actions.dialects.grounding.box import BOX
from handeye.actions.dialects.grounding.click import CLICK
from handeye.actions.dialects.grounding.pair import PAIR
from handeye.actions.dialects.grounding.points import POINTS
from handeye.actions.dialects.grounding.prefilled import PREFILLED
from handeye.actions.dialects.grounding.ui_tars import UI_TARS

ANSWERS: Mapping[str, Answer] = {answer.name: answer for answer in (PAIR, BOX, CLICK, POINTS, PREFILLED, UI_TARS)}
