"""Sizes by the reference's rule, pixels by Pillow's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.Image import Resampling

from handeye.actions.geometry import Size
from handeye.model.errors import InvalidImage
from handeye.model.images.resize import resize, smart_resize

RELEASED = (28, 3136, 12_845_056)
LIMITS = ((3136, 12_845_056), (3136, 1_003_520), (50_000, 200_000))


@pytest.mark.slow
@given(st.integers(1, 9000), st.integers(1, 9000), st.sampled_from(LIMITS))
def test_sizes_are_those_of_the_reference(width: int, height: int, limits: tuple[int, int]) -> None:
    # Imported late: it takes seconds, and all files are imported before the first test runs.
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import smart_resize as reference

    if max(width, height) > 200 * min(width, height):
        return
    assert smart_resize(Size(width, height), 28, *limits) == reference(height, width, 28, *limits)[::-1]


@pytest.mark.parametrize(
    ("size", "wanted"),
    [((1920, 1080), (1932, 1092)), ((1366, 768), (1372, 756)), ((1, 1), (56, 56)), ((1904, 1120), (1904, 1120))],
)
def test_known_sizes(size: tuple[int, int], wanted: tuple[int, int]) -> None:
    assert smart_resize(Size(*size), *RELEASED) == wanted


@pytest.mark.parametrize("size", [(2001, 10), (10, 2001), (0, 5)])
def test_long_and_narrow_ones_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidImage, match="longer than 200 times"):
        smart_resize(Size(*size), *RELEASED)


@pytest.mark.parametrize("threads", [1, 2, 3, 16])
@pytest.mark.parametrize(
    ("size", "target"),
    [
        ((640, 480), (644, 476)),
        ((61, 97), (56, 84)),
        ((300, 400), (308, 399)),
        ((300, 500), (308, 504)),
        ((500, 300), (448, 280)),
        ((300, 500), (280, 532)),
        ((280, 500), (280, 504)),
        ((500, 280), (504, 280)),
        ((37, 100), (28, 112)),
        ((1, 1), (56, 56)),
        ((900, 700), (140, 112)),
        ((560, 336), (560, 336)),
    ],
)
def test_pixels_are_pillows_on_any_number_of_cores(
    size: tuple[int, int], target: tuple[int, int], threads: int
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    image = Image.fromarray(noise)
    wanted = image.resize(target, Resampling.BICUBIC)
    assert np.array_equal(np.asarray(resize(image, Size(*target), threads)), np.asarray(wanted))


@given(st.integers(20, 300), st.integers(20, 300), st.integers(1, 16), st.integers(1, 16))
def test_passes_run_in_pillows_order(width: int, height: int, columns: int, rows: int) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    image, target = Image.fromarray(noise), Size(28 * columns, 28 * rows)
    wanted = image.resize(target, Resampling.BICUBIC)
    assert np.array_equal(np.asarray(resize(image, target, 2)), np.asarray(wanted))
