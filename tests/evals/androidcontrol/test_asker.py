"""What a model is asked at a step, and what its replies become."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.actions.dialects.qwen.prompt import system_prompt
from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click, Drag, LongPress, Type
from handeye.evals.androidcontrol.asker import StepAsker
from handeye.evals.androidcontrol.benchmark import androidcontrol
from handeye.evals.androidcontrol.prompt import UnknownPrompt, prompt_digest
from handeye.evals.androidcontrol.sample import Level, StepSample
from handeye.evals.androidcontrol.scroll import Scroll
from handeye.evals.androidcontrol.truth import Opened, Pressed, Scrolled, Tap, Truth, Typed, Waited
from handeye.evals.samples.asker import Reply
from handeye.evals.samples.dataset import InvalidDataset
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.region import Spot
from handeye.evals.samples.settings import AskSettings
from tests.evals.grounding.test_asker import QWEN, Speaker, settings

SCREEN = Image.new("L", (1080, 2400))
"""The model sees it at 1092x2408."""
HISTORY: tuple[Truth, ...] = (
    Opened("Clock"),
    Tap(Spot(540, 1200)),
    Tap(Spot(0, 2399), long=True),
    Scrolled("down"),
    Scrolled("right"),
    Typed('say "hi", ü'),
    Pressed("back"),
    Waited(),
)
CALLS = (
    '{"action": "open", "text": "Clock"}',
    '{"action": "click", "coordinate": [546, 1204]}',
    '{"action": "long_press", "coordinate": [0, 2407], "time": 2}',
    '{"action": "swipe", "coordinate": [546, 602], "coordinate2": [546, 1806]}',
    '{"action": "swipe", "coordinate": [273, 1204], "coordinate2": [819, 1204]}',
    '{"action": "type", "text": "say \\"hi\\", ü"}',
    '{"action": "system_button", "button": "Back"}',
    '{"action": "wait", "time": 2}',
)
"""The same on the image as it is seen."""


def sample(level: Level = "high", history: tuple[Truth, ...] = HISTORY, **fields: Any) -> StepSample:
    known = {
        "id": "7_8",
        "image": Path("7_8.png"),
        "instruction": "",
        "cluster": "7",
        "level": level,
        "goal": "Set an alarm",
        "step": "Tap on save",
        "truth": Tap(Spot(5, 5)),
        "history": history,
    }
    return StepSample(**{**known, **fields})


def ask(text: str, step: StepSample | None = None) -> tuple[Reply, Speaker]:
    model = Speaker([text])
    return StepAsker(model, settings()).ask(step or sample(), SCREEN, 3), model


def call(arguments: str) -> str:
    return f'<tool_call>\n{{"name": "mobile_use", "arguments": {arguments}}}\n</tool_call>'


def test_the_high_level_is_asked_as_the_maintainers_do() -> None:
    _, model = ask(call('{"action": "wait", "time": 2}'))
    ((system, user),) = model.asked
    assert system.content == (system_prompt("mobile_use", Size(1092, 2408)),)
    assert "The screen's resolution is 1092x2408." in str(system.content[0])
    done = "".join(f"Step {place}: {each}; " for place, each in enumerate(CALLS, start=1))
    text = (
        "The user query:  Set an alarm\n"
        f"Task progress (You have done the following operation on the current device): {done}"
    )
    assert user.content == (text, SCREEN), "the text, then the only image"
    assert model.options[0]["seed"] == 3 and model.options[0]["temperature"] == 0.0


def test_the_low_level_adds_the_step() -> None:
    _, model = ask("", sample("low", ()))
    assert model.asked[0][1].content[0] == (
        "The user query:  Set an alarm\nCurrent step query: Tap on save\n"
        "Task progress (You have done the following operation on the current device): "
    )


def test_the_history_turns_with_the_convention() -> None:
    down = '{"action": "swipe", "coordinate": [546, 602], "coordinate2": [546, 1806]}'
    up = '{"action": "swipe", "coordinate": [546, 1806], "coordinate2": [546, 602]}'
    for scroll, moved in ((Scroll.PROTOCOL, down), (Scroll.FINGER, down), (Scroll.CONTENT, up)):
        _, model = ask("", sample(history=(Scrolled("down"),), scroll=scroll))
        assert f"Step 1: {moved}; " in str(model.asked[0][1].content[0])


def test_a_step_without_a_goal_is_not_asked() -> None:
    with pytest.raises(InvalidDataset, match="leaves out the goal"):
        ask("", sample(goal=""))


def test_replies_are_read_exactly() -> None:
    reply, _ = ask(call('{"action": "click", "coordinate": [547, 1205]}'))
    assert reply.actions == (Click(point=Point(541, 1201)),) and reply.problem is None
    assert reply.spot is not None and reply.spot.x == pytest.approx(547 * 1080 / 1092)
    assert reply.image is not None and (reply.image.size, reply.image.tokens) == (Size(1092, 2408), 39 * 86)
    reply, _ = ask(call('{"action": "swipe", "coordinate": [546, 602], "coordinate2": [546, 1806]}'))
    assert isinstance(reply.actions[0], Drag) and reply.spot is None
    reply, _ = ask(call('{"action": "long_press", "coordinate": [1, 1], "time": 2}'))
    assert isinstance(reply.actions[0], LongPress) and reply.actions[0].seconds == 2


def test_typing_at_a_place_is_typing() -> None:
    reply, _ = ask(call('{"action": "type", "text": "x", "coordinate": [5, 5]}'))
    assert reply.actions == (Type(text="x"),)


@pytest.mark.parametrize(
    "text", ["", "I would click.", call('{"action": "dance"}'), call('{"action": "type", "text": ""}')]
)
def test_what_cannot_be_read_is_a_problem(text: str) -> None:
    reply, _ = ask(text)
    assert reply.actions == () and reply.problem and reply.text == text


def test_settings_reach_the_model_and_the_facts() -> None:
    model = Speaker([call('{"action": "click", "coordinate": [5, 5]}')])
    asker = StepAsker(model, settings(temperature=0.5, max_tokens=9, max_pixels=1_000_000))
    reply = asker.ask(sample(), SCREEN, None)
    assert reply.image is not None and reply.image.size == Size(644, 1484)
    assert (model.options[0]["temperature"], model.options[0]["max_new_tokens"]) == (0.5, 9)
    assert "resolution is 644x1484" in asker.prompt(sample(), SCREEN)
    facts = asker.facts()
    assert facts["profile"] == "qwen2.5-vl" and facts["pixels"] == {"min": 3136, "max": 1_000_000}


@pytest.mark.slow
def test_the_digest_follows_what_is_asked() -> None:
    digests = {
        prompt_digest(each)
        for each in (settings(), settings(max_pixels=1_000_000), settings(temperature=0.5), settings(max_tokens=9))
    }
    assert len(digests) == 4 and prompt_digest(settings()) == androidcontrol().prompt_digest(settings())


def test_checkpoints_whose_prompt_is_not_known_are_refused() -> None:
    for name in ("ByteDance-Seed/UI-TARS-1.5-7B", "inclusionAI/UI-Venus-Navi-7B"):
        with pytest.raises(UnknownPrompt, match=r"is not known: --profile qwen2.5-vl asks in Qwen's words"):
            prompt_digest(AskSettings(model=name))
        with pytest.raises(UnknownPrompt):
            StepAsker(Speaker([], name=name), AskSettings(model=name))
    assert prompt_digest(AskSettings(model="ByteDance-Seed/UI-TARS-1.5-7B", profile="qwen2.5-vl"))


def test_an_answer_of_the_reference_is_right() -> None:
    step = sample(truth=Tap(Spot(540, 1200)), size=Size(1080, 2400))
    reply, _ = ask(call('{"action": "click", "coordinate": [546, 1204]}'), step)
    found = Prediction(key="", sample=step.id, actions=reply.actions, spot=reply.spot, size=Size(1080, 2400))
    verdicts = {judge.name: judge.judge(step, found) for judge in androidcontrol().judges}
    assert {name for name, each in verdicts.items() if each.counted} == {
        "qwen",
        "osatlas",
        "agentcpm",
        "clawgui",
        "ui-r1",
    }
    assert all(each.correct for each in verdicts.values() if each.counted)
    assert QWEN.endswith("7B-Instruct")
