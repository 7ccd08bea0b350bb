"""Whole prompts of steps that a model did not decide: after a script was resumed, and after a replay handed over."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Action, Click, Drag, Navigate, Terminate, Type
from handeye.agent.decision import Decision
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.policies.qwen import QwenPolicy
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.agent.replay.policy import OnDivergence
from handeye.agent.replay.run import replay
from handeye.agent.resume import resume_episode
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.scripted import ScriptedEnvironment
from handeye.model.conversation.messages import Message
from handeye.model.runtime import Generation, Timings

SUPPORTED = frozenset({"click", "drag", "type", "press", "navigate", "wait"})
DONE = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "terminate", "status": "success"}}\n</tool_call>'
HEAD = (
    "The user query: Find it.\n"
    "Before answering, explain your reasoning step-by-step in <thinking></thinking> tags, and insert them before the "
    "<tool_call></tool_call> XML tags.\nAfter answering, summarize your action in <conclusion></conclusion> tags, and "
    "insert them after the <tool_call></tool_call> XML tags.\n"
    "Task progress (You have done the following operation on the current device):\n"
)


class Speaker:
    """Gives the replies, in place of a model that sees every screenshot at half of its size."""

    name = "Qwen2.5-VL speaker"
    origins = ()

    def __init__(self, replies: Sequence[str] = (DONE,)) -> None:
        self.prompts: list[Sequence[Message]] = []
        self.replies = [*replies]

    def image_size(self, size: Size) -> Size:
        return Size(size.width // 2, size.height // 2)

    def generate(self, messages: Sequence[Message], **options: object) -> Generation:
        self.prompts.append(messages)
        return Generation(self.replies.pop(0), (1,), 10, 0, "stop", Timings(0.0, 0.0, 0.0, 0.0))


def screens(*shades: int) -> list[Image.Image]:
    return [Image.new("RGB", (200, 100), (shade, shade, shade)) for shade in shades]


def call(arguments: str, function: str = "computer_use") -> str:
    return f'{{"name": "{function}", "arguments": {arguments}}}'


def turn(*calls: str) -> str:
    return "\n".join(f"<tool_call>\n{one}\n</tool_call>" for one in calls)


def texts(messages: Sequence[Message]) -> list[tuple[str, str]]:
    """Return the role and the text of each message after the system prompt; a screenshot is `<image>`."""
    return [
        (message.role, "".join(part if isinstance(part, str) else "<image>" for part in message.content))
        for message in messages[1:]
    ]


@pytest.fixture
def scripted(tmp_path: Path) -> Path:
    """An episode that a script played: one action each, with a batch, a refusal and a part in it."""
    batch = Decision("", "", (Type(text="tent", submit=True), Navigate(url="https://a.b/")))
    policy = ScriptedPolicy([Click(point=Point(20, 10)), batch, Drag(path=(Point(0, 0), Point(199, 99)))])
    environment = ScriptedEnvironment(
        screens(0, 60, 120, 180),
        supported=SUPPORTED,
        errors={2: ActionRejected("only `click` works now"), 3: ActionPartial("it was dropped half-way")},
    )
    run_episode("Find it.", environment, policy, limits=Limits(steps=3), journal=tmp_path / "e")
    return tmp_path / "e"


def resumed(folder: Path, screenshots: int) -> list[tuple[str, str]]:
    """Return the prompt with which a model goes on."""
    path = folder / "journal.jsonl"
    meta = path.read_text("utf-8")
    path.write_text(meta.replace('"screenshots": null', f'"screenshots": {screenshots}', 1), "utf-8")
    speaker = Speaker()
    policy = QwenPolicy(speaker)  # type: ignore[arg-type]
    environment = ScriptedEnvironment(screens(90), supported=SUPPORTED)
    resume_episode(folder, environment, policy, limits=Limits(steps=9))
    return texts(speaker.prompts[0])


CLICKED = call('{"action": "left_click", "coordinate": [10, 5]}')
TYPED = call('{"action": "type", "text": "tent"}'), call('{"action": "key", "keys": ["enter"]}')
OPENED = call('{"action": "visit_url", "url": "https://a.b/"}', "device_use")
DRAGGED = (
    call('{"action": "mouse_move", "coordinate": [0, 0]}'),
    call('{"action": "left_click_drag", "coordinate": [99, 49]}'),
)


def test_after_a_resume_each_step_is_told_by_its_calls(scripted: Path) -> None:
    assert resumed(scripted, 1) == [
        (
            "user",
            f"{HEAD}Step 1: {CLICKED}; "
            f"Step 2: {TYPED[0]} {TYPED[1]} {OPENED} (rejected: only `left_click` works now); "
            f"Step 3: {DRAGGED[0]} {DRAGGED[1]} (partial: it was dropped half-way);<image>",
        )
    ]


def test_after_a_resume_with_several_screenshots_each_turn_has_its_calls(scripted: Path) -> None:
    assert resumed(scripted, 4) == [
        ("user", f"{HEAD}<image>"),
        ("assistant", turn(CLICKED)),
        ("user", "<image>"),
        ("assistant", turn(*TYPED, OPENED)),
        ("user", "(rejected: only `left_click` works now)\n<image>"),
        ("assistant", turn(*DRAGGED)),
        ("user", "(partial: it was dropped half-way)\n<image>"),
    ]
    assert len(read_trajectory(scripted).steps) == 4


def test_after_a_replay_hands_over_the_replayed_steps_are_told_by_their_calls(tmp_path: Path) -> None:
    script: list[Action | Decision] = [
        Decision("any words", "Look for it.", (Click(point=Point(20, 10)), Type(text="tent"))),
        Click(point=Point(40, 10)),
        Terminate(status="success"),
    ]
    run_episode(
        "Find it.",
        ScriptedEnvironment(screens(0, 60, 120, 180), supported=SUPPORTED),
        ScriptedPolicy(script),
        journal=tmp_path / "e",
    )
    speaker = Speaker()
    done = replay(
        read_trajectory(tmp_path / "e"),
        ScriptedEnvironment(screens(0, 60, 250), supported=SUPPORTED),
        patience=0,
        on_divergence=OnDivergence.POLICY,
        take_over=lambda: QwenPolicy(speaker),  # type: ignore[arg-type]
    )
    assert done.took_over
    ((role, text),) = texts(speaker.prompts[0])
    typed = call('{"action": "type", "text": "tent"}')
    assert (role, text) == ("user", f"{HEAD}Step 1: Look for it.; Step 2: {typed};<image>")


@pytest.mark.parametrize(("scale", "clicked", "next_to_it"), [(1, [15, 8], [30, 9]), (2, [31, 17], [61, 19])])
def test_a_replayed_reply_is_told_by_what_was_replayed_of_it(
    tmp_path: Path, scale: int, clicked: list[int], next_to_it: list[int]
) -> None:
    calls = (
        call('{"action": "left_click", "coordinate": [15, 8]}'),
        call('{"action": "left_click", "coordinate": [30, 9]}'),
        call('{"action": "type", "text": "four tents"}'),
    )
    run_episode(
        "Find it.",
        ScriptedEnvironment(
            screens(0, 60, 120, 180, 200),
            supported=SUPPORTED,
            errors={2: ActionPartial("it stopped after 4 characters", done=Type(text="four"))},
        ),
        QwenPolicy(Speaker([turn(calls[0]), turn(*calls[1:]), DONE])),  # type: ignore[arg-type]
        journal=tmp_path / "e",
    )
    size = (200 * scale, 100 * scale)
    speaker = Speaker()
    replay(
        read_trajectory(tmp_path / "e"),
        ScriptedEnvironment([Image.new("RGB", size, (shade,) * 3) for shade in (0, 60, 120, 250)], supported=SUPPORTED),
        patience=0,
        on_divergence=OnDivergence.POLICY,
        take_over=lambda: QwenPolicy(speaker),  # type: ignore[arg-type]
    )
    ((role, text),) = texts(speaker.prompts[0])
    first = call(f'{{"action": "left_click", "coordinate": {clicked}}}')
    second = call(f'{{"action": "left_click", "coordinate": {next_to_it}}}')
    typed = call('{"action": "type", "text": "four"}')
    assert (role, text) == ("user", f"{HEAD}Step 1: {first}; Step 2: {second}; Step 3: {typed};<image>")


def test_the_secrets_and_the_user_are_offered_where_they_are(tmp_path: Path) -> None:
    class Typing(ScriptedEnvironment):
        secret_names = ("pin",)

    def system(**options: Any) -> str:
        speaker = Speaker()
        run_episode(
            "Find it.",
            Typing(screens(0), supported=SUPPORTED),
            QwenPolicy(speaker),  # type: ignore[arg-type]
            **options,
        )
        return str(speaker.prompts[0][0].content[0])

    assert "The names are: pin." in system()
    assert "`interact`" not in system()
    assert "`interact`" in system(user=lambda question: "yes")
