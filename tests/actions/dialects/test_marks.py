"""Replies that name a mark in place of a point."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.dialects.dialect import Seen
from handeye.actions.dialects.qwen.dialect import COMPUTER_USE, MOBILE_USE, QwenTool
from handeye.actions.dialects.unified import UNIFIED
from handeye.actions.geometry import Box, Frame, Point, Size
from handeye.actions.places import PlaceReader
from handeye.actions.reading import Reading
from handeye.actions.schema import Click, Drag, InvalidAction, LongPress, Move, Scroll

SEEN = Frame("model image", Size(644, 364))
SCREEN = Frame("screenshot", Size(1280, 720))
MARKS = (Box(0, 0, 1, 1), Box(100, 200, 141, 221), Box(1279, 719, 1280, 720))
SECOND = Point(120, 210)
MARKED = Seen(SEEN, SCREEN, marks=MARKS)


def unified(action: object) -> Reading:
    return UNIFIED.read(json.dumps({"thought": "why", "action": action}), MARKED)


def called(arguments: object, tool: Any = "computer_use", cursor: Point | None = None) -> Reading:
    text = f"<tool_call>\n{json.dumps({'name': tool, 'arguments': arguments})}\n</tool_call>"
    return QwenTool(tool).read(text, replace(MARKED, cursor=cursor))


@pytest.mark.parametrize("written", [2, "2", [2], 2.0, "[2]", "#2"])
def test_a_mark_is_the_middle_of_its_box_in_the_screenshot(written: object) -> None:
    reading = unified({"type": "click", "mark": written})
    assert reading.actions == (Click(point=SECOND),)
    assert reading.marks == (2,)
    assert reading.notes == ()


@pytest.mark.parametrize("written", [0, 4, -1, 1.5, "two", None, True, {}, [], [1, 2], 10**400, float("nan"), "9" * 50])
def test_a_number_that_no_mark_has_is_a_problem_that_names_those_that_are(written: object) -> None:
    problem = unified({"type": "click", "mark": written}).problem
    assert problem is not None
    assert "the marks are 1 to 3" in problem.reason or written is None


def test_without_marks_there_is_nothing_to_name() -> None:
    problem = UNIFIED.read('{"thought": "", "action": {"type": "click", "mark": 1}}', Seen(SEEN)).problem
    assert problem is not None
    assert problem.reason == "there are no marks on this screenshot: give a point"
    with pytest.raises(InvalidAction, match="the only mark is 1"):
        PlaceReader(SEEN, SCREEN, MARKS[:1]).mark(2)


def test_every_action_with_a_point_takes_a_mark() -> None:
    assert unified({"type": "move", "mark": 1}).actions == (Move(point=Point(0, 0)),)
    assert unified({"type": "long_press", "mark": 3}).actions == (LongPress(point=Point(1279, 719)),)
    assert unified({"type": "double_click", "mark": 2}).actions == (Click(point=SECOND, count=2),)
    assert unified({"type": "click", "point": {"mark": 2}}).actions == (Click(point=SECOND),)
    assert unified({"type": "scroll", "mark": 2, "dy": 100}).actions == (Scroll(point=SECOND, dy=198),)
    problem = unified({"type": "type", "mark": 2, "text": "a"}).problem
    assert problem is not None


def test_a_drag_goes_by_marks_and_points() -> None:
    reading = unified({"type": "drag", "path": [{"mark": 1}, [0, 0], {"mark": 3}]})
    assert reading.actions == (Drag(path=(Point(0, 0), Point(0, 0), Point(1279, 719))),)
    assert reading.marks == (1, 3)
    assert unified({"type": "drag", "start": {"mark": 2}, "end": {"mark": 3}}).actions == (
        Drag(path=(SECOND, Point(1279, 719))),
    )


def test_a_point_beside_the_mark_that_it_comes_with_is_a_problem() -> None:
    assert unified({"type": "click", "point": [60, 106], "mark": 2}).actions == (Click(point=SECOND),)
    problem = unified({"type": "click", "point": [10, 10], "mark": 2}).problem
    assert problem is not None
    assert "lies outside mark 2" in problem.reason


def test_the_other_points_become_pixels_of_the_target() -> None:
    assert unified({"type": "click", "point": [643, 363]}).actions == (Click(point=Point(1279, 719)),)
    reading = unified({"type": "scroll", "point": [0, 0], "dx": 1, "dy": "-100.4"})
    assert reading.actions == (Scroll(point=Point(0, 0), dx=2, dy=-198),)


@pytest.mark.parametrize("action", ["left_click", "right_click", "double_click", "mouse_move"])
def test_computer_calls_take_a_mark(action: str) -> None:
    (done,) = called({"action": action, "mark": 2}).actions
    assert isinstance(done, Click | Move)
    assert done.point == SECOND


def test_computer_calls_go_on_from_a_marked_cursor() -> None:
    text = "".join(
        f"<tool_call>{json.dumps({'name': 'computer_use', 'arguments': arguments})}</tool_call>"
        for arguments in ({"action": "mouse_move", "mark": 2}, {"action": "left_click_drag", "mark": 3})
    )
    reading = COMPUTER_USE.read(text, MARKED)
    assert reading.actions == (Drag(path=(SECOND, Point(1279, 719))),)
    assert reading.marks == (2, 3)
    assert called({"action": "scroll", "mark": 2, "pixels": -10}).actions == (Scroll(point=SECOND, dy=20),)
    assert called({"action": "left_click"}, cursor=SECOND).actions == (Click(point=SECOND),)
    ends = {"action": "left_click_drag", "mark": 1, "mark2": 2}
    assert called(ends).actions == (Drag(path=(Point(0, 0), SECOND)),)


def test_phone_calls_take_marks() -> None:
    assert called({"action": "click", "mark": 2}, "mobile_use").actions == (Click(point=SECOND),)
    swipe = called({"action": "swipe", "mark": 2, "mark2": 3}, "mobile_use")
    assert swipe.actions == (Drag(path=(SECOND, Point(1279, 719))),)
    problem = called({"action": "click", "mark": 9}, "mobile_use").problem
    assert problem is not None
    assert "the marks are 1 to 3" in problem.reason


sizes = st.builds(Size, st.integers(1, 3000), st.integers(1, 3000))


@st.composite
def marked(draw: st.DrawFn) -> tuple[Frame, Frame, list[Box]]:
    seen, screen = draw(sizes), draw(sizes)
    boxes = []
    for _ in range(draw(st.integers(1, 5))):
        left, top = draw(st.integers(0, screen.width - 1)), draw(st.integers(0, screen.height - 1))
        right, bottom = draw(st.integers(left + 1, screen.width)), draw(st.integers(top + 1, screen.height))
        boxes.append(Box(left, top, right, bottom))
    return Frame("model image", seen), Frame("screenshot", screen), boxes


@given(marked(), st.data())
def test_whatever_the_frames_a_mark_is_exact(frames: tuple[Frame, Frame, list[Box]], data: st.DataObject) -> None:
    seen, screen, boxes = frames
    number = data.draw(st.integers(1, len(boxes)))
    for dialect, text in (
        (UNIFIED, {"thought": "", "action": {"type": "click", "mark": number}}),
        (MOBILE_USE, {"name": "mobile_use", "arguments": {"action": "click", "mark": number}}),
    ):
        reading = dialect.read(json.dumps(text), Seen(seen, screen, marks=tuple(boxes)))
        assert reading.actions == (Click(point=boxes[number - 1].center),)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["mark", "x", "y"]), inner, max_size=2),
    max_leaves=5,
)


@given(anything, anything)
def test_any_mark_at_all_is_read_or_a_problem(mark: object, point: object) -> None:
    for action in ({"type": "click", "mark": mark, "point": point}, {"type": "drag", "path": [{"mark": mark}, point]}):
        reading = unified(action)
        assert (reading.problem is None) == bool(reading.actions)
        assert reading.problem is None or (reading.problem.reason and "\n" not in reading.problem.reason)
