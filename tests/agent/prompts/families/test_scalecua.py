"""The makers' own code, run on the same episode, is what the expected conversations come from: see the JSON file."""

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
from handeye.agent.prompts.catalog import agent_prompt, choose_profile, find_profile
from handeye.agent.prompts.example import SIZE, TASK, example
from handeye.agent.prompts.plain import plain
from handeye.model.conversation.messages import Message

EXPECTED = json.loads((Path(__file__).parent / "scalecua.json").read_text())
PROFILE = find_profile("scalecua")
PROMPT = agent_prompt(PROFILE)


def render(history: History) -> list[Message]:
    return PROMPT.compose(view_of(history, PROMPT, lambda _: Size(196, 140)))


def text_of(history: History) -> str:
    _, user = render(history)
    image, text = user.content
    assert image is history.observation.image
    return str(text)


@pytest.mark.parametrize("screen", ["computer", "phone"])
def test_it_is_prompted_as_its_makers_do_it(screen: str) -> None:
    messages = PROMPT.compose(example(PROMPT, PROFILE.pixels, phone=screen == "phone"))
    assert plain(messages) == EXPECTED[screen]["messages"]


def test_the_first_step(observe: Any) -> None:
    view = example(PROMPT, PROFILE.pixels)
    first = replace(view, history=replace(view.history, steps=()))
    assert plain(PROMPT.compose(first))[1:] == EXPECTED["computer, first step"]["messages"]


def test_it_is_asked_for_a_place_as_its_makers_do_it() -> None:
    assert PROFILE.grounder is not None
    assert PROFILE.pixels is not None
    seen = PROFILE.pixels.resize(SIZE)
    assert plain(PROFILE.grounder.compose(TASK, Image.new("RGB", SIZE), seen)) == EXPECTED["grounding"]["messages"]
    reading = PROFILE.grounder.answer.read("<action>\nclick(x=100, y=200)\n</action>", Seen(Frame("model image", seen)))
    assert reading.actions == (Click(point=Point(100, 200)),)


def test_a_step_of_another_policy_is_told_in_calls(observe: Any, make_step: Any) -> None:
    actions = (Click(point=Point(1, 1)), Type(text="tent"))
    step = make_step(0, Outcome("executed"), Outcome("executed"), actions=actions)
    step = replace(step, decision=replace(step.decision, text=""))
    text = text_of(History("T", (step,), observe()))
    assert text.endswith("\nStep 1: click(x=3, y=3) write(message='tent')\n")


def test_what_went_wrong_is_told(observe: Any, make_step: Any) -> None:
    step = make_step(0, Outcome("rejected", "use `press`"), conclusion="Press it.")
    text = text_of(History("T", (step,), observe(notices=("A popup: use `answer`.",))))
    assert text.endswith("\nStep 1: Press it. (rejected: use `press`)\n\nNotice: A popup: use `response`.")


def test_a_phone_has_its_own_functions(observe: Any) -> None:
    system, _ = render(History("T", (), observe(), abilities=Abilities(frozenset({"click", "home"}))))
    assert "**Android**" in str(system.content[0])
    assert "def navigate_home()" in str(system.content[0])


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("OpenGVLab/ScaleCUA-3B", "scalecua"),
        ("mradermacher/ScaleCUA-7B-GGUF", "scalecua"),
        ("scale_cua_32b_awq", "scalecua"),
        ("xlangai/OpenCUA-7B", "not"),
        ("Qwen/Qwen2.5-VL-7B-Instruct", "not"),
    ],
)
def test_names(model: str, name: str) -> None:
    assert (choose_profile(model).profile.name == "scalecua") == (name == "scalecua")
