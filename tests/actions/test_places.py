import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.geometry import Box, Frame, Point, Size
from handeye.actions.places import PlaceReader
from handeye.actions.schema import InvalidAction

FRAME = Frame("model image", Size(1280, 720))


@pytest.mark.parametrize(
    ("written", "point", "notes"),
    [
        ([0, 0], Point(0, 0), []),
        ([1279, 719], Point(1279, 719), []),
        ([842.0, 611], Point(842, 611), []),
        ([842.9, 611.2], Point(842, 611), ["cut [842.9, 611.2] to [842, 611]"]),
        (["842", "611"], Point(842, 611), []),
        ("[842, 611]", Point(842, 611), []),
        ("842 611", Point(842, 611), []),
        ("<|box_start|>", None, []),
        ({"x": 1, "y": 2}, Point(1, 2), []),
        ([[842, 611]], Point(842, 611), []),
        ([800, 600, 884, 622], Point(842, 611), ["took the centre [842, 611] of the box [800, 600, 884, 622]"]),
        ([1283, 10], Point(1279, 10), ["clamped [1283, 10] to [1279, 10]"]),
        ([-25, 733], Point(0, 719), ["clamped [-25, 733] to [0, 719]"]),
        ([1304, 733], Point(1279, 719), ["clamped [1304, 733] to [1279, 719]"]),
        ([1305, 10], None, []),
        ([10, 734], None, []),
        ([-26, 10], None, []),
        ([0.5, 0.5], None, []),
        ([0, 1], Point(0, 1), []),
        ([float("nan"), 1], None, []),
        ([float("inf"), 1], None, []),
        ([1e300, 1], None, []),
        ([10**30, 1], None, []),
        ([True, 1], None, []),
        ([1], None, []),
        ([1, 2, 3], None, []),
        ([], None, []),
        ("", None, []),
        (None, None, []),
        ({"x": 1}, None, []),
        ({"x": 1, "y": [2]}, None, []),
    ],
)
def test_points(written: object, point: Point | None, notes: list[str]) -> None:
    reader = PlaceReader(FRAME)
    if point is None:
        with pytest.raises(InvalidAction):
            reader.point(written)
        return
    assert reader.point(written) == point
    assert reader.notes == notes


@pytest.mark.parametrize(
    ("written", "box"),
    [
        ([10, 20, 30, 40], Box(10, 20, 30, 40)),
        ([[10, 20], [30, 40]], Box(10, 20, 30, 40)),
        ([0, 0, 1280, 720], Box(0, 0, 1280, 720)),
        ([-5, -5, 1290, 725], Box(0, 0, 1280, 720)),
        ([10, 20, 30, 2000], None),
        ([10, 20], None),
        ([0.1, 0.1, 0.5, 0.5], None),
    ],
)
def test_boxes(written: object, box: Box | None) -> None:
    reader = PlaceReader(FRAME)
    if box is None:
        with pytest.raises(InvalidAction, match="model image of 1280x720"):
            reader.box(written)
        return
    assert reader.box(written) == box


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_point_is_in_the_frame_or_refused(x: float, y: float) -> None:
    try:
        point = PlaceReader(FRAME).point([x, y])
    except InvalidAction:
        return
    assert FRAME.contains(point)
    assert abs(point.x - x) <= 1280 / 50 + 1 and abs(point.y - y) <= 720 / 50 + 1


def test_the_frame_may_begin_anywhere() -> None:
    reader = PlaceReader(Frame("monitor", Size(100, 100), Point(-200, 50)))
    assert reader.point([-200, 50]) == Point(-200, 50)
    assert reader.point([-99, 60]) == Point(-101, 60)
    with pytest.raises(InvalidAction, match=r"monitor of 100x100 pixels from \[-200, 50\]"):
        reader.point([0, 60])
