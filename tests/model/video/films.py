"""Writing real video files, frame by frame, with PyAV."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np


def shade(image: Any) -> int:
    """Return the brightness of the middle of a frame, which says which frame it is."""
    return int(np.asarray(image)[image.height // 2, image.width // 2].mean())


def write_film(
    path: Path,
    count: int = 20,
    *,
    size: tuple[int, int] = (64, 48),
    rate: int | Fraction = 10,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    stamps: Sequence[int] | None = None,
    key_every: int | None = None,
    turned: int = 0,
    options: Mapping[str, str] | None = None,
    title: str = "",
) -> Path:
    """Write frames that brighten from black to white and have a red upper left corner.

    stamps: their times in milliseconds, for a variable rate. turned: degrees counterclockwise, as metadata.
    """
    import av

    width, height = size
    with av.open(str(path), "w", options=dict(options or {})) as container:
        if title:
            container.metadata["title"] = title
        stream: Any = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        if key_every is not None:
            stream.gop_size = key_every
        if codec == "libx265":
            stream.options = {"x265-params": "log-level=none"}
        if stamps is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        if turned:
            stream.set_display_rotation(turned)
        for index in range(count):
            picture = np.full((height, width, 3), index * 255 // max(1, count - 1), np.uint8)
            picture[: height // 4, : width // 4] = (255, 0, 0)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            if stamps is not None:
                frame.pts, frame.time_base = stamps[index], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_sound(path: Path, *, empty_video: bool = False) -> Path:
    """Write a file with a little silence, and perhaps a video track without a frame."""
    import av

    with av.open(str(path), "w") as container:
        if empty_video:
            stream: Any = container.add_stream("mpeg4", rate=10)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        sound: Any = container.add_stream("aac", rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 44100, 0
        container.mux(sound.encode(frame))
        container.mux(sound.encode())
    return path
