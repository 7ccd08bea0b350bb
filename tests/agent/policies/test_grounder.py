"""Places by words: asked as the profile says, read, and looked at again where the first answer may be inexact."""

from functools import partial
from typing import Any

import pytest
from PIL import Image

from handeye.actions.dialects.grounding.answers import ANSWERS
from handeye.actions.dialects.grounding.box import BOX
from handeye.actions.dialects.grounding.pair import PAIR
from handeye.actions.geometry import Box, Point, Size
from handeye.agent.policies.grounder import Grounder, NotFound
from handeye.agent.prompts.catalog import PROFILES, NotAGrounder, find_profile
from handeye.agent.prompts.origins import Origins
from handeye.agent.prompts.profile import CheckpointProfile, GrounderPrompt, Pixels, SamplingRule
from handeye.model.conversation.messages import Message
from tests.agent.policies.digits import of_last, sure_of

SCREEN = Image.new("RGB", (1120, 560))


def profile(answer: Any = PAIR, most: int = 16384 * 28 * 28) -> CheckpointProfile:
    def compose(phrase: str, image: Image.Image, seen: Size) -> list[Message]:
        return [Message("user", (f"{phrase} in {seen}: ", image))]

    prompt = GrounderPrompt(answer, compose, SamplingRule(0.2, 0.9, 1.0, 1.05, 64))
    limits = Pixels(56 * 56, most)
    acting = SamplingRule(temperature=1.0, max_tokens=2048)
    return CheckpointProfile("pointer", (), "", "", (), Origins(), limits, grounder=prompt, sampling=acting)


def test_it_is_asked_and_read_as_its_profile_says(speaker: Any) -> None:
    model = speaker("<think>there</think>\n(280, 140)")
    place = Grounder(model, profile(most=280 * 560)).find(SCREEN, "the button")
    assert (place.target, place.point) == ("the button", Point(561, 281))
    assert (place.model, place.profile, place.zoomed) == ("speaker", "pointer", None)
    assert (place.tokens.prompt, place.tokens.generated) == (100, 3)
    ((message,),) = model.asked
    assert message.content == ("the button in 560x280: ", SCREEN)
    options = ("temperature", "top_p", "frequency_penalty", "repetition_penalty", "max_new_tokens")
    assert [model.options[0][option] for option in options] == [0.2, 0.9, 1.0, 1.05, 64]


def test_the_profiles_that_also_act_are_asked_otherwise_for_a_place() -> None:
    rules = {}
    for name in ("opencua", "scalecua", "ui-tars-1.5"):
        prompt = find_profile(name).grounder
        assert prompt is not None
        rules[name] = prompt.sampling
    assert rules == {
        "opencua": SamplingRule(max_tokens=512),
        "scalecua": SamplingRule(top_p=0.001, frequency_penalty=1.0, max_tokens=1500),
        "ui-tars-1.5": SamplingRule(max_tokens=400),
    }


@pytest.mark.parametrize("name", PROFILES)
def test_a_place_is_the_same_each_time(name: str) -> None:
    prompt = PROFILES[name].grounder
    assert prompt is None or prompt.sampling.temperature == 0.0


def test_the_prefix_is_asked_for(speaker: Any) -> None:
    prefilled = ANSWERS["prefilled_call"]
    model = speaker(f"{prefilled.prefix}10, 20]}}}}\n</tool_call>")
    assert Grounder(model, profile(prefilled)).find(SCREEN, "x").point == Point(10, 20)
    assert model.options[0]["prefix"] == prefilled.prefix


def test_what_is_not_there_is_not_found(speaker: Any) -> None:
    for said in ("I see no such thing.", "(-100,-100)"):
        with pytest.raises(NotFound) as error:
            Grounder(speaker(said), profile()).find(SCREEN, 'the "x"')
        assert str(error.value) == f'speaker did not find \'the "x"\': it answered "{said}"'
        assert error.value.tokens is not None and error.value.tokens.generated == 3


def test_a_screenshot_that_was_scaled_down_is_looked_at_again(speaker: Any) -> None:
    model = speaker("(279, 140)", "(0, 0)")
    place = Grounder(model, profile(most=280 * 560), zoom=True).find(SCREEN, "x")
    assert place.zoomed == Box(279, 141, 839, 421)
    assert place.point == Point(279, 141)
    assert (place.text, place.tokens.prompt, place.tokens.generated) == ("(0, 0)", 200, 6)
    assert model.asked[1][0].content[1].size == SCREEN.size  # type: ignore[union-attr]


def test_the_part_stays_inside_at_the_edges(speaker: Any) -> None:
    grounder = Grounder(speaker("(559, 279)", "(559, 279)"), profile(most=280 * 560), zoom=True)
    place = grounder.find(SCREEN, "x")
    assert (place.zoomed, place.point) == (Box(560, 280, 1120, 560), Point(1119, 559))


def test_a_box_smaller_than_a_token_is_looked_at_again_and_a_larger_one_is_not(speaker: Any) -> None:
    small, large = speaker("[100,100,120,110]", "[0,0,10,10]"), speaker("[100,100,200,150]")
    assert Grounder(small, profile(BOX), zoom=True).find(SCREEN, "x").zoomed is not None
    assert Grounder(large, profile(BOX), zoom=True).find(SCREEN, "x").zoomed is None


def test_if_the_closer_look_finds_nothing_the_first_answer_stands(speaker: Any) -> None:
    place = Grounder(speaker("(279, 140)", "nothing"), profile(most=280 * 560), zoom=True).find(SCREEN, "x")
    assert (place.point, place.zoomed, place.tokens.prompt) == (Point(559, 281), None, 200)


def test_an_answer_that_was_cut_off_says_so(speaker: Any) -> None:
    model = speaker("<think>the button", finish="length")
    with pytest.raises(NotFound, match="cut off after 64 tokens"):
        Grounder(model, profile()).find(SCREEN, "x")


def test_tokens_that_were_not_counted_are_not_zero(speaker: Any) -> None:
    model = speaker("(279, 140)", "(0, 0)", prompt_tokens=None)
    assert Grounder(model, profile(most=280 * 560), zoom=True).find(SCREEN, "x").tokens is None


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1)])
def test_an_image_too_small_for_a_closer_look(size: tuple[int, int], speaker: Any) -> None:
    place = Grounder(speaker("(0, 0)"), profile(), zoom=True).find(Image.new("RGB", size), "x")
    assert (place.point, place.zoomed) == (Point(0, 0), None)


def test_a_profile_that_does_not_point_is_refused(speaker: Any) -> None:
    with pytest.raises(NotAGrounder, match="planner is not asked where something is"):
        Grounder(speaker(), find_profile("planner"))


def test_how_sure_it_was_is_told_in_pixels_of_the_screenshot(speaker: Any) -> None:
    even = (*[0.0] * 8, 0.5, 0.5)
    said = "(280, 139)"
    doubtful = partial(sure_of, doubts={said.index("9"): even})
    place = Grounder(speaker(said, measure=doubtful), profile(most=280 * 560)).find(SCREEN, "x")
    assert place.confidence is not None
    assert place.confidence.spread == pytest.approx((0.0, 2 * 0.5))
    assert place.confidence.probability == pytest.approx(of_last("(280, 13", "280", "13") * 0.5)
    assert Grounder(speaker(said), profile()).find(SCREEN, "x").confidence is None


def test_a_closer_look_has_its_own_confidence(speaker: Any) -> None:
    """In a part of half the width, a pixel that the model sees is one of the screenshot."""
    even = (*[0.0] * 8, 0.5, 0.5)
    model = speaker("(279, 140)", "(100, 108)", measure=lambda text: sure_of(text, doubts={len(text) - 2: even}))
    place = Grounder(model, profile(most=280 * 560), zoom=True).find(SCREEN, "x")
    assert place.zoomed is not None and place.confidence is not None
    assert place.confidence.spread == pytest.approx((0.0, 0.5))
