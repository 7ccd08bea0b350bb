"""Which frames of a video the model sees, how large, and at which second.

The rule is that of the released processor (`qwen_vl_utils`): two frames a second, an even number of them from 4 to 768,
at even steps from the first to the last frame; 128 to 768 tokens for each pair, and nine tenths of the context for all.
Where the context of a checkpoint is shorter than the released 128,000 tokens, fewer frames are taken, so that they fit.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from handeye.model.errors import EmptyVideo
from handeye.model.video.source import Choice, Video

PAIR = 2
"""Frames that become one grid of patches: the only size of the released checkpoints."""
MIN_FRAMES = 4
MIN_TOKENS, MAX_TOKENS = 128, 768
"""Of one grid of patches."""
RELEASED_CONTEXT = 128_000
"""The tokens for which the budget of a video was chosen; its share is `SHARE`."""
SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Budget:
    """The pixels that a video may take."""

    min_pixels: int
    """Of one frame."""
    max_pixels: int
    """Of one frame."""
    total_pixels: int
    """Of one frame of each pair together."""

    @classmethod
    def of(cls, least: int, most: int, cell: int, context: int) -> "Budget":
        """Return the budget for images of `least` to `most` pixels, tokens of `cell` pixels and a context in tokens.

        A frame is never seen larger than an image.
        """
        smallest = MIN_TOKENS * cell
        tokens = int(min(context, RELEASED_CONTEXT) * SHARE)
        return cls(max(least, smallest) if smallest <= most else least, min(MAX_TOKENS * cell, most), tokens * cell)

    @property
    def max_frames(self) -> int:
        """The number of frames that fit at the smallest size."""
        return PAIR * max(1, self.total_pixels // self._floor)

    def frame_pixels(self, frames: int) -> int:
        """Return the greatest number of pixels that each of so many frames may have."""
        return max(min(self.max_pixels, self.total_pixels * PAIR // frames), self._floor)

    @property
    def _floor(self) -> int:
        """What the greatest size never falls below: as released, a little above the smallest, or a sixth."""
        return min(max(int(self.min_pixels * 1.05), self.max_pixels // 6), self.max_pixels)


@dataclass(frozen=True, slots=True)
class Plan:
    """The frames that are read."""

    indices: tuple[int, ...]
    """Which frames of the video, ascending, an even number of them; one may be repeated."""
    seconds: tuple[float, ...]
    """The second of each pair, from the first frame of the plan on."""
    start: float
    """The second of the video at which the first frame is shown."""
    end: float
    """The second of the video at which the last frame ends."""


def frame_count(total: int, rate: float, fps: float, most: int) -> int:
    """Return how many of `total` frames, shown at `rate` a second, the model sees at `fps`: even, 2 at least.

    A video of a single frame has it twice.
    """
    ceiling = math.floor(min(most, total) / PAIR) * PAIR
    count = min(max(total / rate * fps, MIN_FRAMES), ceiling, total)
    return max(PAIR, math.floor(count / PAIR) * PAIR)


def plan(video: Video, budget: Budget, most: int | None = None) -> Plan:
    """Choose the frames of a video: at most `most`, and no more than fit at the smallest size.

    Raises:
        EmptyVideo: the chosen part has no frame.
    """
    choice, times = video.choice, video.times
    end = video.duration if choice.end is None else min(choice.end, video.duration)
    shown = _shown(video, choice)
    most = min(choice.max_frames, budget.max_frames, *(() if most is None else (most,)))
    match video.pace:
        case "even":
            return _even(video, shown, end, most)
        case "given":
            return _given(video, shown, end, most)
        case "held":
            kept = [shown[index] for index in _spread(len(shown), max(1, most // PAIR))]
            indices = tuple(index for index in kept for _ in range(PAIR))
            return Plan(indices, tuple(times[index] - times[kept[0]] for index in kept), times[kept[0]], end)


def regular(grids: int, seconds_per_grid: float) -> tuple[float, ...]:
    """Return the seconds of so many grids at even steps, rounded to fp32 as the reference rounds them."""
    return tuple((torch.arange(grids) * seconds_per_grid).tolist())


def _shown(video: Video, choice: Choice) -> range:
    """Return the frames within the chosen part: those that begin in it."""
    times = video.times
    first = bisect_left(times, choice.start)
    last = len(times) if choice.end is None else bisect_right(times, choice.end)
    if first >= last:
        if choice.start >= video.duration:
            raise EmptyVideo(f"{video.name} lasts {video.duration:.1f} s: it has no frame at {choice.start:g} s")
        raise EmptyVideo(f"{video.name} has no frame that begins in the chosen part: make it longer")
    return range(first, last)


def _even(video: Video, shown: range, end: float, most: int) -> Plan:
    times, total = video.times, len(shown)
    span = end - times[shown[0]]
    rate = video.rate or (total / span if span > 0 else video.choice.fps)
    count = frame_count(total, rate, video.choice.fps, most)
    # the released rule is even steps of frames; where they last unequally long, it is even steps of time
    indices = _at(times, shown, count) if video.rate is None else [shown[index] for index in _spread(total, count)]
    indices += [indices[-1]] * (count - len(indices))
    seconds_per_grid = PAIR / (count / total * rate)
    return Plan(tuple(indices), regular(count // PAIR, seconds_per_grid), times[shown[0]], end)


def _given(video: Video, shown: range, end: float, most: int) -> Plan:
    times = video.times
    indices = [shown[index] for index in _spread(len(shown), most - most % PAIR)]
    indices += [indices[-1]] * (len(indices) % PAIR)
    if video.rate is not None and len(shown) <= most:
        seconds = regular(len(indices) // PAIR, PAIR / video.rate)
    else:
        seconds = tuple(times[index] - times[shown[0]] for index in indices[::PAIR])
    return Plan(tuple(indices), seconds, times[shown[0]], end)


def _spread(total: int, count: int) -> list[int]:
    """Return `count` of `total` indices at even steps, the first and the last among them; all if there are fewer."""
    if count >= total:
        return list(range(total))
    spread: list[int] = torch.linspace(0, total - 1, count).round().long().tolist()
    return spread


def _at(times: Sequence[float], shown: range, count: int) -> list[int]:
    """Return the frames on the screen at `count` even steps of time, from the first to the last frame."""
    first, last = times[shown[0]], times[shown[-1]]
    found: list[int] = []
    index = shown[0]
    for step in range(count):
        time = first + (last - first) * step / max(1, count - 1)
        while index < shown[-1] and times[index + 1] <= time + 1e-9:
            index += 1
        found.append(index)
    return found
