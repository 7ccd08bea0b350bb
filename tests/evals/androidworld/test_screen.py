import numpy as np
import pytest
from PIL import Image

from handeye.actions.geometry import Size
from handeye.evals.androidworld.screen import State, upright

PORTRAIT, LANDSCAPE = Size(6, 10), Size(10, 6)


def display(screen: Image.Image, orientation: int) -> State:
    """Return what the display, as it is built in, shows of a screen that is turned."""
    pixels = np.rot90(np.asarray(screen), -orientation)
    return State(pixels.tobytes(), Size(pixels.shape[1], pixels.shape[0]), orientation)


def screen(size: Size) -> Image.Image:
    """Return a picture of which no two pixels are alike."""
    pixels = np.arange(size.width * size.height * 3, dtype=np.uint8).reshape(size.height, size.width, 3)
    return Image.fromarray(pixels)


@pytest.mark.parametrize(("orientation", "size"), [(0, PORTRAIT), (1, LANDSCAPE), (2, PORTRAIT), (3, LANDSCAPE)])
def test_the_picture_stands_as_touches_are_counted(orientation: int, size: Size) -> None:
    seen = upright(display(screen(size), orientation), size)
    assert seen is not None
    assert seen.tobytes() == screen(size).tobytes()


def test_the_corner_is_where_androidworld_computes_it() -> None:
    """By `_logical_to_physical` of its m3a_utils.py: in orientation 1 the screen's corner is at the display's right."""
    state = display(screen(LANDSCAPE), 1)
    pixels = np.frombuffer(state.pixels, np.uint8).reshape(state.size.height, state.size.width, 3)
    assert pixels[0, -1].tolist() == [0, 1, 2]


@pytest.mark.parametrize("orientation", [1, 3])
def test_a_picture_that_stands_already_is_left_alone(orientation: int) -> None:
    state = State(screen(LANDSCAPE).tobytes(), LANDSCAPE, orientation)
    seen = upright(state, LANDSCAPE)
    assert seen is not None and seen.tobytes() == state.pixels


def test_a_picture_of_another_size_is_none() -> None:
    assert upright(State(screen(PORTRAIT).tobytes(), PORTRAIT, 0), Size(12, 20)) is None
    assert upright(State(screen(PORTRAIT).tobytes(), PORTRAIT, 0), LANDSCAPE) is None, "it is just being turned"
