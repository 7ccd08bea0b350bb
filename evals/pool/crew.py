"""What the workers of a run do, wherever they are."""

import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from pydantic import JsonValue

JobT = TypeVar("JobT")
ResultT = TypeVar("ResultT")
JobInT = TypeVar("JobInT", contravariant=True)
ResultOutT = TypeVar("ResultOutT", covariant=True)

DEATHS: Final = 2
"""How many workers may die of one job before it has failed: one that was killed says nothing of its job."""


class Player(Protocol[JobInT, ResultOutT]):
    """Does jobs, one after the other."""

    @property
    def facts(self) -> Mapping[str, JsonValue]:
        """What a manifest should say of how it does them."""

    def play(self, job: JobInT) -> ResultOutT:
        """Do a job. A `HandeyeError` means that no job can be done; other exceptions are bugs."""


@dataclass(frozen=True, slots=True)
class Crew(Generic[JobT, ResultT]):
    """What all workers of a run share."""

    player: Callable[[], AbstractContextManager[Player[JobT, ResultT]]]
    """Makes a worker's player; sent to the workers, so a module's function, or a partial of one. Entering it raises
    `HandeyeError` if this machine lacks what it needs."""
    failed: Callable[[JobT, str], ResultT]
    """Returns the result of a job at which its worker died or crashed, for the reason given."""
    gpus: float = 0
    """How many GPUs a worker needs, for a cluster that counts them."""


def gpus_of(device: str) -> float:
    """Return how many GPUs the devices of `--device` are, as far as it names them."""
    return float(sum(part.strip().startswith("cuda") for part in device.split(",")))


def end_on_sigterm() -> None:
    """Let SIGTERM raise `SystemExit`, so that what is open is closed; does nothing outside the main thread.

    For players, once their imports are done: an import may swallow the exit, and until then there is nothing to close.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
