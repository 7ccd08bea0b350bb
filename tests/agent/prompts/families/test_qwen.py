from dataclasses import replace
from typing import Any

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.dialects.dialect import Seen
from handeye.actions.dialects.qwen.dialect import COMPUTER_USE
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.schema import Back, Click, Drag, NewTab, SwitchTab, Type, Wait
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.prompts.catalog import agent_prompt
from handeye.agent.prompts.families.qwen import QWEN
from handeye.agent.prompts.seen import seen
from handeye.agent.prompts.view import View
from handeye.agent.step import Step
from handeye.environments.observation import Tab
from handeye.model.conversation.messages import Message

VIEW = Size(196, 140)


def render(history: History) -> list[Message]:
    prompt = agent_prompt(QWEN)
    return prompt.compose(View(history, prompt.dialects.on(history.abilities), lambda _: VIEW, prompt.history))


PROGRESS = (
    "Before answering, explain your reasoning step-by-step in <thinking></thinking> tags, and insert them before the "
    "<tool_call></tool_call> XML tags.\nAfter answering, summarize your action in <conclusion></conclusion> tags, and "
    "insert them after the <tool_call></tool_call> XML tags.\n"
    "Task progress (You have done the following operation on the current device):\n"
)


SEEN = Frame("model image", VIEW)


def silent(step: Step) -> Step:
    """The step as a replay or a script decides it: without text."""
    return replace(step, decision=replace(step.decision, text=""))


def test_the_first_step(observe: Any) -> None:
    history = History("Click OK.", (), observe())
    system, user = render(history)
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
    _, user = render(history)
    assert user.content[0] == (
        f"The user query: Click OK.\n{PROGRESS}"
        "Step 1: Opened the menu.; Step 2: Try to delete it. (denied: not that);"
        "\nNotice: A dialog asks: Sure?"
    )


def test_a_step_without_a_conclusion_is_its_call(observe: Any, make_step: Any) -> None:
    step = make_step(0, Outcome("executed"), thought="At length.", actions=(Wait(seconds=1),))
    call = '{"name": "computer_use", "arguments": {"action": "wait", "time": 1}}'
    text = f"<thinking>\nAt length.\n</thinking>\n<tool_call>\n{call}\n</tool_call>"
    step = replace(step, decision=replace(step.decision, text=text))
    _, user = render(History("T", (step,), observe()))
    assert user.content[0] == f"The user query: T\n{PROGRESS}Step 1: {call};"


def test_the_text_only_grows_until_the_screenshot(observe: Any, make_step: Any) -> None:
    history = History("T", (), observe())
    before = ""
    for index in range(3):
        _, user = render(history)
        text = str(user.content[0])
        assert text.startswith(before)
        before = text
        history = history.after(make_step(index, Outcome("executed"), conclusion=f"Did {index}."))


def test_screenshots_within_the_budget_are_turns_answered_by_their_own_replies(observe: Any, make_step: Any) -> None:
    steps = (
        make_step(0, Outcome("executed"), conclusion="One."),
        make_step(1, Outcome("executed"), conclusion="Two."),
        make_step(2, Outcome("rejected", "no"), conclusion="Three.", actions=(Click(point=Point(1, 1)),)),
    )
    said = '{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [2, 2]}'  # as it was written
    steps = (*steps[:2], replace(steps[2], decision=replace(steps[2].decision, text=said)))
    history = History("T", steps, observe(90), screenshots=2)
    assert [step.index for step in history.shown] == [2]
    system, first, reply, second = render(history)
    assert [m.role for m in (system, first, reply, second)] == ["system", "user", "assistant", "user"]
    assert first.content == (
        f"The user query: T\n{PROGRESS}Step 1: One.; Step 2: Two.;",
        steps[2].observation.image,
    )
    assert reply.content == (said,)
    assert second.content == ("(rejected: no)\n", history.observation.image)


def test_a_step_without_text_is_told_by_its_calls_in_pixels_of_the_model_image(observe: Any, make_step: Any) -> None:
    drag = Drag(path=(Point(0, 0), Point(95, 63)))
    batch = (
        Type(text="tent", submit=True),
        NewTab(url="https://a.b/"),
        Click(point=Point(1, 1), count=2, modifiers=("ctrl",)),
    )
    steps = (
        silent(make_step(0, Outcome("executed"), actions=(drag,))),
        silent(make_step(1, Outcome("executed"), Outcome("executed"), Outcome("partial", "half"), actions=batch)),
    )
    _, user = render(History("T", steps, observe()))
    assert user.content[0] == (
        f"The user query: T\n{PROGRESS}"
        'Step 1: {"name": "computer_use", "arguments": {"action": "mouse_move", "coordinate": [1, 1]}} '
        '{"name": "computer_use", "arguments": {"action": "left_click_drag", "coordinate": [194, 138]}}; '
        'Step 2: {"name": "computer_use", "arguments": {"action": "type", "text": "tent"}} '
        '{"name": "computer_use", "arguments": {"action": "key", "keys": ["enter"]}} '
        '{"name": "device_use", "arguments": {"action": "new_tab", "url": "https://a.b/"}} '
        '{"type": "click", "point": [3, 3], "count": 2, "modifiers": ["ctrl"]} (partial: half);'
    )


def test_a_turn_of_another_policy_is_its_calls_in_this_format(observe: Any, make_step: Any) -> None:
    compact = make_step(0, Outcome("executed"), thought="Open it.", conclusion="Opened.")
    compact = replace(compact, decision=replace(compact.decision, text='{"thought": "Open it.", "action": ...}'))
    steps = (compact, silent(make_step(1, Outcome("executed"), actions=(Back(),))))
    history = History("T", steps, observe(), screenshots=3)
    _, _, first, _, second, _ = render(history)
    call = '{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [1, 1]}}'
    assert first.content == (
        f"<thinking>\nOpen it.\n</thinking>\n<tool_call>\n{call}\n</tool_call>\n<conclusion>\nOpened.\n</conclusion>",
    )
    call = '{"name": "device_use", "arguments": {"action": "history_back"}}'
    assert second.content == (f"<tool_call>\n{call}\n</tool_call>",)
    assert [
        action for turn in (first, second) for action in COMPUTER_USE.read(str(turn.content[0]), Seen(SEEN)).actions
    ] == [
        Click(point=Point(1, 1)),
        Back(),
    ]


def test_what_was_corrected_and_refused_is_told_in_the_words_of_the_calls(observe: Any, make_step: Any) -> None:
    step = make_step(0, Outcome("rejected", "alt+left does nothing here: use `back`"), conclusion="Went back.")
    step = replace(step, decision=replace(step.decision, notes=("ignored the argument 'speed'",)))
    told = "ignored the argument 'speed'; rejected: alt+left does nothing here: use `history_back`"
    _, user = render(History("T", (step,), observe(notices=("A popup: use `press`.",))))
    assert user.content[0] == (
        f"The user query: T\n{PROGRESS}Step 1: Went back. ({told});\nNotice: A popup: use `key`."
    )
    _, _, _, turn = render(History("T", (step,), observe(), screenshots=2))
    assert turn.content[0] == f"({told})\n"


def test_the_open_tabs_are_told_where_there_are_several(observe: Any) -> None:
    tabs = (Tab("Tents\nTask: x", "https://shop.example/", True), Tab("", "about:blank", False))
    for shown, told in (
        (tabs[:1], ""),
        (tabs, '\nNotice: The open tabs are 0 "Tents Task: x" https://shop.example/ (shown), 1 about:blank.'),
    ):
        _, user = render(History("T", (), replace(observe(), tabs=shown)))
        assert user.content[0] == f"The user query: T\n{PROGRESS}{told}"


def test_a_phone_has_its_own_tool(observe: Any) -> None:
    system, _ = render(History("T", (), observe(), abilities=Abilities(frozenset({"click", "home"}))))
    assert '"name": "mobile_use"' in str(system.content[0])


def test_reading() -> None:
    text = (
        "<thinking>\nOK is below.\n</thinking>\n<tool_call>\n"
        '{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [12, 34]}}\n'
        "</tool_call>\n<conclusion>\nClick OK.\n</conclusion>"
    )
    reading = AGENTS["qwen"].on(Abilities(frozenset({"click"}))).read(text, Seen(SEEN))
    assert reading.problem is None
    assert (reading.thought, reading.conclusion) == ("OK is below.", "Click OK.")
    assert reading.actions == (Click(point=Point(12, 34)),)


def test_a_drag_begins_where_the_cursor_stands() -> None:
    call = '{"name": "computer_use", "arguments": {"action": "left_click_drag", "coordinate": [50, 60]}}'
    reading = COMPUTER_USE.read(f"<tool_call>\n{call}\n</tool_call>", Seen(SEEN, cursor=Point(5, 6)))
    assert reading.actions == (Drag(path=(Point(5, 6), Point(50, 60))),)


def test_chords_and_tabs_are_read_by_what_is_possible_and_open(observe: Any) -> None:
    abilities = Abilities(frozenset({"press", "switch_tab"}))
    call = '{"name": "computer_use", "arguments": {"action": "key", "keys": ["ctrl", "tab"]}}'
    tabs = (Tab("", "", False), Tab("", "", True), Tab("", "", False))
    answered = seen(History("T", (), replace(observe(), tabs=tabs), abilities=abilities), VIEW)
    reading = AGENTS["qwen"].on(abilities).read(f"<tool_call>\n{call}\n</tool_call>", answered)
    assert reading.actions == (SwitchTab(index=2),)
