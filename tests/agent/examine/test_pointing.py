"""Every profile is asked in its own words, and what it answers is read also where it lies outside of the image."""

from typing import Any

import pytest

from handeye.actions.dialects.grounding.answers import ANSWERS
from handeye.actions.dialects.qwen.dialect import COMPUTER_USE
from handeye.actions.geometry import Size
from handeye.agent.examine.fit import Position
from handeye.agent.examine.pointing import position, shoot
from handeye.agent.examine.screen import TARGETS, draw
from handeye.agent.prompts.catalog import PROFILES
from handeye.agent.prompts.families.planner import PLANNER
from handeye.agent.prompts.profile import CheckpointProfile

SEEN = Size(1932, 1092)


@pytest.mark.parametrize("profile", [each for each in PROFILES.values() if each is not PLANNER], ids=lambda p: p.name)
def test_each_profile_hits_all_targets(profile: CheckpointProfile, seer: Any) -> None:
    model = seer(profile=profile)
    aim = shoot(model, profile, draw())
    assert aim.hits == len(aim.shots) == len(TARGETS), aim
    assert aim.sees and max(aim.errors) <= 3  # a thousandth of the screen is two pixels
    assert len(model.asked) == len(TARGETS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(900, 1500)", (900, 1500)),
        ("(0.25, 0.75)", (0.25, 0.75)),
        ("[0.2, 0.4, 0.4, 0.8]", (0.3, 0.6)),
        ("I see no button.", None),
        ("0.5 of the image", None),
        ("", None),
    ],
)
def test_answers(text: str, said: tuple[float, float] | None) -> None:
    found = position(text, ANSWERS["pair"], SEEN)
    assert found == (None if said is None else pytest.approx(said))


def test_a_call_is_read_too() -> None:
    call = (
        '<tool_call>\n{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [%s]}}\n</tool_call>'
    )
    assert position(call % "2400, 30", COMPUTER_USE, SEEN) == Position(2400, 30)
    assert position(call % "0.5, 0.25", COMPUTER_USE, SEEN) == Position(0.5, 0.25)
    assert position(call.replace("left_click", "wait") % "1, 1", COMPUTER_USE, SEEN) is None
