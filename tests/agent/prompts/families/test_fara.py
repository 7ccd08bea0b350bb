"""The prompts of Fara-7B, compared with those of its makers' agent; fara.json says how they were made."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Type
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.outcome import Outcome, Status
from handeye.agent.policies.reading import view_of
from handeye.agent.prompts.catalog import agent_prompt, choose_profile, find_profile
from handeye.agent.prompts.example import SIZE, example
from handeye.agent.prompts.plain import plain
from handeye.agent.step import Step
from handeye.environments.element import Element

VENDOR = json.loads((Path(__file__).parent / "fara.json").read_text())
PROFILE = find_profile("fara")
PROMPT = agent_prompt(PROFILE)


def render(history: History) -> list[Any]:
    assert PROFILE.pixels is not None
    turns: list[Any] = json.loads(json.dumps(plain(PROMPT.compose(view_of(history, PROMPT, PROFILE.pixels.resize)))))
    return turns


def resized(turns: list[Any]) -> list[Any]:
    """Conversations with the screenshots of the example at the size at which the model sees them."""
    assert PROFILE.pixels is not None
    size = [*PROFILE.pixels.resize(SIZE)]
    as_seen: list[Any] = json.loads(json.dumps(turns).replace(json.dumps([*SIZE]), json.dumps(size)))
    return as_seen


def on_pages(waits: int = 0) -> History:
    """The history of the example on the pages of the makers' episode, with further steps that wait."""
    history = example(PROMPT, PROFILE.pixels).history
    first, second, third = (replace(history.observation, url=url) for url in VENDOR["urls"])
    steps = [replace(step, observation=seen) for step, seen in zip(history.steps, (first, second), strict=True)]
    steps += [Step(2 + index, third, Decision(VENDOR["waiting"], "", ()), ()) for index in range(waits)]
    return replace(history, steps=tuple(steps), observation=third)


def test_a_page_is_shown_as_by_its_makers() -> None:
    assert resized(render(on_pages())) == VENDOR["third"]


def test_turns_without_screenshots_are_left_out_as_by_its_makers() -> None:
    system, *turns = resized(render(on_pages(waits=2)))
    assert system == VENDOR["third"][0]
    assert turns == VENDOR["fifth"]


def test_the_first_step(observe: Any) -> None:
    _, user = render(History("Find tents.", (), observe(url="https://a.example/")))
    assert user == {"role": "user", "content": [{"image": [96, 64]}, "Find tents."]}


def test_no_address_is_told_where_there_is_none(observe: Any, make_step: Any) -> None:
    *_, user = render(History("T", (make_step(0, Outcome("executed")),), observe()))
    assert user["content"][1] == "Here is the next screenshot. Think about what to do next."


def test_a_step_of_another_policy_is_told_in_the_dialect(observe: Any, make_step: Any) -> None:
    actions = (Click(point=Point(3, 4)), Type(text="tent"))
    step = make_step(0, Outcome("executed"), Outcome("executed"), actions=actions, thought="I search.")
    step = replace(step, decision=replace(step.decision, text=""))
    _, _, assistant, _ = render(History("T", (step,), observe()))
    said = assistant["content"][0]
    assert said.startswith('I search.\n<tool_call>\n{"name": "computer_use", "arguments": {"action": "left_click"')
    assert '"arguments": {"action": "type", "text": "tent", "press_enter": false' in said


def test_trouble_is_told_after_the_reply_that_it_is_about(observe: Any, make_step: Any) -> None:
    statuses: tuple[Status, ...] = ("executed", "rejected", "executed", "denied")
    steps = tuple(
        make_step(index, Outcome(status, "use `press`"), thought=f"Thought {index}.")
        for index, status in enumerate(statuses)
    )
    history = History("T", steps, observe(notices=("A dialog asks: Sure?",)), abilities=Abilities())
    turns = render(history)
    assert turns[1]["content"] == ["T"]
    told = [turn["content"][-1] for turn in turns if turn["role"] == "user"]
    assert told[1:] == [
        "(use `key`)\n",
        "(rejected: use `key`)\nHere is the next screenshot. Think about what to do next.",
        "(use `key`)\nHere is the next screenshot. Think about what to do next.",
        "(denied: use `key`)\nHere is the next screenshot. Think about what to do next.\nNotice: A dialog asks: Sure?",
    ]


def test_marks_are_listed(observe: Any) -> None:
    mark = Element(observe().frame.box, "button", "OK")
    *_, user = render(History("T", (), replace(observe(), marks=(mark,))))
    assert user["content"][1].endswith('for the middle of box 1.\n1: button "OK"')


def test_a_phone_has_no_other_tool(observe: Any) -> None:
    system, _ = render(History("T", (), observe(), abilities=Abilities(frozenset({"click", "home"}))))
    assert '"name": "computer_use"' in system["content"][0]


@pytest.mark.parametrize(
    "name",
    ["microsoft/Fara-7B", "bartowski/microsoft_Fara-7B-GGUF", "fara-7b-4bit", "x/Fara-7B-AWQ", "fara", "fara_7b"],
)
def test_its_checkpoints_are_known(name: str) -> None:
    assert choose_profile(name, "Qwen2.5-VL-7B-Instruct").profile is PROFILE


@pytest.mark.parametrize("name", ["Qwen/Qwen2.5-VL-7B-Instruct", "safara-7b", "faraday-7b", "mPLUG/GUI-Owl-7B"])
def test_others_are_not(name: str) -> None:
    assert choose_profile(name).profile is not PROFILE
