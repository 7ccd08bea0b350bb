"""A crew that counts, crashes, dies and refuses as its jobs say."""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pydantic import JsonValue

from handeye.actions.errors import HandeyeError
from handeye.evals.pool.crew import Crew


class Counter:
    """Doubles numbers. A job may ask for more."""

    facts: Mapping[str, JsonValue] = {"device": "abacus"}

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def play(self, job: str) -> str:
        """Do "double 3", "crash", "refuse", "die" or, the first time only, "die once"."""
        with (self.folder / "tries").open("a") as tries:
            tries.write(f"{job}\n")
        match job.split():
            case ["double", number]:
                return str(2 * int(number))
            case ["crash"]:
                raise ZeroDivisionError("on purpose")
            case ["refuse"]:
                raise HandeyeError("nothing can be done here")
            case ["die", "once"] if (self.folder / "tries").read_text().count(job) > 1:
                return "lived"
            case _:
                os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError(job)


@contextmanager
def counter(folder: Path) -> Iterator[Counter]:
    """Yield the player; refuse without the folder, and write when it is closed."""
    if not folder.is_dir():
        raise HandeyeError(f"there is no {folder.name}")
    yield Counter(folder)
    with (folder / "closed").open("a") as closed:
        closed.write("x")


def failed(job: str, reason: str) -> str:
    return f"{job} failed: {reason}"


def counting(folder: Path) -> Crew[str, str]:
    return Crew(partial(counter, folder), failed)
