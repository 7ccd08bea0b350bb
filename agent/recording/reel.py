"""Where the recording of a screen is written: a folder of frames, or a video file.

Both can be read at any moment, also after the process was killed: a frame is in the folder before its line in
`times.csv` is, and a file consists of fragments that are complete in themselves.
"""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image, ImageOps

from handeye.agent.errors import RecordingNotWritten
from handeye.agent.journal.durable import LineFile, write_whole
from handeye.model.video.pyav import require_av
from handeye.model.video.stills import TIMES

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.error import FFmpegError
    from av.video.stream import VideoStream

FILMS = {".mp4": "mp4", ".mkv": "matroska"}
"""The video files that are written, by their suffixes."""
_PNG = b"\x89PNG"
_CLOCK = Fraction(1, 1000)
"""A frame's time is kept to a millisecond."""
_FRAGMENT = 10
"""Frames of a fragment of a file at most: what a kill can lose."""


class Reel(Protocol):
    """What takes the frames of a recording."""

    def add(self, screenshot: bytes, image: Image.Image, second: float) -> None:
        """Add a frame that is shown from `second` on, later than the one before it.

        Raises:
            RecordingNotWritten: it cannot be written, for example on a full disk.
        """

    def close(self) -> None:
        """Finish the recording. May be called again."""


def open_reel(path: Path) -> Reel:
    """Return what writes to a path: a video file if it ends in `.mp4` or `.mkv`, else a folder.

    Raises:
        RecordingNotWritten: something is there already, or nothing can be written there.
        MissingDependency: it is a file, and PyAV is not installed.
    """
    kind = FILMS.get(path.suffix.lower())
    if kind is None and path.suffix and len(path.suffix) <= 5 and path.suffix[1:].isalnum() and not path.is_dir():
        raise RecordingNotWritten(f"{path} is no kind of recording: end it in .mp4 or .mkv, or name a folder")
    try:
        if path.exists() and (kind is not None or not path.is_dir() or any(path.iterdir())):
            raise RecordingNotWritten(f"{path} exists already: give another name")
        if kind is not None:
            require_av()
            path.parent.mkdir(parents=True, exist_ok=True)
            return FilmReel(path, kind)
        path.mkdir(parents=True, exist_ok=True)
        return FolderReel(path)
    except OSError as error:
        raise _not_written(path, error) from error


class FolderReel:
    """A folder of PNG files and their times."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._times = LineFile.create(folder / TIMES)
        self._times.append(b"file,seconds")
        self._count = 0

    def add(self, screenshot: bytes, image: Image.Image, second: float) -> None:
        """Write the frame, then its line."""
        self._count += 1
        name = f"{self._count:06}{'.png' if screenshot.startswith(_PNG) else '.jpg'}"
        try:
            write_whole(self._folder / name, screenshot)
            self._times.append(f"{name},{second:.3f}".encode())
        except OSError as error:
            raise _not_written(self._folder, error) from error

    def close(self) -> None:
        """Close the list of times."""
        self._times.close()


class FilmReel:
    """A video file, H.264 at a variable frame rate."""

    def __init__(self, path: Path, kind: str) -> None:
        import av

        self._path = path
        flags = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"}
        try:
            self._container: OutputContainer | None = av.open(
                f"file:{path.resolve()}", "w", format=kind, options=flags if kind == "mp4" else {"flush_packets": "1"}
            )
        except av.error.FFmpegError as error:
            raise _not_written(path, error) from error
        self._stream: VideoStream | None = None
        self._size = (0, 0)

    def add(self, screenshot: bytes, image: Image.Image, second: float) -> None:
        """Encode the frame. One of another size than the first is fitted into it."""
        import av

        if self._container is None:
            raise RecordingNotWritten(f"the recording in {self._path} is closed")
        try:
            if self._stream is None:
                self._start(self._container, image.size)
            assert self._stream is not None
            frame = av.VideoFrame.from_ndarray(np.asarray(_fitted(image, self._size)), format="rgb24")
            frame.pts, frame.time_base = round(second / _CLOCK), _CLOCK
            self._container.mux(self._stream.encode(frame))
        except (av.error.FFmpegError, OSError) as error:
            raise _not_written(self._path, error) from error

    def close(self) -> None:
        """Write what the encoder still holds, and the end of the file."""
        import av

        container, self._container = self._container, None
        if container is None:
            return
        try:
            if self._stream is not None:
                container.mux(self._stream.encode())
            container.close()
        except (av.error.FFmpegError, OSError) as error:
            raise _not_written(self._path, error) from error

    def _start(self, container: "OutputContainer", size: tuple[int, int]) -> None:
        self._size = (size[0] + size[0] % 2, size[1] + size[1] % 2)  # colours are kept for two by two pixels
        options = {"preset": "veryfast", "crf": "18", "tune": "zerolatency"}
        stream = container.add_stream("libx264", rate=Fraction(1000), options=options)
        stream.width, stream.height = self._size
        stream.pix_fmt = "yuv420p"
        stream.gop_size = _FRAGMENT
        stream.codec_context.time_base = _CLOCK
        stream.time_base = _CLOCK
        self._stream = stream


def _fitted(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.size == size:
        return image
    if 0 <= size[0] - image.width <= 1 and 0 <= size[1] - image.height <= 1:
        whole = image.resize(size)  # a side that was odd is a pixel longer: its last row or column twice
        whole.paste(image)
        return whole
    return ImageOps.pad(image, size)


def _not_written(path: Path, error: "OSError | FFmpegError") -> RecordingNotWritten:
    return RecordingNotWritten(f"the recording cannot be written to {path}: {error.strerror or error}")
