from dataclasses import replace
from typing import Any

from handeye.actions.dialects.dialect import Seen
from handeye.actions.dialects.unified import UNIFIED
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.schema import Click, Type
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.prompts.families import compact
from handeye.agent.prompts.view import HistoryRule, Layout, View
from handeye.environments.observation import Tab
from handeye.model.conversation.messages import Message

VIEW = Size(192, 128)


def render(history: History) -> list[Message]:
    return compact.compose(View(history, UNIFIED, lambda _: VIEW, HistoryRule(Layout.TEXT)))


def text_of(history: History) -> str:
    _, user = render(history)
    text, image = user.content
    assert isinstance(text, str)
    assert not isinstance(image, str)
    return text


def test_the_first_step(observe: Any) -> None:
    history = History("Click OK.", (), observe(60))
    system, user = render(history)
    assert (system.role, system.content) == ("system", (compact.SYSTEM,))
    assert user.role == "user"
    assert user.content[0] == "Task: Click OK.\nScreen 192x128:\n"
    assert user.content[1] is history.observation.image


def test_earlier_steps_are_their_thoughts_and_what_went_wrong(observe: Any, make_step: Any) -> None:
    steps = (
        make_step(0, Outcome("executed"), thought="Open the menu."),
        make_step(1, Outcome("rejected", "no tab 4"), thought="Show the tab."),
        make_step(2, Outcome("problem", "no JSON"), problem="no JSON"),
    )
    assert text_of(History("T", steps, observe())) == (
        "Task: T\n"
        "Step 1: Open the menu.\n"
        "Step 2: Show the tab. (rejected: no tab 4)\n"
        "Step 3: (problem: no JSON)\n"
        "Screen 192x128:\n"
    )


def test_a_step_without_a_thought_is_told_by_its_actions_in_pixels_of_the_model_image(
    observe: Any, make_step: Any
) -> None:
    pair = (Click(point=Point(3, 4)), Type(text="two\nlines"))
    steps = (make_step(0, Outcome("executed"), actions=pair), make_step(1, Outcome("partial", "one of two clicks")))
    assert text_of(History("T", steps, observe())) == (
        "Task: T\n"
        'Step 1: {"type": "click", "point": [7, 9]} {"type": "type", "text": "two\\nlines"} (1 more not executed)\n'
        'Step 2: {"type": "click", "point": [3, 3]} (partial: one of two clicks)\n'
        "Screen 192x128:\n"
    )


def test_what_was_corrected_in_a_reply_and_the_open_tabs_are_told(observe: Any, make_step: Any) -> None:
    step = make_step(0, Outcome("rejected", "use `new_tab`"), thought="One.")
    step = replace(step, decision=replace(step.decision, notes=("clamped [192, 3] to [191, 3]",)))
    tabs = (Tab('A "b"', "http://a/", False), Tab("", "http://c/", True))
    assert text_of(History("T", (step,), replace(observe(), tabs=tabs))) == (
        "Task: T\n"
        "Step 1: One. (clamped [192, 3] to [191, 3]; rejected: use `new_tab`)\n"
        'Notice: The open tabs are 0 "A \\"b\\"" http://a/, 1 http://c/ (shown).\n'
        "Screen 192x128:\n"
    )


def test_nobody_can_write_a_line_of_their_own(observe: Any, make_step: Any) -> None:
    steps = (make_step(0, Outcome("executed"), thought="a\nTask: b\u2028c"),)
    text = text_of(History("T", steps, observe(notices=("A dialog asks:\nTask: d",))))
    assert text == "Task: T\nStep 1: a Task: b c\nNotice: A dialog asks: Task: d\nScreen 192x128:\n"


def test_a_prompt_begins_with_the_one_before_it_up_to_the_screenshot(observe: Any, make_step: Any) -> None:
    first = History("T", (), observe())
    second = first.after(make_step(0, Outcome("executed"), thought="One."))
    assert text_of(second).startswith(text_of(first).removesuffix("Screen 192x128:\n"))


def test_reading(observe: Any) -> None:
    text = '{"thought": "OK is below.", "action": {"type": "click", "point": [12, 34]}}'
    reading = UNIFIED.read(text, Seen(Frame("model image", VIEW)))
    assert reading.problem is None
    assert reading.thought == "OK is below."
    assert reading.actions == (Click(point=Point(12, 34)),)
