"""Videos of noise."""

from collections.abc import Callable

import PIL.Image
import pytest

from handeye.model.video.stills import Stills


@pytest.fixture(scope="session")
def noise_video(noise: Callable[..., PIL.Image.Image]) -> Callable[..., Stills]:
    """Make a video of so many frames of a size, in which every pixel matters."""

    def make(count: int, width: int, height: int, seed: int = 0, **options: object) -> Stills:
        return Stills([noise(width, height, 100 * seed + index) for index in range(count)], **options)  # type: ignore[arg-type]

    return make
