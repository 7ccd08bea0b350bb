"""Looking for stop strings in a text that grows, in a time that its length alone decides.

Source: Knuth, Morris and Pratt, "Fast pattern matching in strings", SIAM Journal on Computing 6 (2), 1977.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Found(NamedTuple):
    """A stop string in a text."""

    start: int
    end: int
    """Where it begins, and where it ends, in characters of the text."""


class Stops:
    """Reads a text piece by piece, and finds the stop string that is complete first.

    Of those that are complete at the same character, it is the longest.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._patterns = [_Pattern(stop) for stop in stops]
        self._read = 0

    @property
    def begun(self) -> int:
        """The length of the longest end of the text that a stop string begins with."""
        return max((pattern.matched for pattern in self._patterns), default=0)

    def push(self, text: str) -> Found | None:
        """Read a further piece, up to the end of the first stop string."""
        if not self._patterns:
            return None
        for character in text:
            self._read += 1
            complete = [len(pattern.stop) for pattern in self._patterns if pattern.push(character)]
            if complete:
                return Found(self._read - max(complete), self._read)
        return None


class _Pattern:
    """A stop string, and how much of it the text ends with."""

    __slots__ = ("_shorter", "matched", "stop")

    def __init__(self, stop: str) -> None:
        self.stop = stop
        self.matched = 0
        self._shorter = [0] * len(stop)
        """For each beginning of the stop string, the length of the longest shorter one that it ends with."""
        for end in range(1, len(stop)):
            self._shorter[end] = self._longer(self._shorter[end - 1], stop[end])

    def push(self, character: str) -> bool:
        """Read a character; tell whether it completes the stop string, after which nothing may be read."""
        self.matched = self._longer(self.matched, character)
        return self.matched == len(self.stop)

    def _longer(self, matched: int, character: str) -> int:
        while matched and self.stop[matched] != character:
            matched = self._shorter[matched - 1]
        return matched + (self.stop[matched] == character)
