"""A video made of images: a list of them, or a folder of frames with their times."""

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import PIL.Image
from PIL.Image import Image

from handeye.model.errors import EmptyVideo, InvalidImage, InvalidVideo
from handeye.model.images.image import open_image, to_rgb
from handeye.model.video.source import Choice, Pace, Progress, Video

TIMES = "times.csv"
"""The file of a folder of frames that has a line for each: its name and its second."""
SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"))
"""What the names of frames end in."""
RATE = 2.0
"""Frames a second of images without times, as in the released processor."""


class Stills(Video):
    """Images in order, each shown at a time."""

    def __init__(
        self,
        images: Sequence[Image | Path | bytes],
        times: Sequence[float] | None = None,
        *,
        rate: float = RATE,
        duration: float | None = None,
        held: bool = False,
        name: str = "the video",
        choice: Choice | None = None,
        on_progress: Progress | None = None,
    ) -> None:
        """Make a video of images in memory, files, or the bytes of files.

        Args:
            images: The frames in order. Files are read when the video is.
            times: The second of each; they may begin at any second, and only their differences count.
            rate: Frames a second, without times.
            duration: Seconds from the first frame to the end of the last; by default the last is shown as long as the
                one before it.
            held: Whether each image stands still until the next, as screenshots of an episode do; otherwise two
                neighbours are seen together as moving, as in a film.
            name: What errors call the video.
            choice: Which part is seen.
            on_progress: Called with the number of frames that were read, and of those that are to be read.

        Raises:
            EmptyVideo: there is no image.
            InvalidVideo: the times are not one for each image, or do not ascend.
        """
        super().__init__(name, choice or Choice(), on_progress)
        if isinstance(images, str | bytes | Path | Image):
            raise TypeError(f"images is a single {type(images).__name__}: give a list of images")
        if not images:
            raise EmptyVideo(f"{name} has no frames")
        if not 0 < rate <= 1000:
            raise ValueError(f"rate must be above 0 and at most 1000 frames a second, not {rate!r}")
        self._images = tuple(images)
        self._rate = rate if times is None else None
        self._held = held
        self._times = _from_zero(times, len(self._images), name) if times is not None else ()
        if times is None:
            self._times = tuple(index / rate for index in range(len(self._images)))
        self._duration = max(self._times[-1], self._ending(rate) if duration is None else duration)

    def _ending(self, rate: float) -> float:
        times = self._times
        return times[-1] + (times[-1] - times[-2] if len(times) > 1 and self._rate is None else 1 / rate)

    @property
    def pace(self) -> Pace:
        """All frames are seen."""
        return "held" if self._held else "given"

    @property
    def times(self) -> Sequence[float]:
        """The second of each frame."""
        return self._times

    @property
    def rate(self) -> float | None:
        """Frames a second; None if they have times."""
        return self._rate

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the end of the last."""
        return self._duration

    def frames(self, indices: Sequence[int]) -> Iterator[Image]:
        """Yield the frames, in the size of the first of them: one of another shape gets black edges."""
        size: tuple[int, int] | None = None
        for index in indices:
            image = self._image(index)
            size = size or image.size
            yield image if image.size == size else _within(image, size)

    def _image(self, index: int) -> Image:
        source = self._images[index]
        if isinstance(source, Image):
            return to_rgb(source, f"frame {index} of {self.name}")
        try:
            return open_image(source)
        except InvalidImage as error:
            raise InvalidImage(f"frame {index} of {self.name}: {error}") from error


def frames_folder(folder: Path, rate: float | None, choice: Choice, on_progress: Progress | None) -> Stills:
    """Return the frames of a folder as a video, at their times, else at `rate`; in the order of their numbers.

    Raises:
        EmptyVideo: there is no image in it.
        InvalidVideo: its `times.csv` cannot be read, or names other files; or a rate was given besides.
    """
    listed = folder / TIMES
    try:
        if listed.is_file():
            if rate is not None:
                raise InvalidVideo(f"{folder} has a {TIMES}, so its frames have no rate: leave the rate out")
            rows = _read_times(listed)
            paths = [_inside(folder, name, listed) for name in rows]
            return Stills(paths, [*rows.values()], name=str(folder), choice=choice, on_progress=on_progress)
        paths = sorted((file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES), key=_by_number)
    except OSError as error:
        raise InvalidVideo(f"{folder} cannot be read: {error.strerror or error}") from error
    if not paths:
        raise EmptyVideo(f"{folder} has no frames: it needs images, named in their order, and may have a {TIMES}")
    return Stills(paths, rate=RATE if rate is None else rate, name=str(folder), choice=choice, on_progress=on_progress)


def _read_times(path: Path) -> Mapping[str, float]:
    """Return the seconds by the names of the frames, in the order of the file."""
    found: dict[str, float] = {}
    number = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.reader(file), start=1):
                if not row or (number == 1 and [cell.strip() for cell in row] == ["file", "seconds"]):
                    continue
                name, seconds = _row(row)
                if name in found:
                    raise ValueError(f"{name} is there twice")
                found[name] = seconds
    except (ValueError, csv.Error) as error:
        raise InvalidVideo(f"{path}:{number} is not a frame's name and second: {error}") from error
    if not found:
        raise EmptyVideo(f"{path} names no frame")
    return found


def _row(row: Sequence[str]) -> tuple[str, float]:
    name, seconds = row
    value = float(seconds)
    if not math.isfinite(value):
        raise ValueError(f"{seconds} is no second")
    return name.strip(), value


def _inside(folder: Path, name: str, listed: Path) -> Path:
    """Return the path of a frame, which must lie directly in the folder."""
    path = folder / name
    if not name or Path(name).name != name or not path.is_file():
        raise InvalidVideo(f"{listed} names {name!r}, which is not a file of {folder}")
    return path


def _by_number(path: Path) -> list[tuple[int, str]]:
    """Return a key that puts frame9.png before frame10.png."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", path.name)]


def _from_zero(times: Sequence[float], count: int, name: str) -> tuple[float, ...]:
    if len(times) != count:
        raise InvalidVideo(f"{name} has {count} frames and {len(times)} times: give one for each")
    for before, after in pairwise(times):
        if not after >= before:
            raise InvalidVideo(f"the times of {name} do not ascend: {after:g} s follows {before:g} s")
    if not all(math.isfinite(time) for time in times):
        raise InvalidVideo(f"the times of {name} are not all finite numbers")
    return tuple(time - times[0] for time in times)


def _within(image: Image, size: tuple[int, int]) -> Image:
    scale = min(size[0] / image.width, size[1] / image.height)
    fitted = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    whole = PIL.Image.new("RGB", size)
    whole.paste(fitted, ((size[0] - fitted.width) // 2, (size[1] - fitted.height) // 2))
    return whole
