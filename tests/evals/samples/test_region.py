import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.evals.samples.region import Region, Spot

SPOTS = st.builds(Spot, st.integers(0, 60), st.integers(0, 60))


def test_all_edges_belong_to_a_box_and_reversed_ones_are_sorted() -> None:
    box = Region.box(30, 20, 10, 5.5)
    assert box.bounds == (10, 5.5, 30, 20)
    assert all(box.contains(x, y) for x, y in ((10, 5.5), (30, 20), (10, 20), (20, 12)))
    assert not any(box.contains(x, y) for x, y in ((9.9, 10), (30.1, 10), (20, 5.4), (20, 20.1)))
    assert (box.distance(33, 24), box.distance(20, 12), box.distance(10, 5.5)) == (5, 0, 0)


def test_a_polygon_is_not_the_box_around_it() -> None:
    triangle = Region((Spot(0, 0), Spot(10, 0), Spot(0, 10)))
    assert triangle.contains(2, 2) and triangle.contains(5, 5) and triangle.contains(0, 0)
    assert not triangle.contains(8, 8)
    assert triangle.area == 50
    assert triangle.distance(10, 10) == pytest.approx(50**0.5)


def test_the_hole_in_a_hollow_shape_is_outside_of_it() -> None:
    hollow = Region(
        (Spot(0, 0), Spot(30, 0), Spot(30, 30), Spot(20, 30), Spot(20, 10), Spot(10, 10), Spot(10, 30), Spot(0, 30))
    )
    assert not hollow.contains(15, 20)
    assert hollow.contains(*hollow.inside())


@given(st.lists(SPOTS, min_size=3, max_size=7), st.integers(-5, 65), st.integers(-5, 65))
def test_a_place_is_in_it_where_its_distance_is_nothing(corners: list[Spot], x: int, y: int) -> None:
    region = Region(tuple(corners))
    assert region.contains(x, y) == (region.distance(x, y) == 0)
    assert all(region.contains(*corner) for corner in corners)


@given(SPOTS, SPOTS)
def test_a_box_holds_the_pixel_that_it_says(a: Spot, b: Spot) -> None:
    region = Region.box(*a, *b)
    assert region.contains(*region.inside())
