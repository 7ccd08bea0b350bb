"""A reply is repeated as it was written only where it says there what was decided."""

from dataclasses import replace
from typing import Any

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.geometry import Box, Point, Size
from handeye.actions.reading import Problem
from handeye.actions.schema import Click, Drag
from handeye.agent.decision import Decision, Place, SeenImage
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.policies.reading import decided
from handeye.agent.prompts.catalog import PROFILES, agent_prompt
from handeye.agent.prompts.replies import is_own, reply
from handeye.agent.prompts.view import View
from handeye.agent.step import Step
from handeye.environments.element import Element
from handeye.environments.observation import Observation

SCREEN = Size(2560, 1440)
HERE = "Thought: So.\nAction: click(start_box='(1280,720)')"
CALL = '{"name": "computer_use", "arguments": {"action": %s}}'


@pytest.fixture
def screen(observe: Any) -> Observation:
    """What is seen at twice or once its size in the tests."""
    return replace(observe(), size=SCREEN)


def view(name: str, size: Size, history: History) -> View:
    prompt = agent_prompt(PROFILES[name])
    return View(history, prompt.dialects.computer, lambda _: size, prompt.history)


def after(name: str, size: Size, text: str, history: History) -> History:
    """Return the history after a profile has read a reply, and it was carried out."""
    decision = decided(text, view(name, size, history), None, None)
    return history.after(Step(len(history.steps), history.observation, decision, (Outcome("executed"),)))


def test_a_reply_for_another_size_is_told_by_its_actions(screen: Observation) -> None:
    history = after("ui-tars-1.5", SCREEN, HERE, History("T", (), screen))
    (step,) = history.steps
    assert step.decision.actions == (Click(point=Point(1280, 720)),)
    assert reply(step, view("ui-tars-1.5", SCREEN, history)) == HERE
    smaller = view("arpo-ui-tars", Size(1932, 1064), history)
    assert reply(step, smaller) == "Thought: So.\nAction: click(start_box='<|box_start|>(966,532)<|box_end|>')"


def test_a_point_at_the_edge_and_a_mark_and_a_drag_from_the_cursor_are_repeated(screen: Observation) -> None:
    marked = replace(screen, marks=(Element(Box(10, 10, 30, 30), "button", "OK"),))
    history = History("T", (), marked, abilities=Abilities(frozenset({"click", "drag"})))
    texts = (
        CALL % '"left_click", "coordinate": [1288, 30]',
        CALL % '"left_click", "mark": 1',
        CALL % '"left_click_drag", "coordinate": [300, 40]',
    )
    size = Size(1288, 728)
    for text in texts:
        history = after("qwen2.5-vl", size, text, history)
    assert history.steps[0].decision.notes and history.steps[1].decision.marks == (1,)
    assert history.steps[2].decision.actions == (Drag(path=(Point(20, 20), Point(597, 80))),)
    assert [reply(step, view("qwen2.5-vl", size, history)) for step in history.steps] == list(texts)
    larger = view("qwen2.5-vl", Size(1932, 1092), history)
    # A mark has no size: it is repeated.
    assert [is_own(step, larger) for step in history.steps] == [False, True, False]


def test_what_a_closer_look_moved_is_repeated_for_the_same_size(screen: Observation) -> None:
    history = after("ui-tars-1.5", Size(1288, 728), HERE.replace("1280,720", "640,360"), History("T", (), screen))
    (step,) = history.steps
    place = Place("So.", Point(1280, 715), "m", "ui-tars-1.5", "(640,360)", None, Box(640, 360, 1920, 1080))
    moved = replace(step.decision, actions=(Click(point=place.point),), places=(place,))
    history = replace(history, steps=(replace(step, decision=moved),))
    (step,) = history.steps
    assert is_own(step, view("ui-tars-1.5", Size(1288, 728), history))
    assert not is_own(step, view("ui-tars-1.5", Size(1932, 1092), history))
    another = replace(step, decision=replace(moved, places=()))
    assert not is_own(another, view("ui-tars-1.5", Size(1288, 728), history))


def test_what_could_not_be_read_is_repeated_unless_it_was_for_another_size(screen: Observation) -> None:
    text = "Action: clik(start_box='(640,360)')"
    decision = Decision(text, "Hm.", (), Problem("no call", text), image=SeenImage(Size(1288, 728), 1))
    history = History("T", (Step(0, screen, decision, (Outcome("problem", "no call"),)),), screen)
    (step,) = history.steps
    assert reply(step, view("ui-tars-1.5", Size(1288, 728), history)) == text
    assert reply(step, view("ui-tars-1.5", Size(1932, 1092), history)) == "Hm."
    unknown = replace(step, decision=replace(decision, image=None))
    assert reply(unknown, view("ui-tars-1.5", Size(1932, 1092), history)) == text
