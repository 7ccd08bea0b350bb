"""The verdict of an eval on an episode, stored beside its journal, which only records what the policy claimed."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from handeye.agent.errors import InvalidTrajectory, JournalError
from handeye.agent.journal.durable import write_whole

VERDICT = "verdict.json"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one episode."""

    solved: bool
    text: str = ""
    """Such as "reward 1.00"."""


_VERDICT = TypeAdapter(Verdict)


def write_verdict(directory: Path, verdict: Verdict) -> None:
    """Write `verdict` to the folder of an episode. Raises `JournalError`."""
    path = directory / VERDICT
    try:
        write_whole(path, _VERDICT.dump_json(verdict))
    except OSError as error:
        raise JournalError(f"cannot write {path}: {error.strerror or error}") from error


def read_verdict(directory: Path) -> Verdict | None:
    """Return the verdict in the folder of an episode, if any; raise `InvalidTrajectory` if it cannot be read."""
    try:
        return _VERDICT.validate_json((directory / VERDICT).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise InvalidTrajectory(f"{directory / VERDICT} does not hold a verdict: remove it") from error
