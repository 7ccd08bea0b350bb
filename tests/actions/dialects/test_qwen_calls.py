import pytest

from handeye.actions.dialects.dialect import Inexpressible, Seen
from handeye.actions.dialects.parts.functions import Tool
from handeye.actions.dialects.qwen.dialect import QwenTool
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.reading import Reading
from handeye.actions.schema import (
    Answer,
    AnyAction,
    AskUser,
    Back,
    Click,
    CloseTab,
    Drag,
    Hold,
    Home,
    LongPress,
    Navigate,
    NewTab,
    OpenApp,
    Press,
    RecentApps,
    Scroll,
    SwitchTab,
    Terminate,
    Type,
    Wait,
)

FRAME = Frame("model image", Size(1092, 2408))


def parse(text: str, tool: Tool, cursor: Point | None = None) -> Reading:
    return QwenTool(tool).read(text, Seen(FRAME, cursor=cursor))


def render(action: AnyAction, tool: Tool) -> str:
    return QwenTool(tool).write(action, FRAME)


@pytest.mark.parametrize(
    ("tool", "action", "arguments"),
    [
        ("computer_use", Click(point=Point(935, 406)), ['{"action": "left_click", "coordinate": [935, 406]}']),
        ("computer_use", Click(point=Point(0, 0), count=2), ['{"action": "double_click", "coordinate": [0, 0]}']),
        (
            "computer_use",
            Scroll(point=Point(5, 6), dy=300),
            ['{"action": "mouse_move", "coordinate": [5, 6]}', '{"action": "scroll", "pixels": -300}'],
        ),
        (
            "computer_use",
            Drag(path=(Point(1, 2), Point(3, 4))),
            ['{"action": "mouse_move", "coordinate": [1, 2]}', '{"action": "left_click_drag", "coordinate": [3, 4]}'],
        ),
        ("computer_use", Press(keys=("ctrl", "meta")), ['{"action": "key", "keys": ["ctrl", "win"]}']),
        (
            "computer_use",
            Type(text='盒马 "x"', submit=True),
            ['{"action": "type", "text": "盒马 \\"x\\""}', '{"action": "key", "keys": ["enter"]}'],
        ),
        ("computer_use", Wait(seconds=2.0), ['{"action": "wait", "time": 2}']),
        ("mobile_use", Click(point=Point(935, 406)), ['{"action": "click", "coordinate": [935, 406]}']),
        (
            "mobile_use",
            Drag(path=(Point(1, 2), Point(3, 4))),
            ['{"action": "swipe", "coordinate": [1, 2], "coordinate2": [3, 4]}'],
        ),
        ("mobile_use", Back(), ['{"action": "system_button", "button": "Back"}']),
        ("mobile_use", RecentApps(), ['{"action": "system_button", "button": "Menu"}']),
        ("mobile_use", Press(keys=("enter",)), ['{"action": "system_button", "button": "Enter"}']),
        ("mobile_use", Press(keys=("backspace",)), ['{"action": "key", "text": "del"}']),
        ("mobile_use", Press(keys=("7",)), ['{"action": "key", "text": "KEYCODE_7"}']),
    ],
)
def test_the_text_of_calls(tool: Tool, action: AnyAction, arguments: list[str]) -> None:
    calls = [f'<tool_call>\n{{"name": "{tool}", "arguments": {call}}}\n</tool_call>' for call in arguments]
    assert render(action, tool) == "\n".join(calls)


@pytest.mark.parametrize(
    ("tool", "action", "call"),
    [
        ("computer_use", Navigate(url="https://a.b/"), '{"action": "visit_url", "url": "https://a.b/"}'),
        ("computer_use", Back(), '{"action": "history_back"}'),
        ("computer_use", NewTab(), '{"action": "new_tab"}'),
        ("computer_use", NewTab(url="https://a.b/"), '{"action": "new_tab", "url": "https://a.b/"}'),
        ("computer_use", SwitchTab(index=0), '{"action": "switch_tab", "tab": 0}'),
        ("computer_use", CloseTab(), '{"action": "close_tab"}'),
        ("computer_use", CloseTab(index=0), '{"action": "close_tab", "tab": 0}'),
        ("computer_use", OpenApp(name="Files"), '{"action": "open", "text": "Files"}'),
        ("computer_use", Click(point=Point(0, 9), count=3), '{"action": "triple_click", "coordinate": [0, 9]}'),
        ("mobile_use", Click(point=Point(0, 9), count=2), '{"action": "double_tap", "coordinate": [0, 9]}'),
        ("computer_use", Scroll(point=Point(1, 2), dx=-5), '{"action": "hscroll", "coordinate": [1, 2], "pixels": -5}'),
        (
            "computer_use",
            LongPress(point=Point(1, 2), seconds=0.5),
            '{"action": "long_press", "coordinate": [1, 2], "time": 0.5}',
        ),
        (
            "mobile_use",
            Drag(path=(Point(1, 2), Point(3, 4)), hold_seconds=1.0),
            '{"action": "drag", "coordinate": [1, 2], "coordinate2": [3, 4], "time": 1}',
        ),
        ("computer_use", Hold(keys=("meta",), seconds=2), '{"action": "hold_key", "keys": ["win"], "time": 2}'),
        ("mobile_use", Type(text="", clear=True), '{"action": "replace_text", "text": ""}'),
        ("computer_use", Type(secret="pin"), '{"action": "type_secret", "text": "pin"}'),
        ("mobile_use", Answer(text="42"), '{"action": "answer", "text": "42"}'),
        (
            "computer_use",
            Click(point=Point(1, 2), modifiers=("ctrl", "meta")),
            '{"action": "key_click", "coordinate": [1, 2], "keys": ["ctrl", "win"]}',
        ),
        ("computer_use", Terminate(status="infeasible"), '{"action": "report_infeasible", "text": ""}'),
        ("computer_use", AskUser(text="Which?"), '{"action": "interact", "text": "Which?"}'),
    ],
)
def test_what_the_vendors_function_cannot_say_is_a_call_of_device_use(tool: Tool, action: AnyAction, call: str) -> None:
    text = render(action, tool)
    assert text == f'<tool_call>\n{{"name": "device_use", "arguments": {call}}}\n</tool_call>'
    for name in ("device_use", tool):
        reading = parse(text.replace("device_use", name), tool)
        assert (reading.actions, reading.notes) == ((action,), ())


def test_enter_after_a_secret_and_a_replaced_text_is_a_call_of_the_tool() -> None:
    action = Type(secret="pin", submit=True)
    text = render(action, "computer_use")
    assert text.endswith('{"name": "computer_use", "arguments": {"action": "key", "keys": ["enter"]}}\n</tool_call>')
    assert parse(text, "computer_use").actions == (action,)


def test_thought_and_conclusion_stand_around_the_calls() -> None:
    text = QwenTool("mobile_use").write(Back(), FRAME, "Too far.", "Went back.")
    assert text.startswith("<thinking>\nToo far.\n</thinking>\n<tool_call>\n")
    assert text.endswith("\n</tool_call>\n<conclusion>\nWent back.\n</conclusion>")


@pytest.mark.parametrize(
    ("tool", "action"),
    [
        ("computer_use", Click(point=Point(1, 2), count=2, modifiers=("ctrl",))),
        ("computer_use", Click(point=Point(1, 2), button="right", count=3)),
        ("computer_use", Scroll(point=Point(1, 2), dx=5, dy=5)),
        ("computer_use", Type(secret="password", clear=True)),
        ("computer_use", Drag(path=(Point(1, 2), Point(3, 4), Point(5, 6)))),
        ("computer_use", Terminate(status="success", message="all done")),
        ("computer_use", Home()),
        ("mobile_use", Click(point=Point(1, 2), button="right")),
        ("mobile_use", Press(keys=("ctrl", "c"))),
        ("mobile_use", Press(keys=("f24",))),
        ("mobile_use", Scroll(point=Point(1, 2), dy=5)),
    ],
)
def test_nothing_is_left_out_silently(tool: Tool, action: AnyAction) -> None:
    with pytest.raises(Inexpressible, match=f"{tool} has no call for"):
        render(action, tool)


def call(arguments: str) -> str:
    return f'<tool_call>\n{{"name": "computer_use", "arguments": {arguments}}}\n</tool_call>'


def test_the_cursor_moves_with_the_calls() -> None:
    text = call('{"action": "left_click", "coordinate": [5, 6]}') + call('{"action": "scroll", "pixels": -9}')
    reading = parse(text, "computer_use")
    assert reading.actions == (Click(point=Point(5, 6)), Scroll(point=Point(5, 6), dy=9))
    assert reading.notes == ()


def test_a_click_may_use_the_cursor() -> None:
    text = call('{"action": "left_click"}')
    assert parse(text, "computer_use", Point(0, 0)).actions == (Click(point=Point(0, 0)),)
    problem = parse(text, "computer_use").problem
    assert problem is not None and "call mouse_move first" in problem.reason


def test_arguments_that_mean_nothing_are_noted() -> None:
    reading = parse(call('{"action": "wait", "time": 1, "speed": "fast", "text": null}'), "computer_use")
    assert reading.actions == (Wait(seconds=1.0),)
    assert reading.notes == ("ignored the argument 'speed'",)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("{}", "needs an action"),
        ('{"action": 3}', "needs an action"),
        ('{"action": "fly"}', "computer_use has no action 'fly'"),
        ('{"action": "swipe"}', "computer_use has no action 'swipe'"),
        ('{"action": "scroll"}', "scroll needs pixels"),
        ('{"action": "scroll", "pixels": true}', "scroll needs pixels"),
        ('{"action": "scroll", "pixels": NaN}', "scroll needs pixels"),
        ('{"action": "scroll", "pixels": 0}', "scroll needs pixels other than 0: positive scrolls up"),
        ('{"action": "key"}', "key.keys is missing"),
        ('{"action": "key", "keys": ["entr"]}', "did you mean enter"),
        ('{"action": "type"}', "either a text or a secret"),
        ('{"action": "mouse_move"}', r"a point must be [x, y]"),
        ('"wait"', "must be a JSON object"),
        ("[1, 2]", "must be a JSON object"),
    ],
)
def test_bad_arguments_are_problems(arguments: str, reason: str) -> None:
    reading = parse(call(arguments), "computer_use")
    assert reading.problem is not None and reason in reading.problem.reason
    assert reading.actions == ()


@pytest.mark.parametrize(
    ("tool", "arguments", "reason"),
    [
        ("computer_use", '{"action": "visit_url"}', "visit_url.url is missing"),
        ("computer_use", '{"action": "visit_url", "url": "ftp://a.b/"}', "visit_url.url: must be"),
        ("computer_use", '{"action": "new_tab", "url": "two words"}', "new_tab.url: must be"),
        ("computer_use", '{"action": "switch_tab"}', "switch_tab.tab is missing"),
        ("computer_use", '{"action": "close_tab", "tab": "last"}', "close_tab.tab: "),
        ("computer_use", '{"action": "open"}', "open.text is missing"),
        ("computer_use", '{"action": "key_click", "coordinate": [1, 2]}', "key_click needs keys"),
        ("computer_use", '{"action": "key_click", "coordinate": [1, 2], "keys": ["q"]}', "key_click.keys: "),
        ("computer_use", '{"action": "long_press", "coordinate": [1, 2], "time": -3}', "long_press.time: "),
        (
            "computer_use",
            '{"action": "hscroll", "pixels": "far"}',
            "hscroll needs pixels, a number: positive scrolls ri",
        ),
        ("computer_use", '{"action": "interact"}', "interact.text is missing"),
        ("mobile_use", '{"action": "swipe", "coordinate": [1, 2]}', "coordinate2 is missing"),
        ("mobile_use", '{"action": "drag", "coordinate": [1, 2], "coordinate2": [3, 4], "time": 99}', "drag.time: "),
        ("mobile_use", '{"action": "hold_key", "keys": ["volume_up"], "time": 0}', "hold_key.time: "),
    ],
)
def test_a_problem_is_told_in_the_words_of_the_call(tool: Tool, arguments: str, reason: str) -> None:
    problem = parse(f'{{"name": "device_use", "arguments": {arguments}}}', tool, FRAME).problem
    assert problem is not None and problem.reason.startswith(reason)


@pytest.mark.parametrize("name", ["3", "66", "KEYCODE_3000", "nothing", ""])
def test_key_events_have_names(name: str) -> None:
    text = f'{{"name": "mobile_use", "arguments": {{"action": "key", "text": "{name}"}}}}'
    assert parse(text, "mobile_use").problem is not None


def test_a_reply_that_repeats_itself_is_a_problem() -> None:
    reading = parse(call('{"action": "wait", "time": 1}') * 21, "computer_use")
    assert reading.problem is not None and "more than 20 actions" in reading.problem.reason
