"""A closer look before a click, where the model did not see every pixel."""

import io
from dataclasses import replace
from typing import Any

import pytest

from handeye.actions.geometry import Box, Point, Size
from handeye.actions.schema import Click, Press
from handeye.agent.decision import Decision, PointConfidence, Spread, TokenCount
from handeye.agent.history import History
from handeye.agent.policies.grounder import Grounder
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.agent.policies.zooming import ZoomingPolicy
from handeye.environments.observation import Observation
from tests.agent.policies.digits import of_last, sure_of
from tests.agent.policies.test_grounder import SCREEN, profile


@pytest.fixture
def decide(observe: Any) -> Any:
    def decide(decision: Decision, model: Any, most: int = 28 * 28 * 2) -> Decision:
        policy = ZoomingPolicy(ScriptedPolicy([decision]), Grounder(model, profile(most=most)))
        return policy.decide(History("T", (), observe()))

    return decide


CLICK = Decision("{}", "Click OK.", (Click(point=Point(40, 30)),), tokens=TokenCount(50, 0, 5, 1.0))


def test_the_click_goes_where_the_closer_look_found_it(decide: Any, speaker: Any) -> None:
    model = speaker("(0, 0)")
    decision = decide(CLICK, model)
    assert decision.actions == (Click(point=Point(16, 14)),)
    (place,) = decision.places
    assert (place.target, place.zoomed) == ("Click OK.", Box(16, 14, 64, 46))
    assert decision.notes == ()  # the page tells it; in a prompt these pixels would be of another image
    assert (decision.tokens.prompt, decision.tokens.generated) == (150, 8)


def test_where_every_pixel_was_seen_it_costs_nothing(speaker: Any) -> None:
    model = speaker()
    file = io.BytesIO()
    SCREEN.save(file, "PNG")
    policy = ZoomingPolicy(ScriptedPolicy([CLICK]), Grounder(model, profile()))
    assert policy.decide(History("T", (), Observation(file.getvalue(), Size(*SCREEN.size), 0.0))) is CLICK
    assert model.asked == []


def test_what_is_not_found_again_stays(decide: Any, speaker: Any) -> None:
    decision = decide(CLICK, speaker("nothing"))
    assert decision.actions == CLICK.actions
    assert (decision.places, decision.tokens.prompt) == ((), 150)
    assert decision.notes == ("a closer look did not find it, so the first answer stands",)


def test_of_several_clicks_the_words_name_none(decide: Any, speaker: Any) -> None:
    pair = Decision("", "Click Yes and OK.", (Click(point=Point(1, 1)), Click(point=Point(50, 50))))
    assert decide(pair, speaker()) is pair


def test_what_does_not_point_and_what_has_no_words_is_left(decide: Any, speaker: Any) -> None:
    for decision in (Decision("", "Press.", (Press(keys=("a",)),)), Decision("", "", CLICK.actions)):
        assert decide(decision, speaker()) is decision


def test_the_confidence_is_that_of_the_closer_look(decide: Any, speaker: Any) -> None:
    before = replace(CLICK, confidence=((PointConfidence(0.3, Spread(9.0, 9.0)),),))
    ((sure,),) = decide(before, speaker("(0, 1)", measure=sure_of)).confidence
    assert sure.probability == pytest.approx(of_last("(0, 1)", "0", "1"))
    assert decide(before, speaker("(0, 1)")).confidence == ()
    assert decide(before, speaker("nothing")).confidence == before.confidence
