"""Frames resized in whole numbers: the pixels are Pillow's."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.Image import Resampling

from handeye.actions.geometry import Size
from handeye.model.images.resample import can_resample, resample, taps

CPU = torch.device("cpu")
FILTERS = [each for each in Resampling if can_resample(each)]


def frame(width: int, height: int, seed: int = 0, *, hard: bool = False) -> np.ndarray:
    """Noise; hard noise is black and white only, where sums leave the range of bytes most often."""
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return (noise > 127).astype(np.uint8) * np.uint8(255) if hard else noise


def same(pixels: np.ndarray, target: tuple[int, int], filtering: Resampling) -> bool:
    wanted = np.asarray(Image.fromarray(pixels).resize(target, filtering))
    found = resample(torch.from_numpy(pixels.copy()), Size(*target), filtering)
    return found.dtype == torch.uint8 and np.array_equal(found.numpy(), wanted)


@pytest.mark.parametrize(
    ("size", "target"),
    [
        ((640, 480), (644, 476)),
        ((1366, 768), (1372, 756)),  # wider and lower: the order of the passes differs between versions of Pillow
        ((1920, 1080), (252, 140)),
        ((192, 108), (1932, 1092)),
        ((61, 97), (56, 84)),
        ((97, 61), (112, 56)),
        ((300, 400), (308, 399)),
        ((300, 500), (308, 504)),
        ((500, 300), (448, 280)),
        ((300, 500), (280, 532)),
        ((280, 500), (280, 504)),
        ((500, 280), (504, 280)),
        ((500, 280), (28, 280)),
        ((37, 100), (28, 112)),
        ((1, 1), (56, 56)),
        ((2, 300), (28, 308)),
        ((900, 700), (140, 112)),
        ((2000, 10), (2016, 28)),
        ((560, 336), (560, 336)),
    ],
)
@pytest.mark.parametrize("hard", [False, True])
def test_pixels_are_pillows(size: tuple[int, int], target: tuple[int, int], hard: bool) -> None:
    assert same(frame(*size, hard=hard), target, Resampling.BICUBIC)


@given(
    st.integers(1, 200),
    st.integers(1, 200),
    st.integers(1, 200),
    st.integers(1, 200),
    st.sampled_from(FILTERS),
    st.booleans(),
)
def test_pixels_are_pillows_by_every_filter(
    width: int, height: int, to_width: int, to_height: int, filtering: Resampling, hard: bool
) -> None:
    assert same(frame(width, height, hard=hard), (to_width, to_height), filtering)


@given(st.integers(1, 2000), st.integers(1, 2000), st.sampled_from(FILTERS))
def test_weights_add_up(source: int, target: int, filtering: Resampling) -> None:
    places, weights = taps(source, target, filtering, CPU)
    assert places.shape == weights.shape and weights.dtype == torch.int32
    assert 0 <= int(places.min()) <= int(places.max()) < source
    total = weights.sum(dim=0)
    assert (total - (1 << 22)).abs().max() <= len(weights)  # each is rounded
    assert int(weights.clamp(min=0).sum(dim=0).max()) * 255 < 2**31  # what is added up in 32 bits


def test_the_weights_of_a_size_are_made_once() -> None:
    assert taps(1920, 1932, Resampling.BICUBIC, CPU) is taps(1920, 1932, Resampling.BICUBIC, CPU)


def test_without_a_pass_there_is_no_copy() -> None:
    whole = torch.from_numpy(frame(28, 56))
    assert resample(whole, Size(28, 56)) is whole


def test_what_cannot_be_done_in_whole_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"BICUBIC", "BILINEAR", "LANCZOS", "BOX", "HAMMING"} == {each.name for each in FILTERS}
    monkeypatch.setattr("PIL.__version__", "99.0.0")
    assert not can_resample(Resampling.BICUBIC)
