"""Where fingers go."""

import shlex

from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.geometry import Point, Size
from handeye.environments.android.touch import drag, long_press, strokes, swipe, tap

SIZE, DENSITY, SLOP = Size(1080, 2400), 480, 24
_POINTS = st.builds(Point, st.integers(0, SIZE.width - 1), st.integers(0, SIZE.height - 1))
_DISTANCES = st.integers(-6000, 6000)


@given(_POINTS, _DISTANCES, _DISTANCES)
def test_strokes_scroll_by_what_was_asked_within_the_screen(point: Point, dx: int, dy: int) -> None:
    moved = [0, 0]
    for start, end in strokes(point, dx, dy, SIZE, DENSITY):
        for place in (start, end):
            assert 0 <= place.x < SIZE.width
            assert 0 <= place.y < SIZE.height
        for axis in (0, 1):
            went = start[axis] - end[axis]
            moved[axis] += 0 if went == 0 else went - SLOP if went > 0 else went + SLOP
    assert moved == [dx, dy]


@given(_DISTANCES)
def test_strokes_go_along_one_axis(dy: int) -> None:
    for start, end in strokes(Point(540, 1200), 0, dy, SIZE, DENSITY):
        assert start.x == end.x == 540
        assert abs(start.y - end.y) > SLOP


def test_a_scroll_begins_at_its_point_where_there_is_room() -> None:
    assert next(strokes(Point(540, 1200), 0, 300, SIZE, DENSITY)) == (Point(540, 1200), Point(540, 1200 - 324))
    start, end = next(strokes(Point(540, 10), 0, 300, SIZE, DENSITY))
    assert start.y > end.y >= 0


def test_small_and_low_screens_still_have_strokes() -> None:
    assert list(strokes(Point(0, 0), 5, 5, Size(400, 300), 480))


def test_taps_swipes_and_long_presses() -> None:
    assert tap(Point(0, 7), 2) == ("input swipe 0 7 0 7 40", "input swipe 0 7 0 7 40")  # not within one frame
    assert long_press(Point(3, 4), 0.05) == ("input swipe 3 4 3 4 50",)
    assert swipe(Point(0, 0), Point(0, 1000)) == ("input swipe 0 0 0 1000 400",)


@given(st.lists(_POINTS, min_size=2, max_size=20))
def test_a_path_is_followed_from_its_first_to_its_last_point(path: list[Point]) -> None:
    words = [shlex.split(line) for line in drag(path)]
    places = [Point(int(x), int(y)) for name, _, _, x, y in (w for w in words if w[0] == "input")]
    assert words[0][2] == "DOWN"
    assert words[-1][2] == "UP"
    assert (places[0], places[-1]) == (path[0], path[-1])
    assert len(words) <= 600
    assert set(path) <= set(places)


def test_a_point_named_twice_is_held() -> None:
    assert drag([Point(1, 1), Point(1, 1), Point(9, 1)])[1] == "sleep 0.7"
