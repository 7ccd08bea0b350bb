"""What of the jobs of a run is left to do."""

from collections.abc import Callable, Iterable
from typing import Protocol

from handeye.evals.pool.crew import JobT


class Tried(Protocol):
    """The newest result of a job."""

    @property
    def error(self) -> str | None:
        """Why the machine failed; None if it did not."""

    @property
    def attempt(self) -> int:
        """Counts the tries of the same job."""


def remaining(
    jobs: Iterable[JobT],
    newest: Callable[[JobT], Tried | None],
    again: Callable[[JobT, int], JobT],
    retry_errors: bool,
) -> list[JobT]:
    """Return the jobs without a result, and with `retry_errors` those that ended with an error.

    `newest` returns the newest result of a job, and `again` the job as a further attempt, which is counted.
    """
    left = []
    for job in jobs:
        known = newest(job)
        if known is None:
            left.append(job)
        elif retry_errors and known.error is not None:
            left.append(again(job, known.attempt + 1))
    return left
