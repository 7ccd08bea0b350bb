"""The record of one episode of an eval: one line of `episodes.jsonl`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from handeye.actions.closeable import Closeable
from handeye.agent.decision import SeenImage
from handeye.agent.journal.durable import LineFile
from handeye.evals.errors import ResultsError

EPISODES = "episodes.jsonl"


class Record(BaseModel):
    """How one try of an episode went. One that could not be played to its end is a failure, and `error` says why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    seed: int
    repeat: Annotated[int, Field(ge=0)] = 0
    """Which of several repeats of the same episode, counted from 0."""
    model: str
    """The policy's name."""
    max_steps: int
    success: bool
    reward: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    """On the eval's own scale; 0 if there is none."""
    stop: str | None = None
    """Why the episode stopped; None if an error came first."""
    steps: int = 0
    seconds: float = 0.0
    """Wall time, including setup."""
    instruction: str = ""
    profile: str | None = None
    """The name of the profile by which the model was prompted."""
    profile_hash: str | None = None
    image: SeenImage | None = None
    """The first screenshot as the model saw it."""
    prompt_tokens: int = 0
    """Of all its prompts, images included."""
    generated_tokens: int = 0
    error: str | None = None
    """Why the machine failed: the browser, the phone, the model, the worker. None if the policy was judged."""
    attempt: Annotated[int, Field(ge=1)] = 1
    """Counts the tries of the same episode: one that failed with an error can be tried again."""

    @property
    def episode(self) -> tuple[str, int, int]:
        """What tells it from other episodes: the task, the seed and the repeat."""
        return self.task, self.seed, self.repeat


def latest(records: Iterable[Record]) -> list[Record]:
    """Return the newest record of each episode, in the order in which the episodes were first played."""
    return list({record.episode: record for record in records}.values())


class EpisodeLog(Closeable):
    """The records of a results folder. Appending is durable: no crash loses a record.

    An unterminated last line was being written when its process died: it is cut off, and its episode is played again.
    """

    def __init__(self, directory: Path) -> None:
        """Read the existing records. Raises `ResultsError`."""
        self.path = directory / EPISODES
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._file = LineFile.open(self.path)
            content = self.path.read_bytes()
        except BlockingIOError:
            raise ResultsError(f"{self.path} is being written by another run: wait for it or end it") from None
        except OSError as error:
            raise ResultsError(f"cannot use {directory} for results: {error.strerror or error}") from error
        try:
            self.records = [self._record(number, line) for number, line in enumerate(content.splitlines(), start=1)]
        except ResultsError:
            self.close()
            raise

    def append(self, record: Record) -> None:
        """Add a record and flush it to the disk. Raises `ResultsError`."""
        try:
            self._file.append(record.model_dump_json(exclude_defaults=True).encode())
        except OSError as error:
            raise ResultsError(f"cannot write {self.path}: {error.strerror or error}") from error
        self.records.append(record)

    def require(self, model: str, max_steps: int | None, profile: str | None = None) -> None:
        """Raise `ResultsError` if there are records of another model, or of another limit or profile than given.

        An episode that failed before a model was asked has no profile, and fits any.
        """
        for record in self.records:
            if record.model != model:
                raise ResultsError(
                    f"{self.path} holds episodes of {record.model}, not of {model}: choose another --out"
                )
            if None not in (profile, record.profile) and record.profile != profile:
                raise ResultsError(
                    f"{self.path} holds episodes by the profile {record.profile}, not {profile}: choose another --out"
                )
            if max_steps is not None and record.max_steps != max_steps:
                raise ResultsError(
                    f"{self.path} holds episodes of up to {record.max_steps} steps, not {max_steps}: "
                    "choose another --out"
                )

    def close(self) -> None:
        """Let another run write to the folder."""
        self._file.close()

    def _record(self, number: int, line: bytes) -> Record:
        try:
            return Record.model_validate_json(line)
        except ValidationError:
            problem = "is not an episode: fix it or choose another --out"
            raise ResultsError(f"{self.path}: line {number} {problem}") from None
