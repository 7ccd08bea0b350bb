"""The prompt of UI-S1, compared with that of its makers' code; ui_s1.json says how it was made."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Type
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.policies.reading import view_of
from handeye.agent.prompts.catalog import agent_prompt, choose_profile, find_profile
from handeye.agent.prompts.example import example
from handeye.agent.prompts.plain import plain
from handeye.environments.element import Element

VENDOR = json.loads((Path(__file__).parent / "ui_s1.json").read_text())
PROFILE = find_profile("ui-s1")
PROMPT = agent_prompt(PROFILE)
PHONE = Abilities(frozenset({"click", "home"}))
NEXT = "Output Format: ```\n<think> ... </think>\n\n<action> ... </action>\n```"


def render(history: History) -> list[Any]:
    return plain(PROMPT.compose(view_of(history, PROMPT, lambda size: size)))


def test_a_phone_is_shown_as_by_its_makers() -> None:
    assert plain(PROMPT.compose(example(PROMPT, PROFILE.pixels, phone=True))) == VENDOR["phone"]


def test_a_computer_has_no_other_prompt() -> None:
    assert plain(PROMPT.compose(example(PROMPT, PROFILE.pixels))) == VENDOR["phone"]
    assert PROMPT.dialects.on(PHONE) is PROMPT.dialects.computer


def test_the_first_step(observe: Any) -> None:
    _, user = render(History("T", (), observe(), abilities=PHONE))
    assert user["content"][0] == f"User Instruction: T\n{NEXT}" + (
        "If the query asks a question, please answer the question through the answer action before terminating the "
        "process.\n"
    )


def test_a_step_of_another_policy_is_told_in_the_dialect(observe: Any, make_step: Any) -> None:
    actions = (Click(point=Point(3, 4)), Type(text="tent", submit=True))
    step = make_step(0, Outcome("executed"), Outcome("executed"), actions=actions, thought="I search.")
    step = replace(step, decision=replace(step.decision, text=""))
    assistant = render(History("T", (step,), observe(), abilities=PHONE))[2]
    assert assistant["content"] == [
        '<think>\nI search.\n</think>\n<action>\n{"action": "click", "coordinate": [3, 4]}\n</action>'
        '\n\n{"action": "type", "text": "tent"}\n\n{"action": "system_button", "button": "Enter"}'
    ]


def test_trouble_is_told(observe: Any, make_step: Any) -> None:
    steps = tuple(make_step(index, Outcome("rejected", "use `press`"), thought="I press.") for index in range(2))
    turns = render(History("T", steps, observe(notices=("A dialog asks: Sure?",)), abilities=PHONE))
    assert turns[3]["content"][0] == f"(rejected: use `key`)\n{NEXT}"
    assert turns[5]["content"][0] == f"(rejected: use `key`)\n{NEXT}\nNotice: A dialog asks: Sure?"


def test_marks_are_listed(observe: Any) -> None:
    mark = Element(observe().frame.box, "button", "OK")
    *_, user = render(History("T", (), replace(observe(), marks=(mark,)), abilities=PHONE))
    assert user["content"][0].endswith('\n1: button "OK"')


@pytest.mark.parametrize(
    "name", ["mPLUG/UI-S1-7B", "ui_s1_7b", "x/UI-S1-7B-GGUF", "UI-S1-7B-AWQ", "ui-s1-7b-4bit", "UI-S1"]
)
def test_its_checkpoints_are_known(name: str) -> None:
    assert choose_profile(name, "Qwen2.5-VL-7B-Instruct").profile is PROFILE


@pytest.mark.parametrize("name", ["GUI-S1-7B", "ui-s10", "mPLUG/GUI-Owl-7B", "Qwen/Qwen2.5-VL-7B-Instruct"])
def test_others_are_not(name: str) -> None:
    assert choose_profile(name).profile is not PROFILE
