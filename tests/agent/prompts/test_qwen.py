from dataclasses import replace
from typing import Any

from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.schema import Click, Drag
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.prompts import qwen
from handeye.agent.prompts.format import prompt_format

VIEW = Size(196, 140)
PROGRESS = (
    "Before answering, explain your reasoning step-by-step in <thinking></thinking> tags, and insert them before the "
    "<tool_call></tool_call> XML tags.\nAfter answering, summarize your action in <conclusion></conclusion> tags, and "
    "insert them after the <tool_call></tool_call> XML tags.\n"
    "Task progress (You have done the following operation on the current device):\n"
)


def test_the_first_step(observe: Any) -> None:
    history = History("Click OK.", (), observe())
    system, user = qwen.render(history, VIEW)
    (prompt,) = system.content
    assert isinstance(prompt, str)
    assert "The screen's resolution is 196x140." in prompt
    assert '"name": "computer_use"' in prompt
    assert prompt.endswith("</tool_call>")
    assert user.content == (f"The user query: Click OK.\n{PROGRESS}", history.observation.image)


def test_conclusions_are_the_progress(observe: Any, make_step: Any) -> None:
    steps = (
        make_step(0, Outcome("executed"), thought="long", conclusion="Opened the menu."),
        make_step(1, Outcome("denied", "not that"), thought="Try to delete it."),
    )
    history = History("Click OK.", steps, observe(notices=("A dialog asks: Sure?",)))
    _, user = qwen.render(history, VIEW)
    assert user.content[0] == (
        f"The user query: Click OK.\n{PROGRESS}"
        "Step 1: Opened the menu.; Step 2: Try to delete it. (denied: not that);"
        "\nNotice: A dialog asks: Sure?"
    )


def test_a_step_without_a_conclusion_is_its_call(observe: Any, make_step: Any) -> None:
    step = make_step(0, Outcome("executed"), thought="At length.")
    call = '{"name": "computer_use", "arguments": {"action": "wait", "time": 1}}'
    text = f"<thinking>\nAt length.\n</thinking>\n<tool_call>\n{call}\n</tool_call>"
    step = replace(step, decision=replace(step.decision, text=text))
    _, user = qwen.render(History("T", (step,), observe()), VIEW)
    assert user.content[0] == f"The user query: T\n{PROGRESS}Step 1: {call};"


def test_the_text_only_grows_until_the_screenshot(observe: Any, make_step: Any) -> None:
    history = History("T", (), observe())
    before = ""
    for index in range(3):
        _, user = qwen.render(history, VIEW)
        text = str(user.content[0])
        assert text.startswith(before)
        before = text
        history = history.after(make_step(index, Outcome("executed"), conclusion=f"Did {index}."))


def test_screenshots_within_the_budget_are_turns_answered_by_their_own_replies(observe: Any, make_step: Any) -> None:
    steps = (
        make_step(0, Outcome("executed"), conclusion="One."),
        make_step(1, Outcome("executed"), conclusion="Two."),
        make_step(2, Outcome("rejected", "no"), conclusion="Three."),
    )
    history = History("T", steps, observe(90), screenshots=2)
    assert [step.index for step in history.shown] == [2]
    system, first, reply, second = qwen.render(history, VIEW)
    assert [m.role for m in (system, first, reply, second)] == ["system", "user", "assistant", "user"]
    assert first.content == (
        f"The user query: T\n{PROGRESS}Step 1: One.; Step 2: Two.;",
        steps[2].observation.image,
    )
    assert reply.content == ("reply 2",)
    assert second.content == ("(rejected: no)\n", history.observation.image)


def test_a_phone_has_its_own_tool(observe: Any) -> None:
    assert qwen.tool_for({"click", "home"}) == "mobile_use"
    assert qwen.tool_for({"click", "navigate"}) == "computer_use"
    assert qwen.tool_for({"click", "home", "move"}) == "computer_use"
    system, _ = prompt_format("qwen", {"click", "home"}).render(History("T", (), observe()), VIEW)
    assert '"name": "mobile_use"' in str(system.content[0])


def test_reading() -> None:
    text = (
        "<thinking>\nOK is below.\n</thinking>\n<tool_call>\n"
        '{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [12, 34]}}\n'
        "</tool_call>\n<conclusion>\nClick OK.\n</conclusion>"
    )
    reading = prompt_format("qwen", {"click"}).read(text, Frame("model image", VIEW), None)
    assert reading.problem is None
    assert (reading.thought, reading.conclusion) == ("OK is below.", "Click OK.")
    assert reading.actions == (Click(point=Point(12, 34)),)


def test_compact_is_chosen_by_name(observe: Any) -> None:
    _, user = prompt_format("compact", {"click"}).render(History("T", (), observe()), VIEW)
    assert user.content[0] == "Task: T\nScreen 196x140:\n"


def test_a_drag_begins_where_the_cursor_stands() -> None:
    call = '{"name": "computer_use", "arguments": {"action": "left_click_drag", "coordinate": [50, 60]}}'
    reading = qwen.read(f"<tool_call>\n{call}\n</tool_call>", Frame("model image", VIEW), Point(5, 6))
    assert reading.actions == (Drag(path=(Point(5, 6), Point(50, 60))),)
