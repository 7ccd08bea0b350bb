"""The prompts are those that the makers' own agents send for the same episodes; ui_tars.json says from which files."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Seen
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.schema import Click
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.prompts.catalog import agent_prompt, choose_profile, find_profile
from handeye.agent.prompts.example import SIZE, TASK, example
from handeye.agent.prompts.families.ui_tars import boxed
from handeye.agent.prompts.plain import plain
from handeye.agent.prompts.view import View
from handeye.agent.step import Step

MAKERS = json.loads(Path(__file__).with_name("ui_tars.json").read_text(encoding="utf-8"))
NAMES = ("ui-tars-1.5", "dart-gui", "arpo-ui-tars")


def render(history: History, name: str = "ui-tars-1.5") -> list[Any]:
    prompt = agent_prompt(find_profile(name))
    view = View(history, prompt.dialects.on(history.abilities), lambda _: Size(196, 140), prompt.history)
    return plain(prompt.compose(view))


def replied(text: str, step: Step) -> Step:
    return replace(step, decision=replace(step.decision, text=text))


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
    replies = [f"Thought: t{index}\nAction: click(start_box='({index},{index})')" for index in range(8)]
    first = view.history.steps[0]
    answered = Seen(view.frame(first), first.observation.frame)
    readings = [view.dialect.read(text, answered) for text in replies]
    steps = tuple(
        replace(first, decision=replace(first.decision, text=text, actions=reading.actions))
        for text, reading in zip(replies, readings, strict=True)
    )
    assert plain(prompt.compose(replace(view, history=replace(view.history, steps=steps)))) == MAKERS[name]["later"]


def test_a_phone_has_the_makers_prompt() -> None:
    profile = find_profile("ui-tars-1.5")
    prompt = agent_prompt(profile)
    _, user, *_ = prompt.compose(example(prompt, profile.pixels, phone=True))
    assert user.content == (MAKERS["phone"]["text"],)


@pytest.mark.parametrize("name", NAMES)
def test_a_phone_has_its_own_calls(observe: Any, name: str) -> None:
    _, user, *_ = render(History("T", (), observe(), abilities=Abilities(frozenset({"click", "home"}))), name)
    assert "press_home()" in user["content"][0]


def test_only_the_last_35_replies_of_dart_are_kept(observe: Any, make_step: Any) -> None:
    steps = tuple(make_step(index, Outcome("executed")) for index in range(40))
    turns = render(History("T", steps, observe()), "dart-gui")
    assert sum(turn["role"] == "assistant" for turn in turns) == 35


@pytest.mark.parametrize(("reply", "kept"), MAKERS["boxed"]["replies"])
def test_lost_box_tokens_are_put_back_as_the_makers_do(reply: str, kept: str) -> None:
    assert boxed(reply) == kept


def test_a_step_without_text_is_told_in_calls(observe: Any, make_step: Any) -> None:
    click = Click(point=Point(3, 4))
    step = replied("", make_step(0, Outcome("executed"), thought="There.", actions=(click,)))
    *_, reply, _ = render(History("T", (step,), observe()))
    assert reply == {
        "role": "assistant",
        "content": ["Thought: There.\nAction: click(start_box='<|box_start|>(7,9)<|box_end|>')"],
    }


@pytest.mark.parametrize("name", NAMES)
def test_trouble_stands_before_the_next_screenshot(observe: Any, make_step: Any, name: str) -> None:
    steps = (make_step(0, Outcome("rejected", "use `press`")),)
    *_, turn = render(History("T", steps, observe(notices=("A dialog asks: Sure?",))), name)
    text, image = turn["content"]
    assert text == "(rejected: use `hotkey`)\n\nNotice: A dialog asks: Sure?"
    assert image == {"image": [96, 64]}


def test_trouble_of_a_step_that_is_no_longer_shown_is_a_turn_of_its_own(observe: Any, make_step: Any) -> None:
    outcomes = (Outcome("rejected", "no"), *(Outcome("executed") for _ in range(6)))
    steps = tuple(make_step(index, outcome) for index, outcome in enumerate(outcomes))
    turns = render(History("T", steps, observe()))
    assert [turn["role"] for turn in turns[2:5]] == ["assistant", "user", "assistant"]
    assert turns[3]["content"] == ["(rejected: no)\n"]


def test_a_user_is_named_where_there_is_one(observe: Any) -> None:
    for name in NAMES:
        history = History("T", (), observe(), abilities=Abilities(frozenset({"click", "press", "ask_user"})))
        _, user, *_ = render(history, name)
        before, after = user["content"][0].split("\ncall_user() # ")
        assert before.endswith("normal python string format.")
        assert "\n## Note\n" in after


def test_grounding() -> None:
    profile = find_profile("ui-tars-1.5")
    assert profile.grounder is not None
    image = Image.new("RGB", SIZE)
    system, user, picture = profile.grounder.compose(TASK, image, SIZE)
    assert system.content == ("You are a helpful assistant.",)
    assert user.content == (MAKERS["grounding"]["text"],)
    assert (picture.role, picture.content) == ("user", (image,))
    seen = Seen(Frame("model image", SIZE))
    for answer in (
        "Action: click(start_box='<|box_start|>(12,34)<|box_end|>')",
        "Action: click(start_box='(12,34)')",
        "(12,34)",
    ):
        reading = profile.grounder.answer.read(answer, seen)
        assert (reading.problem, reading.actions, reading.thought) == (None, (Click(point=Point(12, 34)),), "")


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("ByteDance-Seed/UI-TARS-1.5-7B", "ui-tars-1.5"),
        ("mlx-community/UI-TARS-1.5-7B-4bit", "ui-tars-1.5"),
        ("Mungert/UI-TARS-1.5-7B-GGUF", "ui-tars-1.5"),
        ("/models/ui_tars_1_5_7b_awq", "ui-tars-1.5"),
        ("uitars15-7b", "ui-tars-1.5"),
        ("dart-gui/dart-gui-7b", "dart-gui"),
        ("mradermacher/DART-GUI-7B-GGUF", "dart-gui"),
        ("dart-uitars", "dart-gui"),
        ("Fanbin/ARPO_UITARS1.5_7B", "arpo-ui-tars"),
        ("ARPO-UITARS1.5-7B-AWQ", "arpo-ui-tars"),
    ],
)
def test_names_of_checkpoints(model: str, name: str) -> None:
    assert choose_profile(model).profile.name == name


@pytest.mark.parametrize(
    "model", ["ByteDance-Seed/UI-TARS-7B-DPO", "ByteDance-Seed/UI-TARS-72B-SFT", "UI-TARS-2", "dart"]
)
def test_names_of_others(model: str) -> None:
    assert choose_profile(model).profile.name not in NAMES
