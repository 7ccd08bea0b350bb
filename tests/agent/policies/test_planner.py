"""Two models: a planner that names places in words, and a grounder that finds them."""

import json
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Drag, Press, Scroll, Type
from handeye.agent.history import History
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.loop import run_episode
from handeye.agent.policies.grounder import Grounder
from handeye.agent.policies.planner import PlannerPolicy
from handeye.agent.prompts.families.planner import describe
from tests.agent.policies.digits import of_last, sure_of
from tests.agent.policies.test_grounder import profile


def step(**action: Any) -> str:
    return json.dumps({"thought": "so", "action": action})


@pytest.fixture
def decide(speaker: Any, observe: Any) -> Any:
    def decide(reply: str, *found: str, measure: Any = None) -> Any:
        finder = speaker(*found, name="finder", measure=measure)
        policy = PlannerPolicy(speaker(reply, name="planner"), Grounder(finder, profile()))
        return policy.decide(History("T", (), observe()))

    return decide


def test_targets_become_points_of_the_screenshot(decide: Any) -> None:
    decision = decide(step(type="click", target="the OK button", count=2), "(42, 14)")
    assert decision.actions == (Click(point=Point(48, 16), count=2),)
    (place,) = decision.places
    assert (place.target, place.point, place.model) == ("the OK button", Point(48, 16), "finder")
    assert (decision.thought, decision.problem) == ("so", None)
    assert (decision.tokens.prompt, decision.tokens.generated) == (200, 6)
    assert decision.image is not None and decision.image.tokens == 6


@pytest.mark.parametrize("kind", ["tap", "left_click", "Click"])
def test_other_names_of_an_action_point_too(decide: Any, kind: str) -> None:
    assert decide(step(type=kind, target="OK"), "(42, 14)").actions == (Click(point=Point(48, 16)),)
    assert decide(step(type="double_click", target="OK"), "(42, 14)").actions[0].count == 2


def test_drags_scrolls_and_what_needs_no_place(decide: Any) -> None:
    decision = decide(step(type="drag", targets=["the file", "the folder"]), "(0, 0)", "(83, 55)")
    assert decision.actions == (Drag(path=(Point(0, 0), Point(95, 63))),)
    assert decide(step(type="scroll", dy=300)).actions == (Scroll(point=Point(48, 32), dy=300),)
    assert decide(step(type="scroll", dy=300, target="the list"), "(0, 0)").actions[0].point == Point(0, 0)
    assert decide(step(type="type", text="tent")).actions == (Type(text="tent"),)
    assert decide(step(type="press", keys=["enter"])).actions == (Press(keys=("enter",)),)


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ({"type": "click"}, 'click needs a "target": what to point at, in words'),
        ({"type": "click", "point": [1, 2]}, 'coordinates are not read: say in "target"'),
        ({"type": "click", "target": 7}, 'a "target" says in words what to point at'),
        ({"type": "click", "target": " "}, 'a "target" says in words what to point at'),
        ({"type": "drag", "targets": ["a"]}, 'a drag needs two "targets"'),
        ({"type": "drag", "target": "a"}, 'a drag needs two "targets"'),
        ({"type": "tap", "coordinates": [100, 100]}, 'coordinates are not read: say in "target"'),
        ({"type": "left_click", "x": 1, "y": 2}, 'coordinates are not read: say in "target"'),
        ({"type": "swipe", "start": [1, 2], "end": [3, 4]}, 'coordinates are not read: say in "target"'),
        ({"type": "zoom", "box": [0, 0, 50, 50]}, 'coordinates are not read: say in "target"'),
    ],
)
def test_what_cannot_be_pointed_at_is_a_problem_that_says_how(decide: Any, action: Any, reason: str) -> None:
    decision = decide(step(**action))
    assert decision.actions == () and reason in decision.problem.reason


def test_what_the_grounder_does_not_find_is_a_problem_of_the_step(decide: Any) -> None:
    decision = decide(step(type="click", target="the unicorn"), "none")
    assert decision.actions == ()
    assert decision.problem.reason == (
        "finder did not find 'the unicorn': it answered \"none\"; describe it in other words, or do something else"
    )
    assert (decision.tokens.prompt, decision.tokens.generated) == (200, 6)


def test_the_description_asks_for_words_and_never_for_places_in_pixels() -> None:
    text = describe(History("T", (), None).abilities)  # type: ignore[arg-type]
    assert "[x, y]" not in text and "Where, in pixels" not in text
    assert text.count("target (string)") == 4 and "zoom" not in text


def test_both_are_named_in_the_journal_and_on_the_page(room: Any, speaker: Any, tmp_path: Path) -> None:
    from handeye.agent.page.document import write_page

    replies = step(type="click", target="the OK button"), step(type="terminate", status="success")
    policy = PlannerPolicy(speaker(*replies, name="planner"), Grounder(speaker("(42, 14)", name="finder"), profile()))
    run_episode("T", room(), policy, journal=tmp_path / "episode")
    kept = read_trajectory(tmp_path / "episode")
    assert (kept.meta.policy, kept.meta.profile) == ("planner with finder", "planner")
    (place,) = kept.steps[0].decision.places
    assert (place.target, place.model, place.profile) == ("the OK button", "finder", "pointer")
    page = write_page(tmp_path / "episode").read_text("utf-8")
    assert "&quot;the OK button&quot; is at [48, 16], found by finder (pointer)" in page
    assert "The model saw" in page and "84x56 pixels, 6 visual tokens" in page
    assert f"planner {kept.meta.profile_hash}" in page
    # The next prompt tells the step in the planner's own words.
    assert "target" in str(policy._planner.asked[1][1].content[0])  # type: ignore[attr-defined]


def test_the_confidence_is_that_of_the_grounder(decide: Any) -> None:
    """Of each end of a drag; a scroll without a target has a point and none."""
    drag = {"type": "drag", "targets": ["the file", "the folder"]}
    actions = [{"type": "scroll", "dy": 300}, drag, {"type": "press", "keys": ["enter"]}]
    reply = json.dumps({"thought": "so", "actions": actions})
    decision = decide(reply, "(10, 11)", "(12, 13)", measure=sure_of)
    ((scroll,), (first, second), press) = decision.confidence
    assert (scroll, press) == (None, ())
    assert first.probability == pytest.approx(of_last("(10, 11)", "10", "11"))
    assert second.probability == pytest.approx(of_last("(12, 13)", "12", "13"))
    assert decide(reply, "(10, 11)", "(12, 13)").confidence == ()
