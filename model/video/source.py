"""What a video is: frames, each shown at a time, read one after the other."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from PIL.Image import Image

Pace = Literal["even", "given", "held"]
"""How frames are chosen and when they are shown to the model.

even: at even steps of time, as from a film. given: all frames, two by two, each pair at the time of its first.
held: all frames, each for itself, for frames that stand still between changes, such as the screenshots of an episode.
"""

Progress = Callable[[int, int], None]
"""Called with the number of frames that were read, and of those that are to be read."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which part of a video the model sees, and how densely. The defaults are those of the released checkpoints."""

    fps: float = 2.0
    """Frames a second, for a film."""
    max_frames: int = 768
    """At most so many frames, whatever the length."""
    start: float = 0.0
    """The second at which the part begins."""
    end: float | None = None
    """The second at which the part ends; None is the end of the video."""

    def __post_init__(self) -> None:
        if not 0 < self.fps <= 1000:
            raise ValueError(f"fps must be above 0 and at most 1000, not {self.fps!r}")
        if self.max_frames < 2:
            raise ValueError(f"max_frames must be at least 2, not {self.max_frames!r}")
        if not 0 <= self.start < float("inf"):
            raise ValueError(f"start must be 0 or more seconds, not {self.start!r}")
        if self.end is not None and not self.end > self.start:
            raise ValueError(f"end must be after start, {self.start:g} s, not {self.end!r}")


class Video(ABC):
    """A video that can be put into a message. It is compared by identity and read once for each model."""

    def __init__(self, name: str, choice: Choice, on_progress: Progress | None) -> None:
        self.name = name
        self.choice = choice
        self.on_progress = on_progress

    @property
    @abstractmethod
    def pace(self) -> Pace:
        """How its frames are chosen."""

    @property
    @abstractmethod
    def times(self) -> Sequence[float]:
        """The second at which each frame is shown, from the first frame on, ascending."""

    @property
    @abstractmethod
    def rate(self) -> float | None:
        """Frames a second if they are evenly spaced in time; None if they are not."""

    @property
    @abstractmethod
    def duration(self) -> float:
        """Seconds from the first frame to the end of the last."""

    @abstractmethod
    def frames(self, indices: Sequence[int]) -> Iterator[Image]:
        """Yield the frames of these indices, ascending and distinct: upright, 8-bit RGB, one at a time.

        Raises:
            InvalidVideo: a frame cannot be decoded.
            InvalidImage: a frame is not an image that the model can read.
        """
