"""What an eval says of an episode, kept beside its journal: the journal only knows what the policy claimed."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from handeye.agent.errors import InvalidTrajectory, JournalError
from handeye.agent.journal.durable import write_whole

VERDICT = "verdict.json"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one episode."""

    solved: bool
    text: str = ""
    """Such as "reward 1.00"."""


_VERDICT = TypeAdapter(Verdict)


def write_verdict(directory: Path, verdict: Verdict) -> None:
    """Keep `verdict` in the folder of an episode. Raises `JournalError`."""
    path = directory / VERDICT
    try:
        write_whole(path, _VERDICT.dump_json(verdict))
    except OSError as error:
        raise JournalError(f"cannot write {path}: {error.strerror or error}") from error


def read_verdict(directory: Path) -> Verdict | None:
    """Return the verdict in the folder of an episode, if there is one; raise `InvalidTrajectory` if it is none."""
    try:
        return _VERDICT.validate_json((directory / VERDICT).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise InvalidTrajectory(f"{directory / VERDICT} does not hold a verdict: remove it") from error
