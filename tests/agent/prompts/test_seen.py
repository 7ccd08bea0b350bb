from dataclasses import replace
from typing import Any

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import TabStrip
from handeye.actions.geometry import Box, Size
from handeye.agent.history import History
from handeye.agent.prompts.seen import seen
from handeye.environments.element import Element
from handeye.environments.observation import Tab


def test_what_a_reply_answers(observe: Any) -> None:
    abilities = Abilities(frozenset({"click"}))
    tabs = (Tab("", "", False), Tab("", "", True))
    marks = (Element(Box(1, 2, 3, 4), "button", "OK"),)
    observation = replace(observe(), tabs=tabs, marks=marks)
    answered = seen(History("T", (), observation, abilities=abilities), Size(28, 56))
    assert (answered.frame.size, answered.target) == (Size(28, 56), observation.frame)
    assert (answered.cursor, answered.marks, answered.tabs) == (None, (Box(1, 2, 3, 4),), TabStrip(1, 2))
    assert answered.abilities == abilities


def test_without_tabs_none_is_shown(observe: Any) -> None:
    assert seen(History("T", (), observe()), Size(28, 28)).tabs == TabStrip(0, 0)
