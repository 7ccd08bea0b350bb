"""Several calls that are one action, in dialects that have such calls."""

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.catalog import DIALECTS
from handeye.actions.dialects.dialect import Seen, TabStrip
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.reading import Reading
from handeye.actions.schema import (
    AnyAction,
    Back,
    Click,
    CloseTab,
    Drag,
    Hold,
    LongPress,
    Move,
    Navigate,
    NewTab,
    Press,
    Scroll,
    SwitchTab,
    Type,
)

FRAME = Frame("model image", Size(1288, 728))
BROWSER = Abilities(frozenset({"press", "type", "click", "back", "navigate", "new_tab", "switch_tab", "close_tab"}))
A, B, C = Point(10, 20), Point(30, 40), Point(50, 60)


def code(*lines: str) -> Reading:
    calls = "\n".join(f"pyautogui.{line}" for line in lines)
    return DIALECTS["opencua"].read(f"```python\n{calls}\n```", Seen(FRAME))


@pytest.mark.parametrize(
    ("lines", "actions"),
    [
        (["moveTo(10, 20)", "click()"], [Click(point=A)]),
        (["moveTo(10, 20)", "click(30, 40)"], [Move(point=A), Click(point=B)]),
        (["click(10, 20)", "scroll(-1)"], [Click(point=A), Scroll(point=A, dy=120)]),
        (["moveTo(10, 20)", "dragTo(30, 40)"], [Drag(path=(A, B))]),
        (["write('a')", "press('enter')", "press('enter')"], [Type(text="a", submit=True), Press(keys=("enter",))]),
        (
            ["keyDown('ctrl')", "click(10, 20)", "press('a')", "keyUp('ctrl')"],
            [Click(point=A, modifiers=("ctrl",)), Press(keys=("ctrl", "a"))],
        ),
        (
            ["keyDown('shift')", "moveTo(10, 20)", "dragTo(30, 40)", "keyUp('shift')"],
            [Drag(path=(A, B), modifiers=("shift",))],
        ),
        (
            ["keyDown('ctrl')", "keyDown('shift')", "press('t')", "keyUp('shift')", "keyUp('ctrl')"],
            [Press(keys=("ctrl", "shift", "t"))],
        ),
        (["keyDown('a')", "keyUp('a')"], [Press(keys=("a",))]),
        (["keyDown('up')", "sleep(2)", "keyUp('up')"], [Hold(keys=("up",), seconds=2)]),
        (["mouseDown(10, 20)", "mouseUp()"], [Click(point=A)]),
        (["mouseDown(10, 20)", "sleep(1.5)", "mouseUp()"], [LongPress(point=A, seconds=1.5)]),
        (["mouseDown(10, 20)", "mouseUp(30, 40)"], [Drag(path=(A, B))]),
        (
            [
                "moveTo(10, 20)",
                "mouseDown(button='right')",
                "sleep(1)",
                "moveTo(30, 40)",
                "moveTo(50, 60)",
                "mouseUp(button='right')",
            ],
            [Drag(path=(A, B, C), button="right", hold_seconds=1.0)],
        ),
    ],
)
def test_calls_that_are_one_action(lines: list[str], actions: list[AnyAction]) -> None:
    assert list(code(*lines).actions) == actions


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["keyDown('ctrl')", "click(1, 2)"], "holds ctrl down"),
        (["keyUp('ctrl')"], "releases ctrl without holding it down"),
        (["keyDown('nokey')"], "there is no key 'nokey'"),
        (["keyDown('ctrl')", "write('a')", "keyUp('ctrl')"], "possible with keys held down"),
        (["mouseDown(1, 2)"], "holds a mouse button down"),
        (["mouseUp(1, 2)"], "a mouse button that is not down"),
        (["mouseDown(1, 2)", "mouseDown(1, 2)"], "a mouse button that is down"),
        (["mouseDown(1, 2)", "mouseUp(1, 2, button='right')"], "a mouse button that is not down"),
        (["press('a', presses=21)"], "press needs 1 to 20 presses"),
        (["press('a')"] * 21, "more than 20 actions"),
        (["click(1, 2, 1, 0, 'left', 0, 7)"], "at most 6 arguments"),
    ],
)
def test_what_is_left_open_is_a_problem(lines: list[str], reason: str) -> None:
    problem = code(*lines).problem
    assert problem is not None and reason in problem.reason


@pytest.mark.parametrize(
    ("key", "action"),
    [
        ("alt left", Back()),
        ("ctrl t", NewTab()),
        ("ctrl w", CloseTab()),
        ("ctrl tab", SwitchTab(index=0)),
        ("ctrl 2", SwitchTab(index=1)),
    ],
)
def test_chords_of_a_browser_are_actions_in_every_dialect_with_keys(key: str, action: AnyAction) -> None:
    keys = key.split()
    for name, text in (
        ("ui_tars_desktop", f"Action: hotkey(key='{key}')"),
        ("opencua", f"```python\npyautogui.hotkey{tuple(keys)}\n```"),
        ("scalecua", f"<action>hotkey{tuple(keys)}</action>"),
        ("ui_venus_web", f"<action>Hotkey(keys={keys})</action>"),
        ("gui_r1", str([{"action": "hotkey", "point": [-100, -100], "input_text": "+".join(keys)}])),
    ):
        reading = DIALECTS[name].read(text, Seen(FRAME, abilities=BROWSER, tabs=TabStrip(1, 2)))
        assert reading.actions == (action,), name
        assert reading.notes[-1].endswith(f"for `{action.type}`")
        assert DIALECTS[name].read(text, Seen(FRAME)).actions == (Press(keys=tuple(keys)),)


def test_an_address_after_its_chord_is_opened() -> None:
    text = "Action: hotkey(key='ctrl l')\n\ntype(content='example.org\\n')"
    reading = DIALECTS["ui_tars_desktop"].read(text, Seen(FRAME, abilities=BROWSER))
    assert reading.actions == (Navigate(url="https://example.org"),)
