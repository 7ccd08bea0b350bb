"""Opening a video by its path."""

from pathlib import Path

from handeye.model.errors import InvalidVideo
from handeye.model.video.film import Film
from handeye.model.video.source import Choice, Progress, Video
from handeye.model.video.stills import frames_folder

_DEFAULT = Choice()


def open_video(
    path: str | Path,
    *,
    fps: float = _DEFAULT.fps,
    max_frames: int = _DEFAULT.max_frames,
    start: float = _DEFAULT.start,
    end: float | None = _DEFAULT.end,
    rate: float | None = None,
    on_progress: Progress | None = None,
) -> Video:
    """Open a video file, or a folder of frames. Nothing is decoded yet: that happens once, when a model sees it.

    Args:
        path: A file, for which PyAV has to be installed; or a folder with images, which are frames in the order of
            their numbers. If the folder has a `times.csv` with lines `name,second`, that says which and when.
        fps: Of a file, the model sees so many frames a second.
        max_frames: It sees at most so many, whatever the length.
        start: The second at which the part that it sees begins.
        end: The second at which that part ends; None is the end of the video.
        rate: The frames of a folder without times are so many a second; 2 by default.
        on_progress: Called with the number of frames that were read, and of those that are to be read.

    Raises:
        MissingDependency: it is a file, and PyAV is not installed.
        InvalidVideo: it cannot be read.
        ValueError: an option is out of its range.
    """
    choice = Choice(fps, max_frames, start, end)
    place = Path(path)
    try:
        folder = place.is_dir()
    except (OSError, ValueError) as error:  # a name that is too long, NUL, a folder that may not be read
        raise InvalidVideo(f"{str(path)!r} cannot be opened: {error}") from error
    if folder:
        return frames_folder(place, rate, choice, on_progress)
    if rate is not None:
        raise ValueError("rate is for a folder of frames: a file has its own")
    return Film(place, choice, on_progress)
