"""Points in every unit: the corners, the centre, and every pixel there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.places import PlaceReader
from handeye.actions.points import PIXELS, Points
from handeye.actions.schema import InvalidAction

FRAME = Frame("model image", Size(1288, 728))
SCREEN = Frame("screenshot", Size(1280, 720))
CELLS = Points("thousandths")
EDGES = Points("thousandths", inclusive=True)
PARTS = Points("parts")
UNITS = {"pixels": PIXELS, "0 to 999": CELLS, "0 to 1000": EDGES, "0 to 1": PARTS}
EVERY = [Points(each.unit, each.inclusive, order) for each in UNITS.values() for order in ("xy", "yx")]


@pytest.mark.parametrize(
    ("points", "first", "middle", "last"),
    [
        (PIXELS, [0, 0], [644, 364], [1287, 727]),
        (CELLS, [0, 0], [500, 500], [999, 999]),
        (EDGES, [0, 0], [500, 500], [1000, 1000]),
        (PARTS, [0, 0], [0.5, 0.5], [1, 1]),
    ],
    ids=UNITS,
)
def test_the_corners_and_the_centre(points: Points, first: object, middle: object, last: object) -> None:
    reader = PlaceReader(FRAME, SCREEN, points=points)
    assert reader.point(first) == Point(0, 0)
    assert reader.point(middle) == Point(640, 360)
    assert reader.point(last) == Point(1279, 719)
    assert reader.notes == []


@pytest.mark.parametrize(
    ("written", "points", "x"),
    [
        (0.29, PARTS, 29),  # as binary digits it would be 28.999…
        ("0.29", PARTS, 29),
        (0.57, PARTS, 57),
        (0.9999, PARTS, 99),
        (289.999, EDGES, 28),
        (290, EDGES, 29),
        (289, CELLS, 28),
        (289.9, CELLS, 28),
    ],
)
def test_numbers_are_read_exactly(written: object, points: Points, x: int) -> None:
    assert PlaceReader(Frame("image", Size(100, 100)), points=points).point([written, 0]) == Point(x, 0)


@pytest.mark.parametrize(
    ("points", "written", "point", "notes"),
    [
        (CELLS, [1000, 0], Point(1287, 0), ["clamped [1000, 0] to [999, 0]"]),
        (CELLS, [1020, 0], None, []),
        (EDGES, [1020, -20], Point(1287, 0), ["clamped [1020, -20] to [1000, 0]"]),
        (EDGES, [1020.5, 0], None, []),
        (EDGES, [0.5, 0.5], None, []),
        (CELLS, [0.5, 0.5], None, []),
        (PARTS, [1.02, 0.5], Point(1287, 364), ["clamped [1.02, 0.5] to [1, 0.5]"]),
        (PARTS, [1.021, 0.5], None, []),
        (PARTS, [640, 360], None, []),
        (PARTS, [0, 0.2, 1, 0.8], Point(644, 364), ["took the centre [0.5, 0.5] of the box [0, 0.2, 1, 0.8]"]),
        (EDGES, [0, 0, 1000, 1000], Point(644, 364), ["took the centre [500, 500] of the box [0, 0, 1000, 1000]"]),
        (CELLS, "<point>500 500</point>", Point(644, 364), []),
    ],
)
def test_what_lies_outside_is_clamped_or_refused(
    points: Points, written: object, point: Point | None, notes: list[str]
) -> None:
    reader = PlaceReader(FRAME, points=points)
    if point is None:
        with pytest.raises(InvalidAction, match=points.meaning):
            reader.point(written)
        return
    assert reader.point(written) == point
    assert reader.notes == notes


def test_y_may_come_first() -> None:
    reader = PlaceReader(FRAME, points=Points(order="yx"))
    assert reader.point([11, 642]) == Point(642, 11)
    assert reader.point([0, 600, 22, 684]) == Point(642, 11)
    with pytest.raises(InvalidAction, match=r"must be \[y, x\] in pixels"):
        reader.point([1])


frames = st.builds(
    Frame,
    st.just("image"),
    st.builds(Size, st.integers(1, 1000), st.integers(1, 1000)),
    st.builds(Point, st.integers(-50, 50), st.integers(-50, 50)),
)


@pytest.mark.parametrize("points", EVERY, ids=str)
@given(frame=frames, data=st.data())
def test_what_is_written_is_read_as_the_same_pixel(points: Points, frame: Frame, data: st.DataObject) -> None:
    box = frame.box
    point = Point(data.draw(st.integers(box.left, box.right - 1)), data.draw(st.integers(box.top, box.bottom - 1)))
    reader = PlaceReader(frame, points=points)
    assert reader.point(list(points.written(point, frame))) == point
    assert reader.notes == []


@given(size=st.builds(Size, st.integers(1, 65_536), st.integers(1, 65_536)), data=st.data())
def test_parts_name_every_pixel_of_the_largest_frame(size: Size, data: st.DataObject) -> None:
    frame = Frame("image", size)
    point = Point(data.draw(st.integers(0, size.width - 1)), data.draw(st.integers(0, size.height - 1)))
    assert PlaceReader(frame, points=PARTS).point(list(PARTS.written(point, frame))) == point
