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
from handeye.actions.schema import Click, Scroll
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.policies.reading import view_of
from handeye.agent.prompts.catalog import agent_prompt, choose_profile, find_profile
from handeye.agent.prompts.example import SIZE, TASK, example
from handeye.agent.prompts.plain import plain

EXPECTED = json.loads((Path(__file__).parent / "gui_r1.json").read_text())
PROFILE = find_profile("gui-r1")
PROMPT = agent_prompt(PROFILE)


def text_of(history: History) -> str:
    (user,) = PROMPT.compose(view_of(history, PROMPT, lambda _: Size(196, 140)))
    _, image, text = user.content
    assert image is history.observation.image
    return str(text)


@pytest.mark.parametrize("phone", [False, True])
def test_it_is_prompted_as_it_was_trained(phone: bool) -> None:
    view = example(PROMPT, PROFILE.pixels, phone=phone)
    assert plain(PROMPT.compose(view)) == EXPECTED["gui-r1"]["messages"]
    first = replace(view, history=replace(view.history, steps=()))
    assert plain(PROMPT.compose(first)) == EXPECTED["gui-r1, first step"]["messages"]


@pytest.mark.parametrize(
    ("name", "expected", "answer"),
    [
        ("gui-r1", "gui-r1 grounding", "<think> It. </think> <answer>[{'action': 'click', 'point': [1, 2]}]</answer>"),
        ("ui-r1", "ui-r1", "<think> It. </think> <answer>[{'action': 'click', 'coordinate': [1, 2]}]</answer>"),
        ("ui-r1-e", "ui-r1-e", "<answer>[{'action': 'click', 'coordinate': [1, 2]}]</answer>"),
    ],
)
def test_they_are_asked_for_a_place_as_their_makers_do_it(name: str, expected: str, answer: str) -> None:
    profile = find_profile(name)
    assert profile.grounder is not None
    assert profile.pixels is not None
    seen = profile.pixels.resize(SIZE)
    assert plain(profile.grounder.compose(TASK, Image.new("RGB", SIZE), seen)) == EXPECTED[expected]["messages"]
    reading = profile.grounder.answer.read(answer, Seen(Frame("model image", seen)))
    assert (reading.actions, reading.notes) == ((Click(point=Point(1, 2)),), ())


def test_a_step_of_another_policy_is_told_as_an_answer(observe: Any, make_step: Any) -> None:
    actions = (Click(point=Point(1, 1)), Scroll(point=Point(1, 1), dy=9))
    step = make_step(0, Outcome("executed"), Outcome("executed"), actions=actions)
    step = replace(step, decision=replace(step.decision, text=""))
    assert (
        "history being 'Step 1: [{'action': 'click', 'point': [3, 3], 'input_text': 'no input text'}, "
        "{'action': 'scroll', 'point': [3, 3], 'input_text': 'down'}]'.\n"
    ) in text_of(History("T", (step,), observe()))


def test_what_went_wrong_is_told(observe: Any, make_step: Any) -> None:
    unread = make_step(0, Outcome("problem", "no action"), problem="no action")
    step = make_step(1, Outcome("rejected", "use `press`"))
    text = text_of(History("T", (unread, step), observe(notices=("A popup: use `press`.",))))
    assert "being 'Step 1: (problem: no action)\nStep 2: [{'action': 'click', 'point': [3, 3], " in text
    assert "'no input text'}] (rejected: use `enter`)'.\n" in text
    assert text.endswith("'down']}]\nNotice: A popup: use `enter`.")


def test_a_phone_has_the_same_actions(observe: Any) -> None:
    phone = Abilities(frozenset({"click", "home"}))
    assert text_of(History("T", (), observe())) == text_of(History("T", (), observe(), abilities=phone))


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("ritzzai/GUI-R1", "gui-r1"),
        ("GUI-R1-3B", "gui-r1"),
        ("mradermacher/GUI-R1-7B-GGUF", "gui-r1"),
        ("LZXzju/Qwen2.5-VL-3B-UI-R1", "ui-r1"),
        ("LZXzju/Qwen2.5-VL-3B-UI-R1-E", "ui-r1-e"),
        ("mradermacher/Qwen2.5-VL-3B-UI-R1-E-GGUF", "ui-r1-e"),
        ("UI-R1-E-3B", "ui-r1-e"),
        ("UI-R1-3B-4bit", "ui-r1"),
        ("InfiX-ai/InfiGUI-R1-3B", "qwen2.5-vl"),
        ("Qwen/Qwen2.5-VL-3B-Instruct", "qwen2.5-vl"),
    ],
)
def test_names(model: str, name: str) -> None:
    assert choose_profile(model).profile.name == name
