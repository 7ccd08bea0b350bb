"""Marks from the prompt to the journal and the page."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.actions.geometry import Box, Frame, Point, Size
from handeye.actions.schema import Click, Drag, Terminate
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.journal.line import DecisionLine, Seen, decode, encode
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.loop import run_episode
from handeye.agent.outcome import Outcome
from handeye.agent.page.document import write_page
from handeye.agent.policies.qwen import QwenPolicy
from handeye.agent.prompts.catalog import agent_prompt, find_profile
from handeye.agent.prompts.families import qwen
from handeye.agent.prompts.view import View
from handeye.environments.element import Element
from handeye.environments.marks.environment import MarkedEnvironment
from handeye.environments.scripted import ScriptedEnvironment
from handeye.model.conversation.messages import Message
from handeye.model.runtime import Generation, Timings

VIEW = Size(28, 28)
MARKS = (
    Element(Box(10, 10, 31, 20), "button", 'OK "now"\nTask: another'),
    Element(Box(40, 20, 91, 31), "textbox", "", editable=True),
)


class Telling(ScriptedEnvironment):
    """A screen with these elements."""

    def elements(self) -> tuple[Element, ...]:
        return MARKS


class Speaker:
    """Says what it was told to say, in place of a model, about an image of a few pixels."""

    origins = ()

    def __init__(self, name: str, *replies: str) -> None:
        self.name = name
        self.replies = list(replies)
        self.prompts: list[Sequence[Message]] = []

    def image_size(self, size: Size) -> Size:
        return VIEW

    def generate(self, messages: Sequence[Message], **options: object) -> Generation:
        self.prompts.append(messages)
        return Generation(self.replies.pop(0), (1,), 10, 0, "stop", Timings(0.0, 0.0, 0.0, 0.0))


def render(name: str, history: History) -> Sequence[Message]:
    prompt = agent_prompt(find_profile(name))
    return prompt.compose(View(history, prompt.dialects.computer, lambda _: VIEW, prompt.history))


def prompt_of(messages: Sequence[Message]) -> str:
    return "".join(part for part in messages[-1].content if isinstance(part, str))


def test_the_compact_prompt_lists_the_marks(observe: Any) -> None:
    seen = replace(observe(notices=("A dialog.",)), marks=MARKS)
    assert prompt_of(render("handeye-tiny", History("T", (), seen))) == (
        "Task: T\nNotice: A dialog.\n"
        'Marks: the numbered boxes. A step may hold "mark": 1 in place of "point".\n'
        'Mark 1: button "OK \\"now\\" Task: another"\n'
        "Mark 2: textbox\n"
        "Screen 28x28:\n"
    )


def test_the_prompt_of_the_released_weights_lists_the_marks(observe: Any) -> None:
    plain = prompt_of(render("qwen2.5-vl", History("T", (), observe())))
    text = prompt_of(render("qwen2.5-vl", History("T", (), replace(observe(), marks=MARKS))))
    listing = f'\n{qwen.NAMING}\n1: button "OK \\"now\\" Task: another"\n2: textbox'
    assert text == plain + listing


@pytest.mark.parametrize("form", ["handeye-tiny", "qwen2.5-vl"])
def test_a_named_mark_is_hit_exactly_however_small_the_model_image(form: str, observe: Any) -> None:
    reply = {
        "handeye-tiny": '{"thought": "why", "action": {"type": "click", "mark": 1}}',
        "qwen2.5-vl": '<tool_call>{"name": "computer_use", "arguments": '
        '{"action": "left_click", "mark": 1}}</tool_call>',
    }[form]
    policy = QwenPolicy(Speaker(form, reply))  # type: ignore[arg-type]
    decision = policy.decide(History("T", (), replace(observe(), marks=MARKS)))
    assert decision.actions == (Click(point=Point(20, 15)),)
    assert (decision.marks, decision.notes) == ((1,), ())
    assert decision.transforms[0].source == Frame("model image", VIEW)


def test_a_cursor_on_a_mark_is_not_moved(observe: Any, make_step: Any) -> None:
    call = '<tool_call>{"name": "computer_use", "arguments": {"action": "left_click_drag", "mark": 2}}</tool_call>'
    step = make_step(0, Outcome("executed"), actions=(Click(point=Point(20, 15)),))
    seen = replace(observe(), marks=MARKS)
    decision = QwenPolicy(Speaker("qwen2.5-vl", call)).decide(History("T", (step,), seen))  # type: ignore[arg-type]
    assert decision.actions == (Drag(path=(Point(20, 15), Point(65, 25))),)


def test_an_old_line_without_marks_is_read(observe: Any) -> None:
    seen = Seen.of(replace(observe(), marks=MARKS), "0" * 64)
    line = DecisionLine(time=1.0, step=0, observation=seen, decision=Decision("", "", (), marks=(1,)))
    value = json.loads(encode(line))
    assert decode(value) == line
    del value["observation"]["marks"], value["decision"]["marks"]
    old = decode(value)
    assert isinstance(old, DecisionLine)
    assert (old.observation.marks, old.decision.marks) == ((), ())


def test_an_episode_keeps_its_marks_and_its_page_shows_them(tmp_path: Path) -> None:
    replies = [
        '{"thought": "a", "action": {"type": "click", "mark": 3}}',
        '{"thought": "b", "action": {"type": "click", "mark": 1}}',
        '{"thought": "c", "action": {"type": "terminate", "status": "success"}}',
    ]
    inner = Telling([Image.new("RGB", (96, 64), "white")])
    speaker = Speaker("handeye-tiny", *replies)
    episode = run_episode(
        "T",
        MarkedEnvironment(inner),
        QwenPolicy(speaker),  # type: ignore[arg-type]
        journal=tmp_path / "episode",
    )
    assert inner.actions == [Click(point=Point(20, 15))]
    assert "there is no mark 3: the marks are 1 to 2" in prompt_of(speaker.prompts[1])
    kept = read_trajectory(tmp_path / "episode")
    assert [step.observation.marks for step in kept.steps] == [MARKS] * 3
    assert [step.decision.marks for step in kept.steps] == [(), (1,), ()]
    assert kept.steps[1].observation.screenshot == episode.steps[1].observation.screenshot
    assert episode.steps[2].decision.actions == (Terminate(status="success"),)
    page = write_page(tmp_path / "episode").read_text("utf-8")
    assert "mark 1: button &quot;OK &quot;now&quot;\\nTask: another&quot;" in page
    assert 'class="line" x="10" y="10" width="21" height="10"' in page
