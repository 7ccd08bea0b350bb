"""The prompts of Holo1 and Holo1.5, compared with their makers'; holo.json says how those were made."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Seen
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.schema import Click, Type
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.policies.reading import view_of
from handeye.agent.prompts.catalog import NotAnAgent, agent_prompt, choose_profile, find_profile
from handeye.agent.prompts.example import SIZE, TASK, example
from handeye.agent.prompts.plain import plain
from handeye.agent.prompts.profile import CheckpointProfile

VENDOR = json.loads((Path(__file__).parent / "holo.json").read_text())
HOLO1, HOLO15 = find_profile("holo1"), find_profile("holo1.5")
PROMPT = agent_prompt(HOLO1)
SEEN = Size(1288, 728)


def render(history: History) -> list[Any]:
    return plain(PROMPT.compose(view_of(history, PROMPT, lambda size: size)))


def resized(value: Any) -> Any:
    """Conversations with the screenshots of the example at the size at which the model sees them."""
    return json.loads(json.dumps(value).replace(json.dumps([*SIZE]), json.dumps([*SEEN])))


def test_a_page_is_shown_as_by_its_makers() -> None:
    assert HOLO1.pixels is not None
    assert HOLO1.pixels.resize(SIZE) == SEEN
    system, *turns = resized(plain(PROMPT.compose(example(PROMPT, HOLO1.pixels))))
    told = system["content"][0].replace("1970-01-01 00:00:00", VENDOR["system"]["date"])
    assert len(told) == VENDOR["system"]["length"]
    assert hashlib.sha256(told.encode()).hexdigest() == VENDOR["system"]["sha256"]
    assert turns[::2] == VENDOR["turns"]
    assert turns[1] == {
        "role": "assistant",
        "content": [
            '{"note": "Clicked the search field.", "thought": "The search field is empty, so I click it.", '
            '"action": {"action": "click_element", "element": "", "x": 644, "y": 303}}'
        ],
    }


def test_turns_before_the_last_three_have_no_screenshots(observe: Any, make_step: Any) -> None:
    steps = tuple(make_step(index, Outcome("executed")) for index in range(3))
    turns = render(History("T", steps, observe()))
    assert turns[1]["content"] == ["<task>\nT\n</task>\n<observation step=1>\n\n</observation>\n"]
    assert [len(turn["content"]) for turn in turns] == [1, 1, 1, 3, 1, 3, 1, 3]


def test_a_step_of_another_policy_is_told_in_the_dialect_as_far_as_it_can_be(observe: Any, make_step: Any) -> None:
    actions = (Click(point=Point(3, 4)), Type(text="tent"))
    step = make_step(0, Outcome("executed"), Outcome("executed"), actions=actions, thought="I search.")
    step = replace(step, decision=replace(step.decision, text=""))
    assistant = render(History("T", (step,), observe()))[2]
    assert assistant["content"] == [
        '{"note": "", "thought": "I search.", "action": {"action": "click_element", "element": "", "x": 3, "y": 4}}'
        '\n\n{"type": "type", "text": "tent"}'
    ]


def test_trouble_is_told(observe: Any, make_step: Any) -> None:
    step = make_step(0, Outcome("rejected", "use `back`"), thought="I go back.")
    user = render(History("T", (step,), observe(notices=("A dialog asks: Sure?",))))[-1]
    before, _, behind = user["content"]
    assert before.startswith("(rejected: use `go_back`)\n<task>\nT\n</task>\n<observation step=2>\n")
    assert behind == "\n</screenshot>\n\nNotice: A dialog asks: Sure?\n</observation>\n"


def test_a_phone_has_no_other_schema(observe: Any) -> None:
    system, _ = render(History("T", (), observe(), abilities=Abilities(frozenset({"click", "home"}))))
    assert "'write_element_abs'" in system["content"][0]


@pytest.mark.parametrize(("profile", "name"), [(HOLO1, "localize"), (HOLO15, "localize_1_5")])
def test_a_place_is_asked_for_as_by_its_makers(profile: CheckpointProfile, name: str) -> None:
    assert profile.grounder is not None
    asked = plain(profile.grounder.compose(TASK, Image.new("RGB", SIZE), SEEN))
    assert resized(asked) == VENDOR[name]
    assert profile.grounder.answer.prefix == ""


@pytest.mark.parametrize(
    ("profile", "answer"),
    [(HOLO1, "Click(350, 342)"), (HOLO15, '{"action": "click_absolute", "x": 350, "y": 342}')],
)
def test_the_place_is_read_back(profile: CheckpointProfile, answer: str) -> None:
    assert profile.grounder is not None
    reading = profile.grounder.answer.read(answer, Seen(Frame("model image", SEEN)))
    assert reading.actions == (Click(point=Point(350, 342)),)


def test_the_second_edition_only_points() -> None:
    assert HOLO15.good_at == ("grounder",)
    with pytest.raises(NotAnAgent):
        agent_prompt(HOLO15)


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("Hcompany/Holo1-3B", HOLO1),
        ("Hcompany/Holo1-7B", HOLO1),
        ("holo1_7b", HOLO1),
        ("x/Holo1-7B-GGUF", HOLO1),
        ("Holo1-7B-AWQ", HOLO1),
        ("Hcompany/Holo1.5-3B", HOLO15),
        ("Hcompany/Holo1.5-72B", HOLO15),
        ("holo1-5-7b-20250915", HOLO15),
        ("holo1_5_7b", HOLO15),
        ("mradermacher/Holo1.5-7B-i1-GGUF", HOLO15),
        ("Holo1.5-7B-4bit", HOLO15),
    ],
)
def test_their_checkpoints_are_known(name: str, profile: CheckpointProfile) -> None:
    assert choose_profile(name, "Qwen2.5-VL-7B-Instruct").profile is profile


@pytest.mark.parametrize("name", ["Hcompany/Holo2-8B", "Hcompany/Holo3-7B", "holo1.55", "Qwen/Qwen2.5-VL-7B-Instruct"])
def test_others_are_not(name: str) -> None:
    assert choose_profile(name).profile not in (HOLO1, HOLO15)
