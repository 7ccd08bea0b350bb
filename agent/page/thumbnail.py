"""A small picture of a screenshot, for a list of many."""

import io

from PIL import Image

from handeye.environments.observation import Observation

THUMBNAIL = "thumbnail.jpg"
SIDE = (288, 180)
"""The largest width and height in pixels: twice what the list shows, for dense displays."""


def thumbnail(observation: Observation | None) -> bytes | None:
    """Return a small JPEG of the screenshot, a few kilobytes; None if there is no observation."""
    if observation is None:
        return None
    small = observation.image.copy()
    small.thumbnail(SIDE, Image.Resampling.BOX, reducing_gap=None)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=70)
    return buffer.getvalue()
