import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.geometry import Point
from handeye.actions.schema import (
    Action,
    Click,
    Drag,
    Hold,
    LongPress,
    Move,
    OpenApp,
    Press,
    Scroll,
    Type,
    Wait,
)
from handeye.environments.errors import ActionRejected
from handeye.evals.osworld.spaces.catalog import SPACES
from handeye.evals.osworld.spaces.computer_13 import computer_13
from handeye.evals.osworld.spaces.lent_keys import FUNCTION
from handeye.evals.osworld.spaces.pyautogui import literal, python_command, typed_lines
from handeye.evals.osworld.stand_in import Controller

AT = Point(10, 20)


@pytest.mark.parametrize(
    ("action", "lines"),
    [
        (Click(point=AT), ["pyautogui.click(10, 20, button='left')"]),
        (
            Click(point=AT, button="right", count=2, modifiers=("ctrl",)),
            [
                "pyautogui.keyDown('ctrl')",
                "pyautogui.click(10, 20, button='right', clicks=2, interval=0.05)",
                "pyautogui.keyUp('ctrl')",
            ],
        ),
        (Move(point=AT), ["pyautogui.moveTo(10, 20)"]),
        (
            LongPress(point=AT, seconds=2),
            [
                "pyautogui.moveTo(10, 20)",
                "pyautogui.mouseDown(button='left')",
                "time.sleep(2.0)",
                "pyautogui.mouseUp(button='left')",
            ],
        ),
        (
            Drag(path=(AT, Point(30, 40)), hold_seconds=1),
            [
                "pyautogui.moveTo(10, 20)",
                "pyautogui.mouseDown(button='left')",
                "time.sleep(1.0)",
                "pyautogui.moveTo(30, 40, duration=0.5)",
                "pyautogui.mouseUp(button='left')",
            ],
        ),
        (Scroll(point=AT, dy=360), ["pyautogui.moveTo(10, 20)", "pyautogui.scroll(-3)"]),
        (Scroll(point=AT, dx=-120), ["pyautogui.moveTo(10, 20)", "pyautogui.hscroll(-1)"]),
        (
            Scroll(point=AT, dy=-3000),
            ["pyautogui.moveTo(10, 20)", "pyautogui.scroll(20)", "pyautogui.scroll(5)"],
        ),
        (Press(keys=("enter",)), ["pyautogui.press('enter')"]),
        (Press(keys=("ctrl", "shift", "t")), ["pyautogui.hotkey('ctrl', 'shift', 't')"]),
        (Press(keys=("meta",)), ["pyautogui.press('win')"]),
        (Press(keys=("<",)), ["pyautogui.hotkey('shift', '\\x2c')"]),
        (Hold(keys=("a",), seconds=1), ["pyautogui.keyDown('a')", "time.sleep(1.0)", "pyautogui.keyUp('a')"]),
        (
            Type(text="a b", clear=True, submit=True),
            [
                "pyautogui.hotkey('ctrl', 'a')",
                "pyautogui.press('delete')",
                "pyautogui.write('a b')",
                "pyautogui.press('enter')",
            ],
        ),
        (Type(text="a<b"), ["pyautogui.write('a')", "pyautogui.hotkey('shift', ',')", "pyautogui.write('b')"]),
        (Type(text="a\n\tb"), ["pyautogui.write('a\\x0a\\x09b')"]),
        (Type(text="é\nx"), ["", *FUNCTION.splitlines(), "enter('\\xe9\\x0ax')"]),
    ],
)
def test_each_action_is_a_command(action: Action, lines: list[str]) -> None:
    assert python_command(action).splitlines() == lines


@pytest.mark.parametrize(
    ("action", "parts"),
    [
        (
            Click(point=AT, count=3),
            [{"action_type": "CLICK", "parameters": {"button": "left", "num_clicks": 3, "x": 10, "y": 20}}],
        ),
        (
            Scroll(point=AT, dy=120),
            [
                {"action_type": "MOVE_TO", "parameters": {"x": 10, "y": 20}},
                {"action_type": "SCROLL", "parameters": {"dx": 0, "dy": -1}},
            ],
        ),
        (
            Type(text="a<", submit=True),
            [
                {"action_type": "TYPING", "parameters": {"text": "a"}},
                {"action_type": "HOTKEY", "parameters": {"keys": ["shift", ","]}},
                {"action_type": "PRESS", "parameters": {"key": "enter"}},
            ],
        ),
        (Press(keys=("'",)), [{"action_type": "TYPING", "parameters": {"text": "'"}}]),
        (Press(keys=("ctrl", "c")), [{"action_type": "HOTKEY", "parameters": {"keys": ["ctrl", "c"]}}]),
    ],
)
def test_each_action_is_parts_of_computer_13(action: Action, parts: list[dict[str, object]]) -> None:
    assert computer_13(action) == parts


@pytest.mark.parametrize(
    ("space", "action", "message"),
    [
        ("pyautogui", Press(keys=("volumeup",)), "no key 'volumeup'"),
        ("pyautogui", Press(keys=("é",)), "no key 'é'"),
        ("pyautogui", Type(secret="password"), "no secrets"),
        ("pyautogui", Type(text="<a" * 500), "do it in parts"),
        ("pyautogui", Type(text="".join(map(chr, range(0x4E00, 0x5200)))), "type it in parts"),
        ("pyautogui", OpenApp(name="gimp"), "not possible"),
        ("computer_13", Type(text="é"), "US keyboard"),
        ("computer_13", Press(keys=("ctrl", "'")), "cannot hold"),
        ("computer_13", Drag(path=(AT, AT), hold_seconds=1), "not possible"),
    ],
)
def test_what_the_machine_would_drop_is_rejected(space: str, action: Action, message: str) -> None:
    with pytest.raises(ActionRejected, match=message):
        SPACES[space].write(action)


HOSTILE = st.text(st.sampled_from("pyautogui.typewrite(\"');import os\\<x27\n\té世")) | st.text()
UPSTREAM = re.compile(r"pyautogui\.(press|typewrite)\(\s*[\"'][^)]*<|pyautogui\.typewrite\(")
"""What upstream looks for in a command, to write it anew."""


@given(HOSTILE)
def test_typed_text_is_text_and_never_code(text: str) -> None:
    try:
        lines = typed_lines(text)
    except ActionRejected:
        assert not text.isascii()
        return
    own = len(FUNCTION.splitlines()) + 1
    assert text.isascii() or lines[:own] == ["", *FUNCTION.splitlines()]
    for line in lines if text.isascii() else lines[own:]:
        (statement,) = ast.parse(line).body
        assert isinstance(statement, ast.Expr)
        assert line.isascii()
        assert UPSTREAM.search(line) is None
    machine = Controller((0, 0, 1, 1))
    machine.focused = True
    result = machine.execute_python_command("\n".join(lines))
    assert result["returncode"] == 0, result["error"]
    assert machine.text == text


@given(HOSTILE)
def test_a_literal_is_the_text(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text


def test_the_text_that_upstreams_repair_would_turn_into_code_stays_text() -> None:
    """Decoded and written back without escapes, as upstream does with what `typewrite` is given, it would be a call."""
    text = "pyautogui.typewrite(\"');import os;os.system('id')#<\")"
    command = python_command(Type(text=text))
    assert "typewrite(" not in command
    assert "os.system" not in command
    assert Wait().type in SPACES["pyautogui"].supported
