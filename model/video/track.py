"""The times of all frames of a video file, read without decoding any."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handeye.actions.geometry import Size
from handeye.model.errors import DamagedVideo, EmptyVideo

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

_FALLBACK_RATE = 25.0
"""Frames a second of a stream that tells neither its rate nor any time."""


@dataclass(frozen=True, slots=True)
class Track:
    """What is known of a file before its frames are decoded."""

    times: tuple[float, ...]
    """The second of each frame, from the first on, ascending."""
    stamps: tuple[int, ...] | None
    """The timestamp of each frame in units of the stream; None if the file has none, or some are missing."""
    keys: tuple[int, ...]
    """The frames from which decoding can begin, ascending; the first is 0."""
    rate: float | None
    """Frames a second; None if they are not evenly spaced."""
    duration: float
    """Seconds from the first frame to the end of the last."""
    size: Size


def read_track(container: "InputContainer", stream: "VideoStream", name: str, end: float | None) -> Track:
    """Read the times of the frames of a stream.

    Args:
        container: The open file, at its beginning.
        stream: Its video track.
        name: What errors call the file.
        end: The second up to which frames are needed; None is the end. A file that is cut off after it is fine.

    Raises:
        EmptyVideo: the track has no frame.
        DamagedVideo: the file ends before the track does.
    """
    import av

    found: list[tuple[int | None, int | None, bool]] = []  # timestamp, its duration, whether decoding can begin
    torn, hidden = "", 0
    try:
        for packet in container.demux(stream):
            if packet.size and not packet.is_corrupt:
                if packet.is_discard:  # decoded, but not shown, as an edit list says
                    hidden += 1
                else:
                    found.append((packet.pts, packet.duration, packet.is_keyframe))
    except av.error.FFmpegError as error:
        torn = error.strerror or str(error)
    if not found:
        if torn:
            raise DamagedVideo(f"{name} is damaged: no frame of it can be read ({torn})")
        raise EmptyVideo(f"{name} has a video track without a frame")
    track = _timed(stream, found)
    known = None if hidden else _known_duration(container, stream)
    missing = (
        torn or stream.frames > len(found) + hidden or (known is not None and track.duration < known - _slack(track))
    )
    if missing and not (end is not None and end <= track.duration):
        last = math.floor(10 * track.times[-1]) / 10
        of = f" of {known:.1f}" if known is not None and known > track.duration else ""
        raise DamagedVideo(
            f"{name} is truncated or damaged: it can be read up to {last:.1f}{of} s; get the whole file, or give "
            f"{last:.1f} s as the end"
        )
    return track


def _timed(stream: "VideoStream", found: Sequence[tuple[int | None, int | None, bool]]) -> Track:
    context = stream.codec_context
    size = Size(context.width, context.height)
    unit = float(stream.time_base) if stream.time_base else 0.0
    named = float(stream.average_rate) if stream.average_rate else None
    stamps = sorted(pts for pts, _, _ in found if pts is not None)
    if len({*stamps}) < len(found) or unit <= 0:
        assumed = named or _FALLBACK_RATE
        counted = tuple(index / assumed for index in range(len(found)))
        return Track(counted, None, (0,), assumed, len(found) / assumed, size)
    order = {stamp: index for index, stamp in enumerate(stamps)}
    keys = sorted({0, *(order[pts] for pts, _, key in found if key and pts is not None)})
    times = tuple((stamp - stamps[0]) * unit for stamp in stamps)
    rate = _rate(times, named)
    last = next((duration for pts, duration, _ in found if pts == stamps[-1]), None)
    if rate is not None:
        duration = len(found) / rate
    else:
        duration = times[-1] + (
            last * unit if last else times[-1] / max(1, len(times) - 1) or 1 / (named or _FALLBACK_RATE)
        )
    return Track(times, tuple(stamps), tuple(keys), rate, duration, size)


def _rate(times: Sequence[float], named: float | None) -> float | None:
    """Return the rate of frames that are evenly spaced, to half a frame; None if they are not.

    Timestamps may be rounded, as in Matroska, so the rate that the file names is taken if it is the same to a
    hundredth. Of a single frame the rate is what the file names.
    """
    if len(times) < 2:
        return named or _FALLBACK_RATE
    measured = (len(times) - 1) / times[-1]
    if any(abs(time * measured - index) > 0.5 for index, time in enumerate(times)):
        return None
    return named if named is not None and abs(named / measured - 1) < 0.01 else measured


def _known_duration(container: "InputContainer", stream: "VideoStream") -> float | None:
    """Return the seconds that the file says the track has; None if it says nothing reliable."""
    if stream.duration is not None and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration is not None and not container.streams.audio:
        return container.duration / 1_000_000
    return None


def _slack(track: Track) -> float:
    """Return by how many seconds the length that a file names may be off."""
    return max(0.5, 2.5 * track.duration / len(track.times))
