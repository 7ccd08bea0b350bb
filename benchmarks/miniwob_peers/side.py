"""What each side of the MiniWoB++ benchmark can do."""

import io
import time
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from PIL import Image, ImageChops

from handeye.actions.schema import Action
from handeye.evals.task import Move

clock = time.perf_counter

LOOK_AGAIN = 0.8
"""Seconds after an observation until the screen is looked at again."""

CARET = (3, 30)
"""The greatest width and height of a caret, in CSS px."""


class PeerFailed(Exception):
    """A peer has raised an error, or has ended."""


class Taken(NamedTuple):
    """One step."""

    seconds: float
    """Of the action, the observation after it, and the question whether the episode is over."""
    done: bool
    reward: float


class Side(Protocol):
    """An environment for MiniWoB++, played by handeye's oracles."""

    @property
    def name(self) -> str:
        """The name of its row."""

    @property
    def scale(self) -> float:
        """Screenshot pixels per CSS px."""

    @property
    def most_episodes(self) -> int:
        """How many episodes of a task it is given at most: a slow one would take all the time."""

    def start(self, task: str) -> None:
        """Make what the task's episodes share."""

    def reset(self, task: str, seed: int) -> float:
        """Begin an episode and observe it; return the seconds."""

    def moves(self, task: str) -> Iterator[Move]:
        """Return the oracle of the episode."""

    def act(self, action: Action) -> Taken:
        """Carry out an action and observe."""

    def screens(self) -> tuple[bytes, bytes] | None:
        """Return the newest observation's picture and one of `LOOK_AGAIN` later; None if it has no picture."""

    def close(self) -> None:
        """End the browser."""


def same_screen(seen: bytes, now: bytes, scale: float) -> bool:
    """Return whether two pictures are the same, apart from a caret."""
    with Image.open(io.BytesIO(seen)) as before, Image.open(io.BytesIO(now)) as after:
        box = ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox()
    if box is None:
        return True
    left, top, right, bottom = box
    width, height = CARET
    return right - left <= width * scale and bottom - top <= height * scale
