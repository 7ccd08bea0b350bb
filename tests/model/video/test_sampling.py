"""Which frames are seen, how large and when.

The figures of the tables are those of `qwen_vl_utils` 0.0.14.
"""

from collections.abc import Iterator, Sequence

import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handeye.actions.geometry import Size
from handeye.model.errors import EmptyVideo
from handeye.model.images.resize import smart_resize
from handeye.model.video.sampling import Budget, frame_count, plan
from handeye.model.video.source import Choice, Pace, Video

RELEASED = Budget.of(3136, 12_845_056, 784, 128_000)
TINY = Budget.of(3136, 37_632, 784, 4096)


class Reel(Video):
    """A video of which only the times are known."""

    def __init__(
        self,
        times: Sequence[float],
        duration: float,
        rate: float | None,
        pace: Pace = "even",
        choice: Choice | None = None,
    ) -> None:
        super().__init__("reel.mp4", choice or Choice(), None)
        self._times, self._duration, self._rate, self._pace = times, duration, rate, pace

    @property
    def pace(self) -> Pace:
        return self._pace

    @property
    def times(self) -> Sequence[float]:
        return self._times

    @property
    def rate(self) -> float | None:
        return self._rate

    @property
    def duration(self) -> float:
        return self._duration

    def frames(self, indices: Sequence[int]) -> Iterator[PIL.Image.Image]:
        raise NotImplementedError


def regular(count: int, rate: float, **choice: float | None) -> Reel:
    return Reel([index / rate for index in range(count)], count / rate, rate, choice=Choice(**choice))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("total", "rate", "fps", "count"),
    [
        (1, 25, 2, 2),
        (2, 25, 2, 2),
        (3, 25, 2, 2),
        (5, 25, 2, 4),
        (250, 25, 2, 20),
        (260, 25, 2, 20),
        (300, 30000 / 1001, 2, 20),
        (108_000, 30, 2, 768),
        (3600, 1, 1, 768),
        (53, 5, 20, 52),
        (11, 10, 0.1, 4),
    ],
)
def test_the_number_of_frames_is_the_released_one(total: int, rate: float, fps: float, count: int) -> None:
    assert frame_count(total, rate, fps, 768) == count


@pytest.mark.parametrize(
    ("size", "frames", "seen"),
    [
        ((1920, 1080), 20, (1008, 560)),
        ((1920, 1080), 768, (644, 336)),
        ((1280, 720), 400, (896, 504)),
        ((100, 90), 20, (336, 308)),
        ((448, 336), 20, (448, 336)),
    ],
)
def test_the_size_of_frames_is_the_released_one(size: tuple[int, int], frames: int, seen: tuple[int, int]) -> None:
    most = RELEASED.frame_pixels(frames)
    assert smart_resize(Size(*size), 28, min(RELEASED.min_pixels, most), most) == seen


def test_even_steps_of_frames_and_their_seconds() -> None:
    chosen = plan(regular(100, 10), RELEASED)
    assert chosen.indices[:4] == (0, 5, 10, 16) and chosen.indices[-1] == 99
    assert len(chosen.indices) == 20
    assert chosen.seconds == tuple(float(second) for second in range(10))
    assert (chosen.start, chosen.end) == (0, 10)


@settings(max_examples=50)
@given(
    total=st.integers(1, 3000),
    rate=st.floats(0.1, 120),
    fps=st.floats(0.1, 60),
    most=st.integers(2, 900),
    uneven=st.booleans(),
)
def test_every_plan_fits(total: int, rate: float, fps: float, most: int, uneven: bool) -> None:
    for budget in (RELEASED, TINY):
        reel = Reel([n / rate for n in range(total)], total / rate, None if uneven else rate, choice=Choice(fps, most))
        chosen = plan(reel, budget)
        count = len(chosen.indices)
        assert count % 2 == 0 and 2 <= count <= max(2, min(most, total, budget.max_frames, 900))
        assert list(chosen.indices) == sorted(chosen.indices)
        assert {*chosen.indices} <= {*range(total)}
        assert len(chosen.seconds) == count // 2 and chosen.seconds[0] == 0
        assert count // 2 * budget.frame_pixels(count) <= max(budget.total_pixels, budget.max_pixels)
        assert chosen.seconds[-1] <= chosen.end - chosen.start + 1e-4


@pytest.mark.parametrize(("pixels", "fits"), [(64 * 784, 3600), (12_845_056, 1714)])
def test_an_hour_at_one_frame_a_second(pixels: int, fits: int) -> None:
    """Sixty-four tokens a pair leave room for every second of it; at the released sizes fewer frames are taken."""
    budget = Budget.of(3136, pixels, 784, 128_000)
    chosen = plan(regular(90_000, 25, fps=1, max_frames=3600), budget)
    assert len(chosen.indices) == fits
    assert fits // 2 * budget.frame_pixels(fits) <= budget.total_pixels
    assert chosen.seconds[-1] == pytest.approx(3600 - 3600 / (fits // 2))


def test_at_a_variable_rate_even_steps_of_time_show_what_is_on_the_screen() -> None:
    reel = Reel([0, 1, 9, 9.5, 10, 10.5, 11, 20], 24, None, choice=Choice(fps=0.25))
    chosen = plan(reel, RELEASED)
    assert len(chosen.indices) == 6
    assert chosen.indices == (0, 1, 1, 6, 6, 7)  # at 0, 4, 8, 12, 16 and 20 s
    assert chosen.seconds == (0, 8, 16)


def test_given_frames_are_all_seen_at_their_times() -> None:
    chosen = plan(Reel([5, 6, 60, 61, 90], 120, None, "given"), RELEASED)
    assert (chosen.indices, chosen.seconds) == ((0, 1, 2, 3, 4, 4), (0, 55, 85))
    assert plan(Reel([0, 1, 2], 3, None, "given", Choice(max_frames=2)), RELEASED).indices == (0, 2)


def test_frames_that_stand_still_are_each_a_grid() -> None:
    chosen = plan(Reel([0, 6, 60], 70, None, "held"), RELEASED)
    assert (chosen.indices, chosen.seconds) == ((0, 0, 1, 1, 2, 2), (0, 6, 60))
    fewer = plan(Reel([0, 6, 60], 70, None, "held", Choice(max_frames=4)), RELEASED)
    assert (fewer.indices, fewer.seconds) == ((0, 0, 2, 2), (0, 60))


def test_a_part() -> None:
    chosen = plan(regular(100, 10, start=2, end=4), RELEASED)
    assert (chosen.indices[0], chosen.indices[-1]) == (20, 40)
    assert (chosen.start, chosen.end) == (2, 4)
    assert chosen.seconds[0] == 0


@pytest.mark.parametrize(("start", "end", "reason"), [(10, None, "lasts 10.0 s"), (2.01, 2.02, "make it longer")])
def test_a_part_without_a_frame(start: float, end: float | None, reason: str) -> None:
    with pytest.raises(EmptyVideo, match=reason):
        plan(regular(100, 10, start=start, end=end), RELEASED)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"fps": 0}, "fps must be above 0"),
        ({"fps": float("nan")}, "fps must be above 0"),
        ({"max_frames": 1}, "max_frames must be at least 2"),
        ({"start": -1}, "start must be 0 or more"),
        ({"start": float("inf")}, "start must be 0 or more"),
        ({"start": 3, "end": 3}, "end must be after start, 3 s, not 3"),
        ({"end": float("nan")}, "end must be after start"),
    ],
)
def test_choices_that_make_no_sense(options: dict[str, float], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Choice(**options)  # type: ignore[arg-type]
