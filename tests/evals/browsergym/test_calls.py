import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.geometry import Size
from handeye.actions.schema import Action, InvalidAction, load
from handeye.environments.errors import ActionRejected
from handeye.evals.browsergym.benchmarks import SUBSETS
from handeye.evals.browsergym.calls import Place, calls_of, message_to_user, report_infeasible, supported_by

PLACE = Place(Size(498, 321), tabs=3, active=1)
ALL = supported_by(SUBSETS)


def written(**fields: object) -> list[str]:
    return calls_of(load(fields), PLACE, ALL).splitlines()


@pytest.mark.parametrize(
    ("fields", "calls"),
    [
        ({"type": "click", "point": [0, 0]}, ["mouse_click(0, 0, 'left')"]),
        ({"type": "click", "point": [497, 320], "button": "right"}, ["mouse_click(497, 320, 'right')"]),
        ({"type": "click", "point": [5, 6], "count": 2}, ["mouse_dblclick(5, 6, 'left')"]),
        (
            {"type": "click", "point": [5, 6], "modifiers": ["ctrl", "shift"]},
            [
                *("keyboard_down('Control')", "keyboard_down('Shift')", "mouse_click(5, 6, 'left')"),
                *("keyboard_up('Shift')", "keyboard_up('Control')"),
            ],
        ),
        (
            {"type": "long_press", "point": [5, 6], "seconds": 1.5},
            ["mouse_down(5, 6)", "noop(1500)", "mouse_up(5, 6)"],
        ),
        ({"type": "move", "point": [5, 6]}, ["mouse_move(5, 6)"]),
        ({"type": "drag", "path": [[1, 2], [3, 4]]}, ["mouse_drag_and_drop(1, 2, 3, 4)"]),
        (
            {"type": "drag", "path": [[1, 2], [3, 4], [5, 6]]},
            ["mouse_down(1, 2, 'left')", "mouse_move(3, 4)", "mouse_move(5, 6)", "mouse_up(5, 6, 'left')"],
        ),
        (
            {"type": "drag", "path": [[1, 2], [3, 4]], "hold_seconds": 0.5},
            ["mouse_down(1, 2, 'left')", "noop(500)", "mouse_move(3, 4)", "mouse_up(3, 4, 'left')"],
        ),
        ({"type": "scroll", "point": [5, 6], "dy": -100}, ["scroll_at(5, 6, 0, -100)"]),
        ({"type": "type", "text": 'it\'s "1"\n\\'}, ["""keyboard_type('it\\'s "1"\\n\\\\')"""]),
        (
            {"type": "type", "text": "a\tb", "clear": True, "submit": True},
            [
                *("keyboard_press('ControlOrMeta+a')", "keyboard_press('Backspace')", "keyboard_type('a')"),
                *("keyboard_press('Tab')", "keyboard_type('b')", "keyboard_press('Enter')"),
            ],
        ),
        ({"type": "press", "keys": ["ctrl", "+"]}, ["keyboard_press('Control++')"]),
        ({"type": "press", "keys": ["pagedown"]}, ["keyboard_press('PageDown')"]),
        (
            {"type": "hold", "keys": ["down"], "seconds": 2},
            ["keyboard_down('ArrowDown')", "noop(2000)", "keyboard_up('ArrowDown')"],
        ),
        ({"type": "wait", "seconds": 0.0}, ["noop(0)"]),
        ({"type": "navigate", "url": "example.org/'"}, ['goto("https://example.org/\'")']),
        ({"type": "back"}, ["go_back()"]),
        ({"type": "switch_tab", "index": 0}, ["tab_focus(0)"]),
        ({"type": "new_tab"}, ["new_tab()"]),
        ({"type": "new_tab", "url": "example.org"}, ["new_tab()", "goto('https://example.org')"]),
        ({"type": "close_tab"}, ["tab_close()"]),
        ({"type": "close_tab", "index": 0}, ["tab_focus(0)", "tab_close()", "tab_focus(0)"]),
        ({"type": "close_tab", "index": 2}, ["tab_focus(2)", "tab_close()", "tab_focus(1)"]),
    ],
)
def test_actions_are_calls_of_browsergyms_functions(fields: dict[str, object], calls: list[str]) -> None:
    assert written(**fields) == calls


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"type": "click", "point": [498, 0]}, "outside the screenshot of 498x321"),
        ({"type": "drag", "path": [[1, 2], [3, 321]]}, "outside"),
        ({"type": "click", "point": [5, 6], "count": 3}, "three times"),
        ({"type": "type", "secret": "password"}, "no secrets"),
        ({"type": "press", "keys": ["ctrl", "é"]}, "no key é"),
        ({"type": "switch_tab", "index": 3}, "no tab 3"),
        ({"type": "navigate", "url": "file:///etc/passwd"}, "only http and https"),
        ({"type": "new_tab", "url": "file:///etc/passwd"}, "only http and https"),
        ({"type": "open_app", "name": "x"}, "not possible here"),
    ],
)
def test_what_cannot_be_done_is_rejected(fields: dict[str, object], reason: str) -> None:
    with pytest.raises(ActionRejected, match=reason):
        written(**fields)


def test_the_last_tab_stays() -> None:
    with pytest.raises(ActionRejected, match="last tab"):
        calls_of(load({"type": "close_tab"}), Place(Size(10, 10)), ALL)


def test_a_benchmark_allows_what_its_functions_can_do() -> None:
    pointing = supported_by(("coord",))
    assert {"click", "type", "wait"} <= pointing
    assert not pointing & {"navigate", "back", "switch_tab", "new_tab"}
    assert "new_tab" not in supported_by(("coord", "tab"))
    assert {"navigate", "back", "switch_tab", "new_tab", "close_tab"} <= ALL
    with pytest.raises(ActionRejected, match="`back` is not possible"):
        calls_of(load({"type": "back"}), PLACE, pointing)


def _arguments(source: str) -> list[object]:
    """Return the arguments of all calls; fail if the text is anything but calls of names with literals."""
    found: list[object] = []
    for line in ast.parse(source).body:
        assert isinstance(line, ast.Expr) and isinstance(line.value, ast.Call) and isinstance(line.value.func, ast.Name)
        assert not line.value.keywords
        found += [ast.literal_eval(argument) for argument in line.value.args]
    return found


@given(st.text())
def test_any_text_is_one_literal_on_one_line(text: str) -> None:
    for source in (message_to_user(text), report_infeasible(text)):
        assert len(source.splitlines()) == 1
        assert _arguments(source) == [text]
    try:
        action: Action = load({"type": "type", "text": text})
    except InvalidAction:
        return
    assert action.type == "type" and action.text is not None
    parts = [part for part in _arguments(calls_of(action, PLACE, ALL)) if part != "Tab"]
    assert parts == [part for part in action.text.split("\t") if part and part != "Tab"]
