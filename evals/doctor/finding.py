"""One thing that was examined, and what came of it."""

from collections.abc import Sequence
from typing import NamedTuple


class Finding(NamedTuple):
    """What was examined, and whether it looks wrong."""

    what: str
    """In a few words: "frame of the points"."""
    evidence: str
    """The numbers, in a line."""
    advice: str = ""
    """What to do; empty where nothing looks wrong."""
    examples: Sequence[str] = ()
    """Some of what was found, each in a line."""

    @property
    def suspicious(self) -> bool:
        """Whether something looks wrong."""
        return bool(self.advice)
