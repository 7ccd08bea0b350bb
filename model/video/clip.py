"""A video as the network reads it: frames of one size, and the second of each pair."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import torch
from numpy.typing import NDArray
from PIL.Image import Resampling
from torch import Tensor

from handeye.actions.geometry import Size
from handeye.model.architecture.config import VisionConfig
from handeye.model.architecture.windows import Grid
from handeye.model.images.patches import cut, move
from handeye.model.images.resize import resize, smart_resize
from handeye.model.video.sampling import PAIR, Budget, Plan, plan
from handeye.model.video.source import Video

TOGETHER = 65_536
"""Patches of a video that are encoded together at most: as many as the largest image has."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A video for a prompt. Two clips are equal if they give the same tokens."""

    frames: NDArray[np.uint8] = field(repr=False, compare=False)
    """(2*T, H, W, 3), two frames for each grid of patches."""
    digest: bytes = field(repr=False)
    """Of the frames and their seconds."""
    grid: Grid
    seconds: tuple[float, ...]
    """The second of each of the T grids, from the first on."""
    start: float = field(compare=False)
    """The second of the video at which the first frame is shown."""
    end: float = field(compare=False)
    """The second of the video at which the last frame ends."""

    @property
    def seconds_per_grid(self) -> float:
        """The seconds from one grid to the next, on average; 0 if there is only one."""
        return self.seconds[-1] / (len(self.seconds) - 1) if len(self.seconds) > 1 else 0.0


def read_clip(video: Video, budget: Budget, vision: VisionConfig, resample: Resampling, threads: int) -> Clip:
    """Read the frames of a video that the model sees, each resized as soon as it is decoded.

    Raises:
        InvalidVideo: it cannot be read.
        InvalidImage: a frame is not an image that the model can read.
    """
    chosen, size = _sized(video, budget, vision)
    wanted, counts = zip(*((index, len([*same])) for index, same in groupby(chosen.indices)), strict=True)
    frames = np.empty((len(chosen.indices), size.height, size.width, 3), np.uint8)
    filled = 0
    for number, (image, count) in enumerate(zip(video.frames(wanted), counts, strict=True), start=1):
        frames[filled : filled + count] = np.asarray(resize(image, size, threads, resample))
        filled += count
        if video.on_progress is not None:
            video.on_progress(number, len(wanted))
    return _clip(frames, chosen, vision)


def _sized(video: Video, budget: Budget, vision: VisionConfig) -> tuple[Plan, Size]:
    """Return the frames that are read, and their size as the model sees them.

    The rule enlarges small frames to whole patches above the smallest size. In a short context so many of them may not
    fit, and fewer are taken.
    """
    chosen = plan(video, budget)
    shown = Size(*next(iter(video.frames(chosen.indices[:1]))).size)
    while True:
        most = budget.frame_pixels(len(chosen.indices))
        size = smart_resize(shown, vision.factor, min(budget.min_pixels, most), most)
        fitting = PAIR * max(1, budget.total_pixels // (size.width * size.height))
        if len(chosen.indices) <= fitting:
            return chosen, size
        chosen = plan(video, budget, fitting)


def clip_patches(clip: Clip, vision: VisionConfig, device: torch.device) -> Iterator[tuple[Tensor, Grid]]:
    """Yield the patches of a clip on a device, uint8 (t*h*w, 3*2*P*P), ordered by merge block, some grids at a time.

    No patch attends to another grid, so the parts can be encoded one after the other.
    """
    t, h, w = clip.grid
    step = max(1, TOGETHER // (h * w))
    for first in range(0, t, step):
        part = clip.frames[PAIR * first : PAIR * (first + step)]
        grids = len(part) // PAIR
        yield cut(move(part, device).view(grids, PAIR, *part.shape[1:]), vision), Grid(grids, h, w)


def _clip(frames: NDArray[np.uint8], chosen: Plan, vision: VisionConfig) -> Clip:
    count, height, width, _ = frames.shape
    digest = hashlib.sha256(f"{frames.shape} {chosen.seconds}".encode())
    digest.update(frames.data)
    return Clip(
        frames=frames,
        digest=digest.digest(),
        grid=Grid(count // PAIR, height // vision.patch_size, width // vision.patch_size),
        seconds=chosen.seconds,
        start=chosen.start,
        end=chosen.end,
    )
