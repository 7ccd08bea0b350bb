"""What a self-test of a benchmark is: a proof of the harness that needs neither a model nor a network."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from handeye.actions.errors import HandeyeError


class SelfTestFailed(HandeyeError):
    """A harness did not give the score that is known."""


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The proof of one benchmark's harness."""

    benchmark: str
    """The name of its command."""
    run: Callable[[Path], str]
    """Proves it in an empty folder and returns what was shown, in a line. Raises `SelfTestFailed`, and
    `MissingDependency` where this machine lacks what it needs."""
