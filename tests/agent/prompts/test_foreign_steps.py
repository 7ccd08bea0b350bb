"""Whatever decided a step, every profile tells it with points of its own image, or without points."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.carry import carried
from handeye.actions.dialects.dialect import Inexpressible
from handeye.actions.geometry import Frame, Point, Size, Transform
from handeye.actions.reading import Problem
from handeye.actions.schema import AnyAction, Click, Drag, LongPress, Scroll, Type
from handeye.agent.decision import Decision, Place, SeenImage
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.policies.reading import decided
from handeye.agent.prompts.catalog import PROFILES, agent_prompt
from handeye.agent.prompts.plain import plain
from handeye.agent.prompts.view import View
from handeye.agent.step import Step
from handeye.environments.observation import Observation

SCREEN, THEIRS, OURS = Size(2560, 1440), Size(1288, 728), Size(1932, 1092)
HERE, THERE = Point(1543, 877), Point(1717, 433)
AGENTS = [name for name, profile in PROFILES.items() if profile.agent is not None]
KINDS = {
    "computer": Abilities(frozenset({"click", "move", "drag", "scroll", "type", "press"})),
    "phone": Abilities(frozenset({"click", "long_press", "drag", "scroll", "type", "home"})),
}
ACTIONS: tuple[AnyAction, ...] = (
    Click(point=HERE),
    LongPress(point=HERE),
    Drag(path=(HERE, THERE)),
    Scroll(point=HERE, dy=300),
    Type(text="tent"),
)
NUMBER = re.compile(r"\d+")


def own_numbers(name: str) -> set[str]:
    """Return the numbers by which a profile names both points in its own image."""
    points = agent_prompt(PROFILES[name]).dialects.computer.points
    transform = Transform(Frame("screenshot", SCREEN), Frame("model image", OURS))
    written = [points.written(transform.point(point), Frame("model image", OURS)) for point in (HERE, THERE)]
    return {str(number) for pair in written for number in pair}


def seen_at(size: Size) -> set[str]:
    """Return the numbers of both points as an image of a size has them."""
    transform = Transform(Frame("screenshot", SCREEN), Frame("model image", size))
    return {str(number) for point in map(transform.point, (HERE, THERE)) for number in point}


def view(name: str, size: Size, history: History) -> View:
    prompt = agent_prompt(PROFILES[name])
    return View(history, prompt.dialects.on(history.abilities), lambda _: size, prompt.history)


def numbers(name: str, history: History) -> set[str]:
    """Return all numbers in the conversation that a profile composes."""
    composed = plain(agent_prompt(PROFILES[name]).compose(view(name, OURS, history)))
    return set(NUMBER.findall(json.dumps(composed)))


def replies(name: str, history: History) -> Iterator[Decision]:
    """Yield what a model of a profile decides, which sees the screenshot in another size than the one that is told."""
    theirs = view(name, THEIRS, history)
    transform = Transform(Frame("screenshot", SCREEN), Frame("model image", THEIRS))
    for action in ACTIONS:
        try:
            text = theirs.dialect.write(carried(action, transform), Frame("model image", THEIRS), "So.")
        except Inexpressible:
            continue
        decision = decided(text, theirs, None, None)
        assert decision.problem is None
        yield decision
        yield replace(decision, notes=("clamped [776, 443] to [776, 443]",))
        yield Decision(text, "", (), Problem("it was not read", text), image=SeenImage(THEIRS, 1))


def planned() -> Decision:
    """Return what a planner decides."""
    text = '{"thought": "So.", "action": {"type": "click", "target": "the OK button"}}'
    place = Place("the OK button", HERE, "finder", "holo1.5", "Click(1543, 877)", None)
    return Decision(text, "So.", (Click(point=HERE),), image=SeenImage(THEIRS, 1), places=(place,))


@pytest.fixture
def screen(observe: Any) -> Observation:
    return replace(observe(), size=SCREEN)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", AGENTS)
def test_a_step_of_any_profile_has_no_points_of_its_image(screen: Observation, name: str, kind: str) -> None:
    empty = History("T", (), screen, abilities=KINDS[kind])
    foreign = (seen_at(THEIRS) | seen_at(SCREEN)) - seen_at(OURS)
    assert len(foreign) == 8 and not numbers(name, empty) & (foreign | seen_at(OURS))
    for teller in AGENTS:
        for decision in replies(teller, empty):
            history = empty.after(Step(0, screen, decision, (Outcome("executed"),)))
            told = numbers(name, history)
            assert not told & foreign, f"{name} tells {decision.text!r} of {teller}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", AGENTS)
def test_a_planned_step_is_told_in_points_of_the_image(screen: Observation, name: str, kind: str) -> None:
    empty = History("T", (), screen, abilities=KINDS[kind])
    silent = replace(planned(), thought="", places=())
    for decision in (planned(), silent):
        told = numbers(name, empty.after(Step(0, screen, decision, (Outcome("executed"),))))
        assert not told & (seen_at(THEIRS) | seen_at(SCREEN))
    if name != "planner":
        assert told & own_numbers(name)


def lines(history: History) -> list[str]:
    """Return what the planner is told of the earlier steps."""
    _, user = agent_prompt(PROFILES["planner"]).compose(view("planner", OURS, history))
    return str(user.content[0]).split("\n")[1:-1]


def test_a_planner_is_told_its_own_steps_as_it_wrote_them(screen: Observation) -> None:
    history = History("T", (), screen).after(Step(0, screen, planned(), (Outcome("executed"),)))
    assert lines(history) == [f"Step 1: {planned().text}"]


def test_a_planner_is_told_the_steps_of_others_in_words(screen: Observation) -> None:
    history = History("T", (), screen)
    batch = Decision("", "", (Click(point=HERE, count=2), Drag(path=(HERE, THERE)), Type(text="tent")))
    place = Place("the OK button", HERE, "finder", "holo1.5", "Click(1543, 877)", None)
    call = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [7, 8]}}\n'
    zoomed = Decision(call, "Press OK.", (Click(point=HERE),), notes=("it is at [7, 8]",), places=(place,))
    dragged = Decision(
        "", "", (Drag(path=(HERE, THERE)),), places=(place, replace(place, target="the bin", point=THERE))
    )
    unread = Decision(f"Click(7, 8) {call}", "Hm.", (), Problem("no", ""))
    for decision in (batch, zoomed, dragged, unread):
        history = history.after(Step(len(history.steps), screen, decision, (Outcome("executed"),)))
    assert lines(history) == [
        'Step 1: {"thought": "", "actions": [{"type": "click", "count": 2}, {"type": "drag"}, '
        '{"type": "type", "text": "tent"}]} (2 more not executed)',
        'Step 2: {"thought": "Press OK.", "action": {"type": "click", "target": "the OK button"}}',
        'Step 3: {"thought": "", "action": {"type": "drag", "targets": ["the OK button", "the bin"]}}',
        "Step 4: Hm.",
    ]
