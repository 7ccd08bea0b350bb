"""The prompts are those that the makers' own agent sends for the same episodes; opencua.json says from which files."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Seen
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.schema import Click, OpenApp
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.prompts.catalog import agent_prompt, choose_profile, find_profile
from handeye.agent.prompts.example import SIZE, TASK, example
from handeye.agent.prompts.plain import plain
from handeye.agent.prompts.view import View

MAKERS = json.loads(Path(__file__).with_name("opencua.json").read_text(encoding="utf-8"))
NAMES = ("opencua", "opencua-72b")
INSTRUCTION = (
    "# Task Instruction:\nT\n\nPlease generate the next move according to the screenshot, task instruction and "
    "previous steps (if provided).\n"
)


def render(history: History, name: str = "opencua") -> list[Any]:
    prompt = agent_prompt(find_profile(name))
    view = View(history, prompt.dialects.on(history.abilities), lambda _: Size(196, 140), prompt.history)
    return plain(prompt.compose(view))


@pytest.mark.parametrize("name", NAMES)
def test_the_conversation_is_the_makers(name: str) -> None:
    profile = find_profile(name)
    prompt = agent_prompt(profile)
    assert plain(prompt.compose(example(prompt, profile.pixels))) == MAKERS[name]["messages"]


@pytest.mark.parametrize("name", NAMES)
def test_the_conversation_after_eight_steps_is_the_makers(name: str) -> None:
    profile = find_profile(name)
    prompt = agent_prompt(profile)
    view = example(prompt, profile.pixels)
    seen = Seen(Frame("model image", view.size), view.history.observation.frame)
    steps = []
    for index in range(8):
        code = f"```python\npyautogui.click(x={index}, y={index})\n```"
        text = f"## Thought:\nt{index}\n\n## Action:\nClick {index}.\nThen look.\n\n## Code:\n{code}"
        reading = view.dialect.read(text, seen)
        (first, *_) = view.history.steps
        decision = replace(first.decision, text=text, conclusion=reading.conclusion, actions=reading.actions)
        steps.append(replace(first, decision=decision))
    view = replace(view, history=replace(view.history, steps=tuple(steps)))
    assert plain(prompt.compose(view)) == MAKERS[name]["later"]


def test_a_phone_gets_the_same_prompt(observe: Any) -> None:
    phone = Abilities(frozenset({"click", "home"}))
    history = History("T", (), observe())
    assert render(replace(history, abilities=phone)) == render(history)


def test_a_step_without_words_is_told_by_its_code(observe: Any, make_step: Any) -> None:
    actions = (Click(point=Point(3, 4)), OpenApp(name="Files"))
    steps = (make_step(0, Outcome("executed"), Outcome("executed"), actions=actions),)
    _, _, reply, _ = render(History("T", steps, observe()))
    told = 'pyautogui.click(x=7, y=9) {"type": "open_app", "name": "Files"}'
    assert reply["content"] == [f"# Step 1:\n## Action:\n{told}\n"]


@pytest.mark.parametrize("name", NAMES)
def test_trouble_stands_around_the_newest_screenshot(observe: Any, make_step: Any, name: str) -> None:
    steps = (make_step(0, Outcome("rejected", "use `press`"), conclusion="Press it."),)
    *_, turn = render(History("T", steps, observe(notices=("A dialog asks: Sure?",))), name)
    assert turn["content"] == [
        "(rejected: use `pyautogui.press`)\n",
        {"image": [96, 64]},
        f"{INSTRUCTION}\nNotice: A dialog asks: Sure?",
    ]


def test_trouble_of_older_steps_stands_with_them(observe: Any, make_step: Any) -> None:
    outcomes = (Outcome("rejected", "no"), Outcome("denied", "not that"), Outcome("executed"), Outcome("executed"))
    steps = tuple(make_step(index, outcome, conclusion=f"Do {index}.") for index, outcome in enumerate(outcomes))
    _, summary, turn, *_ = render(History("T", steps, observe()))
    assert summary["content"] == [
        "# Step 1:\n## Action:\nDo 0.\n(rejected: no)\n\n# Step 2:\n## Action:\nDo 1.\n",
    ]
    assert turn["content"] == ["(denied: not that)\n", {"image": [96, 64]}]


def test_one_screenshot_leaves_all_steps_in_one_turn(observe: Any, make_step: Any) -> None:
    steps = tuple(make_step(index, Outcome("executed"), conclusion=f"Do {index}.") for index in range(3))
    _, summary, turn = render(History("T", steps, observe(), screenshots=1))
    assert summary["role"] == "assistant"
    assert summary["content"][0].count("# Step ") == 3
    assert turn["content"] == [{"image": [96, 64]}, INSTRUCTION]


def test_grounding() -> None:
    profile = find_profile("opencua")
    assert profile.grounder is not None
    assert plain(profile.grounder.compose(TASK, Image.new("RGB", SIZE), SIZE)) == MAKERS["grounding"]["messages"]
    answer = "```python\npyautogui.click(x=12, y=34)\n```"
    reading = profile.grounder.answer.read(answer, Seen(Frame("model image", SIZE)))
    assert (reading.problem, reading.actions) == (None, (Click(point=Point(12, 34)),))


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("xlangai/OpenCUA-7B", "opencua"),
        ("xlangai/OpenCUA-32B", "opencua"),
        ("sujitvasanth/OpenCUA-7B-exl2", "opencua"),
        ("/models/opencua_32b_awq", "opencua"),
        ("OpenCUA-7B-Qwen2.5VL", "opencua"),
        ("xlangai/OpenCUA-72B", "opencua-72b"),
        ("mradermacher/OpenCUA-72B-GGUF", "opencua-72b"),
    ],
)
def test_names_of_checkpoints(model: str, name: str) -> None:
    assert choose_profile(model).profile.name == name


@pytest.mark.parametrize("model", ["xlangai/OpenCUA-Qwen2-7B", "xlangai/OpenCUA-A3B", "Salesforce/GTA1-7B", "cua"])
def test_names_of_others(model: str) -> None:
    assert choose_profile(model).profile.name not in NAMES
