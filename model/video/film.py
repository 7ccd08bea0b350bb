"""A video file, decoded with FFmpeg through PyAV.

Two passes: the first reads the times of all frames without decoding any, the second decodes towards the frames that are
needed and keeps one at a time. So an hour takes the memory of a single frame, besides the resized ones.

How unusual files are handled:

- a variable frame rate: times are those of the file, and frames are chosen at even steps of time;
- 10 or 12 bits, other chroma formats, limited or full range: converted to 8-bit RGB by FFmpeg;
- rotated by metadata: turned upright;
- several video tracks: the one that FFmpeg considers best; the cover picture of a song is none;
- no video track, no frame, a file that is truncated or damaged: `NoVideoTrack`, `EmptyVideo`, `DamagedVideo`.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import PIL.Image
from PIL.Image import Image, Transpose

from handeye.actions.geometry import Size
from handeye.model.errors import DamagedVideo, InvalidImage, InvalidVideo, NoVideoTrack
from handeye.model.images.image import MAX_PIXELS
from handeye.model.video.pyav import require_av
from handeye.model.video.source import Choice, Pace, Progress, Video
from handeye.model.video.track import Track, read_track

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_UPRIGHT = {90: Transpose.ROTATE_90, 180: Transpose.ROTATE_180, 270: Transpose.ROTATE_270}
"""What turns a frame upright, by the degrees that it is to be turned counterclockwise."""
_FORMATS = (
    "mov,matroska,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,obu,ivf,flv,ogg,asf,rm,mxf,nut,dv,y4m,yuv4mpegpipe,gif,apng,"
    "mjpeg,png_pipe,jpeg_pipe,webp_pipe,wav,mp3,aac,flac,amr,aiff,w64,caf"
)
"""FFmpeg's names of the formats that are read: all that hold what they show, and none that names other files, as
playlists do. Those of sound are there to be told apart from damaged files."""


class Film(Video):
    """A video file."""

    def __init__(self, path: Path, choice: Choice | None = None, on_progress: Progress | None = None) -> None:
        """Read the times of the frames of a file.

        Raises:
            MissingDependency: PyAV is not installed.
            InvalidVideo: the file cannot be read; see the module.
        """
        text = str(path)
        super().__init__(text if text.isprintable() and text else repr(text), choice or Choice(), on_progress)
        require_av()
        self._path = path
        with _opened(path, self.name) as container:
            self._track = read_track(container, _stream(container, self.name), self.name, self.choice.end)

    @property
    def pace(self) -> Pace:
        """Frames are taken at even steps."""
        return "even"

    @property
    def times(self) -> Sequence[float]:
        """The second of each frame."""
        return self._track.times

    @property
    def rate(self) -> float | None:
        """Frames a second; None for a variable rate."""
        return self._track.rate

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the end of the last."""
        return self._track.duration

    @property
    def size(self) -> Size:
        """The size of its frames as they are shown, in pixels, before the rotation of their metadata."""
        return self._track.size

    def frames(self, indices: Sequence[int]) -> Iterator[Image]:
        """Yield the frames, decoded one after the other."""
        with _opened(self._path, self.name) as container:
            stream = _stream(container, self.name)
            stream.thread_type = "AUTO"
            chosen = _chosen(container, stream, self._track, indices)
            for index in indices:
                yield self._image(self._decoded(chosen, self._track.times[index]))

    def _decoded(self, frames: Iterator["VideoFrame"], second: float) -> "VideoFrame":
        import av

        reason = ""
        try:
            frame = next(frames, None)
        except av.error.FFmpegError as error:  # of some damage; others just end the frames
            frame, reason = None, f" ({error.strerror})"
        if frame is None:
            raise DamagedVideo(
                f"{self.name} is damaged: its frame at {second:.1f} s cannot be decoded{reason}; give an end before it"
            )
        return frame

    def _image(self, frame: "VideoFrame") -> Image:
        if frame.width * frame.height > MAX_PIXELS:
            raise InvalidImage(
                f"{self.name} has frames of {frame.width}x{frame.height}, more than {MAX_PIXELS:,} pixels"
            )
        image = PIL.Image.fromarray(frame.to_ndarray(format="rgb24"))
        turn = _UPRIGHT.get(round(frame.rotation / 90) * 90 % 360)
        return image if turn is None else image.transpose(turn)


def _chosen(
    container: "InputContainer", stream: "VideoStream", track: Track, indices: Sequence[int]
) -> Iterator["VideoFrame"]:
    """Yield the frames of these indices, ascending, as far as they can be decoded."""
    if track.stamps is None:  # without timestamps only their order tells frames apart
        wanted, left = set(indices), len(indices)
        for number, shown in enumerate(container.decode(stream)):
            if number in wanted:
                yield shown
                left -= 1
                if left == 0:
                    return
        return
    stamps = track.stamps
    decoded: Iterator[VideoFrame] = container.decode(stream)
    position, seeks = -1, True  # index of the frame that was decoded last
    for index in indices:
        key = track.keys[bisect_right(track.keys, index) - 1]
        if seeks and key > position + 1:  # decoding up to it would take longer
            container.seek(stamps[key], stream=stream)
            decoded = container.decode(stream)
        frame = _at(decoded, stamps[index])
        if seeks and frame is not None and frame.pts != stamps[index]:  # a file whose index leads elsewhere
            seeks = False
            container.seek(stamps[0], stream=stream)
            decoded = container.decode(stream)
            frame = _at(decoded, stamps[index])
        if frame is None:
            return
        position = index
        yield frame


def _at(decoded: Iterator["VideoFrame"], stamp: int) -> "VideoFrame | None":
    """Return the next frame at a timestamp, or the one after it if that one is lost."""
    return next((frame for frame in decoded if frame.pts is not None and frame.pts >= stamp), None)


def _stream(container: "InputContainer", name: str) -> "VideoStream":
    from av.stream import Disposition

    shown = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    if not shown:
        held = "only sound" if container.streams.audio else "no video"
        raise NoVideoTrack(f"{name} holds {held}: give a file with a video track")
    best = container.streams.best("video")
    return next((stream for stream in shown if best is not None and stream.index == best.index), shown[0])


@contextmanager
def _opened(path: Path, name: str) -> Iterator["InputContainer"]:
    """Open a file as a container, and turn what FFmpeg raises into `InvalidVideo`."""
    import av

    try:
        if not path.is_file():
            raise InvalidVideo(f"{name} is not a file: give a video file, or a folder of frames")
        # `file:` keeps FFmpeg from reading a name as the address of something else, and the formats from following the
        # names in a playlist
        options = {"format_whitelist": _FORMATS}
        with av.open(f"file:{path.resolve()}", metadata_errors="replace", options=options) as container:
            yield container
    except (av.error.InvalidDataError, av.error.EOFError) as error:
        raise DamagedVideo(f"{name} is not a video file that FFmpeg can read, or is truncated or damaged") from error
    except av.error.FFmpegError as error:
        raise InvalidVideo(f"{name} cannot be read: {error.strerror or error}") from error
    except (OSError, ValueError) as error:
        raise InvalidVideo(f"{name} cannot be opened: {error}") from error
