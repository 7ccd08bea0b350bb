from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Box, Frame, OutOfFrame, Point, Size, Transform

sides = st.integers(1, 5000)
offsets = st.integers(-3000, 3000)
frames = st.builds(Frame, st.just("screenshot"), st.builds(Size, sides, sides), st.builds(Point, offsets, offsets))
transforms = st.builds(Transform, frames, frames)


def points(frame: Frame) -> st.SearchStrategy[Point]:
    box = frame.box
    return st.builds(Point, st.integers(box.left, box.right - 1), st.integers(box.top, box.bottom - 1))


def boxes(frame: Frame) -> st.SearchStrategy[Box]:
    return st.tuples(points(frame), points(frame)).map(
        lambda ends: Box(
            min(ends[0].x, ends[1].x),
            min(ends[0].y, ends[1].y),
            max(ends[0].x, ends[1].x) + 1,
            max(ends[0].y, ends[1].y) + 1,
        )
    )


@given(st.data(), transforms)
def test_a_point_lands_in_the_target(data: st.DataObject, transform: Transform) -> None:
    assert transform.target.contains(transform.point(data.draw(points(transform.source))))


@given(st.data(), frames)
def test_the_identity_changes_nothing(data: st.DataObject, frame: Frame) -> None:
    identity = Transform(frame, frame)
    point, box = data.draw(points(frame)), data.draw(boxes(frame))
    assert identity.point(point) == point
    assert identity.box(box) == box
    assert identity.center(point) == (point.x + 0.5, point.y + 0.5)


@given(st.data(), frames, frames)
def test_onto_a_larger_frame_and_back_is_exact(data: st.DataObject, one: Frame, other: Frame) -> None:
    larger = Size(max(one.size.width, other.size.width), max(one.size.height, other.size.height))
    transform = Transform(one, Frame("device input", larger, other.origin))
    point = data.draw(points(one))
    assert transform.inverse().point(transform.point(point)) == point


@given(st.data(), transforms)
def test_order_is_kept(data: st.DataObject, transform: Transform) -> None:
    a, b = data.draw(points(transform.source)), data.draw(points(transform.source))
    mapped_a, mapped_b = transform.point(a), transform.point(b)
    assert (a.x > b.x or mapped_a.x <= mapped_b.x) and (a.y > b.y or mapped_a.y <= mapped_b.y)


@given(st.data(), transforms)
def test_a_box_covers_the_points_in_it(data: st.DataObject, transform: Transform) -> None:
    box = data.draw(boxes(transform.source))
    inner = Frame("box", box.size, Point(box.left, box.top))
    assert transform.box(box).contains(transform.point(data.draw(points(inner))))


@given(st.data(), transforms)
def test_the_point_is_the_pixel_of_the_centre(data: st.DataObject, transform: Transform) -> None:
    point = data.draw(points(transform.source))
    x, y = transform.center(point)
    mapped = transform.point(point)
    # The point is computed in whole numbers, the centre in floats: on an edge they may differ by a rounding error.
    assert mapped.x - 1e-6 <= x <= mapped.x + 1 + 1e-6
    assert mapped.y - 1e-6 <= y <= mapped.y + 1 + 1e-6


@given(st.data(), transforms)
def test_a_pixel_begins_before_its_centre(data: st.DataObject, transform: Transform) -> None:
    point = data.draw(points(transform.source))
    (left, top), (x, y) = transform.corner(point), transform.center(point)
    half = [target / (2 * source) for target, source in zip(transform.target.size, transform.source.size, strict=True)]
    assert [x - left, y - top] == pytest.approx(half)


@given(frames)
def test_the_corners_map_to_the_corners_of_a_smaller_frame(frame: Frame) -> None:
    small = Frame("small", Size(min(frame.size.width, 7), min(frame.size.height, 5)))
    transform = Transform(frame, small)
    assert transform.box(frame.box) == small.box
    assert transform.point(Point(frame.box.left, frame.box.top)) == Point(0, 0)


@pytest.mark.parametrize("scale", [1, 1.25, 1.5, 2, 3])
def test_every_pixel_of_a_scaled_screen_is_hit(scale: float) -> None:
    """The device's continuous unit (CSS pixels) goes back to the pixel it came from, for each common scale factor."""
    css = Frame("css", Size(64, 48))
    screenshot = Frame("screenshot", Size(int(64 * scale), int(48 * scale)))
    transform = Transform(screenshot, css)
    for x, y in product(range(screenshot.size.width), range(screenshot.size.height)):
        left, top = transform.center(Point(x, y))
        assert (int(left * scale), int(top * scale)) == (x, y)


def test_zero_is_a_coordinate() -> None:
    frame = Frame("screenshot", Size(10, 10))
    assert frame.require(Point(0, 0)) == Point(0, 0)
    assert frame.contains(Point(9, 9))


@pytest.mark.parametrize("point", [Point(10, 0), Point(0, 10), Point(-1, 0), Point(0, -1)])
def test_a_point_outside_names_the_frame(point: Point) -> None:
    frame = Frame("model image", Size(10, 10))
    with pytest.raises(OutOfFrame, match="model image of 10x10 pixels") as caught:
        Transform(frame, frame).point(point)
    assert str(point) in str(caught.value)
    assert isinstance(caught.value, HandeyeError)


@pytest.mark.parametrize("box", [Box(0, 0, 0, 5), Box(5, 0, 3, 5), Box(0, 0, 11, 5), Box(-1, 0, 5, 5)])
def test_a_box_that_is_empty_or_outside_is_refused(box: Box) -> None:
    frame = Frame("screenshot", Size(10, 10))
    with pytest.raises(OutOfFrame, match="screenshot"):
        Transform(frame, frame).box(box)


def test_an_origin_shifts_the_frame() -> None:
    monitor = Frame("monitor", Size(100, 50), Point(-100, 20))
    assert monitor.contains(Point(-100, 20)) and not monitor.contains(Point(0, 20))
    assert monitor.clamp(Point(500, -500)) == Point(-1, 20)
    assert "from [-100, 20]" in str(monitor)
    assert Transform(Frame("screenshot", Size(100, 50)), monitor).point(Point(3, 4)) == Point(-97, 24)


def test_a_frame_has_pixels() -> None:
    with pytest.raises(ValueError, match="at least one pixel"):
        Frame("screenshot", Size(0, 10))


def test_boxes_are_half_open() -> None:
    box = Box(2, 3, 6, 9)
    assert box.size == Size(4, 6)
    assert box.center == Point(4, 6)
    assert box.contains(Point(2, 3)) and not box.contains(Point(6, 8))
    assert str(box) == "[2, 3, 6, 9]"
