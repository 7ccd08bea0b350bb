"""Resizes frames on any device: Pillow's arithmetic in whole numbers, so that the pixels are Pillow's, bit by bit.

On each axis, a pixel of the result is a weighted sum of neighbouring pixels, the taps. Pillow weighs them by whole
numbers, 2^22 standing for 1, adds them up in 32 bits, and rounds to a byte after each of the two passes.

The weights are asked of Pillow itself. An image of 32-bit pixels is resized with the same weights, and one that is 2^22
at a single pixel shows that pixel's weights, rounded as for bytes. So they are those of the Pillow that is installed,
on any processor.

Shapes: T taps, N pixels of the result along an axis.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import PIL.Image
import torch
from PIL.Image import Resampling
from torch import Tensor

from handeye.actions.geometry import Size
from handeye.model.images.resize import passes, passes_are_known

_BITS = 22
"""Of a weight of 1: those of 32 that the sum of weighted bytes does not need."""
_REACH = {
    Resampling.BOX: 0.5,
    Resampling.BILINEAR: 1.0,
    Resampling.HAMMING: 1.0,
    Resampling.BICUBIC: 2.0,
    Resampling.LANCZOS: 3.0,
}
"""How far from a pixel of the result its taps are, in pixels of the larger kind."""


class Taps(NamedTuple):
    """What the pixels along one axis are made of."""

    places: Tensor
    """The pixels, int64 (T, N)."""
    weights: Tensor
    """Their weights, int32 (T, N); 0 beyond the edges."""


def can_resample(filtering: Resampling) -> bool:
    """Tell whether `resample` does what Pillow does: for filters that weigh pixels, in a known order of passes."""
    return filtering in _REACH and passes_are_known()


def resample(frame: Tensor, size: Size, filtering: Resampling = Resampling.BICUBIC) -> Tensor:
    """Return a frame, uint8 (height, width, 3), in another size, on its device: as Pillow's `resize` does it.

    Only where `can_resample` says so.
    """
    source = Size(frame.shape[1], frame.shape[0])
    if source == size:
        return frame
    for axis in passes(source, size):
        dim, target = (1, size.width) if axis == "horizontal" else (0, size.height)
        if frame.shape[dim] != target:
            frame = _pass(frame, dim, taps(frame.shape[dim], target, filtering, frame.device))
    return frame


def _pass(frame: Tensor, dim: int, taps: Taps) -> Tensor:
    """Resize along one dimension: 0 is the height, 1 the width."""
    weights = taps.weights.view(*taps.weights.shape, *(1,) * (2 - dim))  # (T, N, 1) or (T, N, 1, 1)
    shape = [*frame.shape]
    shape[dim] = taps.places.shape[1]
    half = 1 << (_BITS - 1)  # because shifting rounds down
    sums = torch.full(shape, half, dtype=torch.int32, device=frame.device)
    for places, weight in zip(taps.places, weights, strict=True):
        sums.addcmul_(frame.index_select(dim, places), weight)
    return sums.bitwise_right_shift_(_BITS).clamp_(0, 255).byte()


@lru_cache(maxsize=32)
def taps(source: int, target: int, filtering: Resampling, device: torch.device) -> Taps:
    """Return what each of `target` pixels is made of, of `source` pixels. Cached: screens keep their size."""
    scale = source / target
    reach = _REACH[filtering] * max(scale, 1.0)
    most = min(2 * math.ceil(reach) + 1, source)
    # Of any `most` neighbours, each is in another row, so a row of the result shows the weight of one tap.
    single = np.zeros((most, source), np.int32)
    single[np.arange(source) % most, np.arange(source)] = 1 << _BITS
    shown = np.asarray(PIL.Image.fromarray(single).resize((target, most), filtering))
    first = ((np.arange(target) + 0.5) * scale - reach + 0.5).astype(np.int64).clip(0)
    places = first + np.arange(most)[:, None]
    weights = shown[places % most, np.arange(target)]
    used = weights.any(axis=1)
    return Taps(
        torch.from_numpy(places[used].clip(max=source - 1)).to(device), torch.from_numpy(weights[used]).to(device)
    )
