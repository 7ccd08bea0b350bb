import io

import pytest
from PIL import Image

from handeye.actions.geometry import Frame, Size
from handeye.environments.observation import Observation


def encoded(mode: str, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (8, 4)).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_the_image_is_rgb_whatever_was_captured(mode: str) -> None:
    observation = Observation(encoded(mode), Size(8, 4), 0.0)
    assert (observation.image.mode, observation.image.size) == ("RGB", (8, 4))


def test_the_image_is_decoded_once() -> None:
    observation = Observation(encoded("RGB", "JPEG"), Size(8, 4), 0.0)
    assert observation.image is observation.image


def test_points_belong_to_the_screenshot() -> None:
    assert Observation(encoded("RGB"), Size(8, 4), 0.0).frame == Frame("screenshot", Size(8, 4))
