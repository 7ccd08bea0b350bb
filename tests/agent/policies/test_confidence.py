"""Whose numbers the points of a reply are, in every dialect, and what is said of them."""

import json
import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.dialects.catalog import AGENTS, DIALECTS
from handeye.actions.dialects.dialect import Dialect, Inexpressible, Seen
from handeye.actions.dialects.grounding.answers import ANSWERS
from handeye.actions.dialects.grounding.box import BOX
from handeye.actions.dialects.scalecua.dialect import SCALECUA
from handeye.actions.dialects.unified import UNIFIED, Unified
from handeye.actions.geometry import Box, Frame, Point, Size, Transform
from handeye.actions.points import EDGES, PIXELS, THOUSANDTHS, Points
from handeye.actions.schema import AnyAction, Click, Drag, LongPress, Scroll
from handeye.agent.decision import Confidence, Spread
from handeye.agent.policies.confidence import confidence
from handeye.model.conversation.digits import Digit
from tests.agent.policies.digits import of_last, share, sure_of

FRAME = Frame("model image", Size(1288, 728))
SCREENS = (Frame("screenshot", Size(2576, 1456), Point(7, 5)), Frame("screenshot", Size(700, 400)), FRAME)
FIRST, SECOND = Point(417, 263), Point(935, 618)


def known(
    dialect: Dialect, text: str, digits: Sequence[Digit] | None = None, screen: Frame = FRAME, **seen: Any
) -> Confidence:
    answered = Seen(FRAME, screen, **seen)
    reading = dialect.read(text, answered)
    assert reading.problem is None, reading.problem
    digits = sure_of(text) if digits is None else digits
    again = dialect.read  # a reply is read again as it was read first
    return confidence(
        text, digits, reading, lambda other: again(other, answered), dialect.points, Transform(FRAME, screen)
    )


def written(dialect: Dialect, point: Point) -> tuple[str, str]:
    first, second = dialect.points.written(point, FRAME)
    return str(first), str(second)


@pytest.mark.parametrize("screen", SCREENS, ids=("twice", "half", "same"))
@pytest.mark.parametrize("name", DIALECTS)
def test_the_numbers_of_each_point_are_found(name: str, screen: Frame) -> None:
    """After a thought with other numbers, and with the same ones; of what the dialect can say, also drags."""
    dialect = DIALECTS[name]
    actions: list[AnyAction] = [Click(point=FIRST), LongPress(point=FIRST, seconds=2), Drag(path=(FIRST, SECOND))]
    said = 0
    for action in actions:
        points = list(action.path) if isinstance(action, Drag) else [FIRST]
        numbers = [number for point in points for number in written(dialect, point)]
        thought = f"Tab 3 of 12 at 417, 263: {', '.join(numbers)} and 9."
        try:
            text = dialect.write(action, FRAME, thought)
        except Inexpressible:
            continue
        said += 1
        found = known(dialect, text, screen=screen)
        assert [len(each) for each in found[-1:]] == [len(points)], text
        for point, sure in zip(points, found[-1], strict=True):
            assert sure is not None, (text, found)
            assert sure.spread == (0.0, 0.0)
            after = text[: _end(text, numbers, points.index(point))]
            assert sure.probability == pytest.approx(of_last(after, *written(dialect, point)))
    assert said > 0


def _end(text: str, numbers: list[str], index: int) -> int:
    """Return where the numbers after a point begin, of several that end the text; the end after the last point."""
    end = len(text)
    for number in reversed(numbers[2 * (index + 1) :]):
        end = text.rindex(number, 0, end)
    return end


def test_the_spread_is_in_pixels_of_the_screenshot() -> None:
    even = (*[0.0] * 4, 0.5, 0.5, *[0.0] * 4)
    text = '{"action": {"type": "click", "point": [54, 444]}}'
    x, y = text.index("4,"), text.index("444") + 1
    ((sure,),) = known(UNIFIED, text, sure_of(text, doubts={x: even, y: even}), screen=SCREENS[0])
    assert sure is not None
    assert sure.spread == pytest.approx((2 * 0.5, 2 * 5.0))
    assert sure.probability == pytest.approx(0.5 * 0.5 * share(x - 1) * share(y - 1) * share(y + 1))


@pytest.mark.parametrize(
    ("points", "values", "spread"),
    [
        (PIXELS, "[44, 44]", (2 * 0.5, 2 * 0.5)),
        (THOUSANDTHS, "[44, 44]", (2.576 * 0.5, 1.456 * 0.5)),
        (EDGES, "[44, 44]", (2.576 * 0.5, 1.456 * 0.5)),
        (Points("parts"), "[0.44, 0.44]", (2576 * 0.005, 1456 * 0.005)),
        (Points("pixels", order="yx"), "[44, 44]", (2 * 0.5, 2 * 0.5)),
        (Points("thousandths", order="yx"), "[44, 45]", (2.576 * 0.5, 1.456 * 0.5)),
    ],
)
def test_every_unit_has_its_own_size(points: Points, values: str, spread: tuple[float, float]) -> None:
    text = f'{{"action": {{"type": "click", "point": {values}}}}}'
    even = (*[0.0] * 4, 0.5, 0.5, *[0.0] * 4)
    ends = [place for place in range(len(text)) if text[place].isdigit() and not text[place + 1].isdigit()]
    doubts = dict.fromkeys(ends[-1:] + ends[-2 if points.unit != "parts" else -3 :][:1], even)
    ((sure,),) = known(Unified(points=points), text, sure_of(text, doubts=doubts), screen=SCREENS[0])
    assert sure is not None and sure.spread == pytest.approx(spread)


def test_y_before_x() -> None:
    """The first number is y, so the doubt about it is one down the screen."""
    text = '{"action": {"type": "click", "point": [44, 100]}}'
    even = (*[0.0] * 4, 0.5, 0.5, *[0.0] * 4)
    digits = sure_of(text, doubts={text.index("44"): even})
    dialect = Unified(points=Points(order="yx"))
    ((sure,),) = known(dialect, text, digits)
    assert sure is not None and sure.spread == pytest.approx((0.0, 5.0))
    (action,) = dialect.read(text, Seen(FRAME)).actions
    assert action == Click(point=Point(100, 44))


def test_numbers_that_are_no_points_do_not_count() -> None:
    """The same two numbers as a text, a time and a tab, before and after the point, and with a decimal point."""
    step: dict[str, Any] = {"thought": "417, 263", "actions": []}
    step["actions"] = [
        {"type": "wait", "seconds": 41},
        {"type": "type", "text": "[417, 263]"},
        {"type": "switch_tab", "index": 3},
        {"type": "click", "point": [417.5, 263], "count": 2},
        {"type": "type", "text": "(417, 263)"},
        {"type": "scroll", "point": [417, 263], "dx": 417, "dy": 263},
    ]
    text = json.dumps(step)
    found = known(UNIFIED, text)
    assert [len(each) for each in found] == [0, 0, 0, 1, 0, 1]
    click, scroll = found[3][0], found[5][0]
    assert click is not None and scroll is not None
    assert click.probability == pytest.approx(of_last(text[: text.index('], "count"')], "417.5", "263"))
    assert scroll.probability == pytest.approx(of_last(text[: text.index('], "dx"')], "417", "263"))


def test_the_two_points_of_a_drag_have_their_own_numbers_even_if_they_are_equal() -> None:
    text = '{"action": {"type": "drag", "path": [[10, 20], [30, 40], [10, 20]]}}'
    ((first, second, third),) = known(UNIFIED, text)
    assert first is not None and second is not None and third is not None
    assert first.probability == pytest.approx(of_last(text[: text.index("], [30")], "10", "20"))
    assert second.probability == pytest.approx(of_last(text, "30", "40"))
    assert third.probability == pytest.approx(of_last(text, "10", "20"))


def test_the_middle_of_a_box_has_that_of_its_four_numbers() -> None:
    """Also where the second and third number alone would be the middle."""
    for text in ("[100, 200, 300, 400]", "[0, 50, 100, 150]"):
        even = (0.5, *[0.0] * 8, 0.5)  # deviates by 4.5
        ends = [place for place in range(len(text)) if text[place].isdigit() and text[place + 1] in ",]"]
        digits = sure_of(text, doubts={ends[0]: even, ends[2]: even, ends[3]: even})
        ((sure,),) = known(BOX, text, digits)
        assert sure is not None
        assert sure.spread == pytest.approx((math.hypot(4.5, 4.5) / 2, 4.5 / 2))
        others = [share(place) for place in range(len(text)) if text[place].isdigit() and place not in ends]
        shares = [*others, share(ends[1]), *[even[int(text[end])] for end in (ends[0], ends[2], ends[3])]]
        assert sure.probability == pytest.approx(math.prod(shares))


def test_a_call_with_parts_in_a_dialect_of_pixels() -> None:
    text = "<think>0.5</think>\n<operation>click</operation>\n<action>\nclick(x=0.3238, y=0.3613)\n</action>"
    ((sure,),) = known(SCALECUA, text)
    assert sure is not None and sure.probability == pytest.approx(of_last(text, "0.3238", "0.3613"))


MARKS = (Box(100, 100, 200, 200), Box(400, 400, 500, 500))


@pytest.mark.parametrize(
    ("action", "seen"),
    [
        ('{"type": "click", "point": [1290, 20]}', {}),  # moved to the edge
        ('{"type": "click", "mark": 1}', {"marks": MARKS}),
        ('{"type": "click", "mark": 1, "point": [120, 130]}', {"marks": MARKS}),
        ('{"type": "type", "text": "417, 263"}', {}),
        ('{"type": "terminate", "status": "success"}', {}),
    ],
)
def test_what_is_not_in_the_reply_has_none(action: str, seen: dict[str, Any]) -> None:
    assert known(UNIFIED, f'{{"thought": "150, 150 or 1287, 20", "action": {action}}}', **seen) == ()


def test_a_point_beside_one_that_is_known() -> None:
    text = '{"actions": [{"type": "click", "point": [1290, 20]}, {"type": "click", "point": [12, 20]}]}'
    ((none,), (some,)) = known(UNIFIED, text)
    assert none is None and some is not None


def test_a_scroll_at_the_cursor_has_none() -> None:
    dialect = AGENTS["qwen"].computer
    text = dialect.write(Scroll(point=FIRST, dy=240), FRAME)
    call = text[text.rindex("{", 0, text.index('"scroll"')) :]
    at_cursor = f'<tool_call>\n{{"name": "computer_use", "arguments": {call}'
    reading = dialect.read(at_cursor, Seen(FRAME, cursor=Point(30, 40)))
    assert reading.actions == (Scroll(point=Point(30, 40), dy=reading.actions[0].dy),)  # type: ignore[union-attr]
    assert known(dialect, at_cursor, cursor=Point(30, 40)) == ()


def test_digits_that_were_not_generated_have_none() -> None:
    prefilled = ANSWERS["prefilled_call"]
    text = f"{prefilled.prefix}417, 263]}}}}\n</tool_call>"
    start = text.index("417")
    assert known(prefilled, text, sure_of(text, start)) != ()
    assert known(prefilled, text, sure_of(text, start + 1)) == ()
    assert known(prefilled, text, ()) == ()


def test_a_reply_that_repeats_itself_is_not_read_without_end() -> None:
    """All of them are the point, and none of them moves it."""
    text = '{"thought": "' + "(417, 263) " * 300 + '", "action": {"type": "click", "mark": 1}}'
    answered = Seen(FRAME, FRAME, marks=(Box(FIRST.x, FIRST.y, FIRST.x + 1, FIRST.y + 1),))
    readings = 0

    def read(other: str) -> Any:
        nonlocal readings
        readings += 1
        return UNIFIED.read(other, answered)

    reading = UNIFIED.read(text, answered)
    assert reading.actions == (Click(point=FIRST),)
    assert confidence(text, sure_of(text), reading, read, PIXELS, Transform(FRAME, FRAME)) == ()
    assert readings <= 64


@given(st.integers(0, 1287), st.integers(0, 727), st.sampled_from(SCREENS), st.sampled_from(sorted(ANSWERS)))
def test_any_pixel_is_found(x: int, y: int, screen: Frame, name: str) -> None:
    answer = ANSWERS[name]
    text = answer.write(Click(point=Point(x, y)), FRAME)
    ((sure,),) = known(answer, text, screen=screen)
    assert sure is not None and sure.spread == Spread(0.0, 0.0)
    assert sure.probability == pytest.approx(of_last(text, *written(answer, Point(x, y))))
