import json
from typing import Any

import pytest
from pydantic import ValidationError

from handeye.actions.errors import HandeyeError
from handeye.actions.fields import MAX_COORDINATE, MAX_PATH, MAX_TEXT
from handeye.actions.geometry import Box, Point
from handeye.actions.schema import (
    ACTION_TYPES,
    ACTIONS,
    Click,
    Drag,
    InvalidAction,
    Press,
    Scroll,
    Type,
    UnifiedStep,
    Wait,
    Zoom,
    dump,
    load,
)


def test_the_union_is_the_design() -> None:
    assert list(ACTIONS) == [
        *("click", "long_press", "move", "drag", "scroll", "type", "press", "hold", "wait", "wait_until_stable"),
        *("open_app", "navigate", "back", "home", "recent_apps", "switch_tab", "new_tab", "close_tab"),
        *("zoom", "note", "answer", "ask_user", "terminate"),
    ]
    assert set(ACTIONS) == ACTION_TYPES


@pytest.mark.parametrize("name", sorted(ACTION_TYPES))
def test_every_field_is_documented(name: str) -> None:
    model = ACTIONS[name]
    assert model.__doc__
    assert all(info.description for field, info in model.model_fields.items() if field != "type")


def test_actions_are_frozen_and_closed() -> None:
    click = Click(point=Point(1, 2))
    with pytest.raises(ValidationError, match="frozen"):
        click.count = 2
    with pytest.raises(ValidationError, match="Extra"):
        Click(point=Point(1, 2), speed=3)  # type: ignore[call-arg]
    assert hash(click) == hash(Click(point=Point(1, 2)))


def test_dump_leaves_defaults_out_and_puts_the_type_first() -> None:
    assert list(dump(Click(point=Point(0, 0)))) == ["type", "point"]
    assert dump(Click(point=Point(0, 0), count=2)) == {"type": "click", "point": [0, 0], "count": 2}
    assert dump(Zoom(box=Box(1, 2, 3, 4))) == {"type": "zoom", "box": [1, 2, 3, 4]}
    drag = Drag(path=(Point(1, 2), Point(3, 4)), modifiers=("shift", "ctrl"))
    assert dump(drag) == {"type": "drag", "path": [[1, 2], [3, 4]], "modifiers": ["ctrl", "shift"]}
    assert json.loads(json.dumps(dump(drag))) == dump(drag)


def test_points_come_back_as_points() -> None:
    click = load({"type": "click", "point": [3, 4]})
    assert isinstance(click, Click) and isinstance(click.point, Point)
    drag = load({"type": "drag", "path": [[1, 2], [3, 4]]})
    assert isinstance(drag, Drag) and all(isinstance(point, Point) for point in drag.path)


def test_keys_are_made_canonical() -> None:
    assert Press(keys=("Control_L", "C")).keys == ("ctrl", "c")
    assert load({"type": "press", "keys": "Ctrl+Shift+T"}) == Press(keys=("ctrl", "shift", "t"))
    assert load({"type": "click", "point": [1, 2], "modifiers": ["Cmd", "Control"]}) == Click(
        point=Point(1, 2), modifiers=("ctrl", "meta")
    )


def test_line_ends_are_line_feeds() -> None:
    assert Type(text="a\r\nb\rc").text == "a\nb\nc"


def test_zero_is_a_value() -> None:
    assert load({"type": "switch_tab", "index": 0}) == load(dump(load({"type": "switch_tab", "index": 0})))
    assert dump(load({"type": "close_tab", "index": 0})) == {"type": "close_tab", "index": 0}
    assert Wait(seconds=0).seconds == 0
    assert Scroll(point=Point(0, 0), dy=-1).point == Point(0, 0)


def test_an_empty_text_can_clear_or_submit() -> None:
    assert Type(text="", clear=True).text == ""
    assert Type(text="", submit=True).submit


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([], "must be a JSON object"),
        (None, "must be a JSON object"),
        ({}, "needs a type, one of click"),
        ({"type": 3}, "needs a type"),
        ({"type": []}, "needs a type"),
        ({"type": "clik", "point": [1, 2]}, "there is no action 'clik': did you mean click"),
        ({"type": "done"}, "there is no action 'done': it must be one of"),
        ({"type": "click"}, "click.point is missing"),
        ({"type": "click", "point": [1, 2], "speed": 3}, "click.speed: there is no such field"),
        ({"type": "click", "point": [1.0, 2]}, r"click.point: must be \[x, y\], two whole numbers of pixels"),
        ({"type": "click", "point": [True, 2]}, "two whole numbers"),
        ({"type": "click", "point": [-1, 2]}, "two whole numbers"),
        ({"type": "click", "point": [MAX_COORDINATE + 1, 2]}, "two whole numbers"),
        ({"type": "click", "point": [1, 2, 3]}, "two whole numbers"),
        ({"type": "click", "point": "1, 2"}, "two whole numbers"),
        ({"type": "click", "point": [float("nan"), 2]}, "two whole numbers"),
        ({"type": "click", "point": [1, 2], "count": 0}, "click.count"),
        ({"type": "click", "point": [1, 2], "count": 4}, "click.count"),
        ({"type": "click", "point": [1, 2], "count": True}, "click.count"),
        ({"type": "click", "point": [1, 2], "button": "wheel"}, "click.button"),
        ({"type": "click", "point": [1, 2], "modifiers": ["a"]}, "must be from ctrl, alt, shift, meta"),
        ({"type": "drag", "path": [[1, 2]]}, "drag.path"),
        ({"type": "drag", "path": [[1, 2]] * (MAX_PATH + 1)}, "drag.path"),
        ({"type": "drag", "path": [[1, 2], [3]]}, r"drag.path.1: must be \[x, y\]"),
        ({"type": "scroll", "point": [1, 2]}, "dx or dy must not be 0"),
        ({"type": "scroll", "point": [1, 2], "dy": 1e9}, "scroll.dy"),
        ({"type": "scroll", "point": [1, 2], "dy": 10**9}, "scroll.dy"),
        ({"type": "type"}, "needs either a text or a secret"),
        ({"type": "type", "text": "a", "secret": "b"}, "needs either a text or a secret"),
        ({"type": "type", "text": ""}, "types nothing"),
        ({"type": "type", "text": "a\x1b[A"}, "must not contain control characters"),
        ({"type": "type", "text": "\ud800"}, "type.text"),
        ({"type": "type", "text": "a" * (MAX_TEXT + 1)}, "at most 10000"),
        ({"type": "type", "secret": " \n"}, "one non-empty line"),
        ({"type": "press", "keys": []}, "press.keys"),
        ({"type": "press", "keys": ["entr"]}, "no key 'entr': did you mean enter"),
        ({"type": "press", "keys": ["tab", "Tab"]}, "names a key twice"),
        ({"type": "press", "keys": list("abcdefg")}, "at most 6"),
        ({"type": "press", "keys": [3]}, "a list of names of keys"),
        ({"type": "press", "keys": {"a": 1}}, "a list of names of keys"),
        ({"type": "hold", "keys": ["a"], "seconds": 0}, "hold.seconds"),
        ({"type": "hold", "keys": ["a"]}, "hold.seconds is missing"),
        ({"type": "long_press", "point": [1, 2], "seconds": 61}, "long_press.seconds"),
        ({"type": "wait", "seconds": float("inf")}, "finite"),
        ({"type": "wait", "seconds": float("nan")}, "finite"),
        ({"type": "wait", "seconds": -1}, "wait.seconds"),
        ({"type": "wait", "seconds": 601}, "wait.seconds"),
        ({"type": "wait", "seconds": True}, "wait.seconds"),
        ({"type": "navigate", "url": "javascript:alert(1)"}, "must be an http or https address, not javascript:"),
        ({"type": "navigate", "url": ""}, "navigate.url"),
        ({"type": "open_app", "name": "a\nb"}, "one non-empty line"),
        ({"type": "switch_tab", "index": -1}, "switch_tab.index"),
        ({"type": "zoom", "box": [5, 5, 5, 9]}, "with left < right and top < bottom"),
        ({"type": "zoom", "box": [5, 5, 9]}, "zoom.box"),
        ({"type": "terminate", "status": "done"}, "terminate.status"),
        ({"type": "terminate"}, "terminate.status is missing"),
    ],
)
def test_what_is_no_action_is_refused_in_one_line(value: Any, reason: str) -> None:
    with pytest.raises(InvalidAction, match=reason) as caught:
        load(value)
    assert isinstance(caught.value, HandeyeError)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_many_wrong_fields_make_a_short_message() -> None:
    with pytest.raises(InvalidAction) as caught:
        load({"type": "back", **{"long\n" * 100 + str(index): index for index in range(1000)}})
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_a_step_is_a_thought_and_an_action() -> None:
    step = UnifiedStep.model_validate({"thought": "Go.", "action": {"type": "back"}})
    assert step.action == load({"type": "back"})
    with pytest.raises(ValidationError):
        UnifiedStep.model_validate({"thought": "Go.", "action": {"type": "back"}, "done": True})
