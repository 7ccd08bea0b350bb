"""Chords of a browser's window are the actions that do the same, where there are tabs; elsewhere they are keys."""

import json
from collections.abc import Sequence

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Seen, TabStrip
from handeye.actions.dialects.qwen.dialect import COMPUTER_USE
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.reading import Reading
from handeye.actions.schema import (
    AnyAction,
    Back,
    Click,
    CloseTab,
    Navigate,
    NewTab,
    Press,
    SwitchTab,
    Type,
)

FRAME = Frame("model image", Size(1288, 728))
BROWSER = Abilities(frozenset({"press", "type", "click", "back", "navigate", "new_tab", "switch_tab", "close_tab"}))
DESKTOP = Abilities(frozenset({"press", "type", "click"}))
LAST_OF_FOUR = TabStrip(3, 4)


def keys(*names: str) -> dict[str, object]:
    return {"action": "key", "keys": list(names)}


def text(typed: str) -> dict[str, object]:
    return {"action": "type", "text": typed}


def read(calls: Sequence[object], abilities: Abilities = BROWSER, tabs: TabStrip = LAST_OF_FOUR) -> Reading:
    written = "\n".join(
        f"<tool_call>\n{json.dumps({'name': 'computer_use', 'arguments': call})}\n</tool_call>" for call in calls
    )
    return COMPUTER_USE.read(written, Seen(FRAME, abilities=abilities, tabs=tabs))


@pytest.mark.parametrize(
    ("pressed", "action"),
    [
        (("alt", "left"), Back()),
        (("Alt+Left",), Back()),
        (("alt", "ArrowLeft"), Back()),
        (("cmd", "["), Back()),
        (("BrowserBack",), Back()),
        (("XF86Back",), Back()),
        (("ctrl", "t"), NewTab()),
        (("Ctrl+T",), NewTab()),
        (("command", "t"), NewTab()),
        (("ctrl", "n"), NewTab()),
        (("ctrl", "w"), CloseTab()),
        (("control", "F4"), CloseTab()),
        (("ctrl", "tab"), SwitchTab(index=0)),
        (("ctrl", "pagedown"), SwitchTab(index=0)),
        (("ctrl", "shift", "tab"), SwitchTab(index=2)),
        (("ctrl", "pageup"), SwitchTab(index=2)),
        (("ctrl", "1"), SwitchTab(index=0)),
        (("ctrl", "3"), SwitchTab(index=2)),
        (("alt", "2"), SwitchTab(index=1)),
        (("ctrl", "9"), SwitchTab(index=3)),
    ],
)
def test_a_chord_is_the_action_where_there_are_tabs(pressed: tuple[str, ...], action: AnyAction) -> None:
    reading = read([keys(*pressed)])
    assert reading.actions == (action,)
    assert reading.notes == (f"took {'+'.join(pressed)} for `{action.type}`",)


@pytest.mark.parametrize("pressed", [("alt", "left"), ("ctrl", "t"), ("ctrl", "w"), ("ctrl", "tab"), ("ctrl", "3")])
def test_a_chord_is_keys_on_a_desktop(pressed: tuple[str, ...]) -> None:
    assert read([keys(*pressed)], DESKTOP).actions == (Press(keys=pressed),)
    assert read([keys(*pressed)], DESKTOP).notes == ()


@pytest.mark.parametrize(
    "pressed", [("ctrl", "c"), ("left",), ("t",), ("ctrl", "shift", "t"), ("ctrl", "0"), ("ctrl", "shift", "1"), ("3",)]
)
def test_other_keys_stay_keys(pressed: tuple[str, ...]) -> None:
    assert read([keys(*pressed)]).actions == (Press(keys=pressed),)


def test_with_one_tab_there_is_none_to_switch_to() -> None:
    assert read([keys("ctrl", "tab")], tabs=TabStrip(0, 1)).actions == (Press(keys=("ctrl", "tab")),)


@pytest.mark.parametrize("chord", [("ctrl", "l"), ("alt", "d"), ("F6",)])
def test_a_text_after_the_chord_to_the_address_bar_is_the_address(chord: tuple[str, ...]) -> None:
    for end in ([], [keys("enter")]):
        assert read([keys(*chord), text("example.org/a"), *end]).actions == (Navigate(url="https://example.org/a"),)
    assert read([keys(*chord), text("https://a.b/\n")]).actions == (Navigate(url="https://a.b/"),)


def test_a_text_after_the_chord_of_a_new_tab_is_its_address() -> None:
    assert read([keys("ctrl", "t"), text("https://a.b/"), keys("enter")]).actions == (NewTab(url="https://a.b/"),)


def test_an_enter_after_the_address_belongs_to_it_and_the_next_one_to_the_page() -> None:
    actions = read([keys("ctrl", "l"), text("https://a.b/"), keys("enter"), keys("enter")]).actions
    assert actions == (Navigate(url="https://a.b/"), Press(keys=("enter",)))


def test_a_click_between_the_chord_and_the_text_ends_the_address_bar() -> None:
    click = {"action": "left_click", "coordinate": [1, 2]}
    actions = read([keys("ctrl", "l"), click, text("hello")]).actions
    assert actions == (Press(keys=("ctrl", "l")), Click(point=Point(1, 2)), Type(text="hello"))


def test_a_search_in_the_address_bar_is_a_problem_that_says_why() -> None:
    problem = read([keys("ctrl", "l"), text("cheap tents near me")]).problem
    assert problem is not None
    assert problem.reason.startswith("a text for the address bar must be a web address without spaces")


def test_the_chord_to_the_address_bar_alone_stays_keys_for_the_environment_to_explain() -> None:
    assert read([keys("ctrl", "l")]).actions == (Press(keys=("ctrl", "l")),)
