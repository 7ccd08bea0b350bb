"""The record of one episode of an eval: one line of `episodes.jsonl`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from handeye.agent.decision import SeenImage
from handeye.evals.errors import ResultsError
from handeye.evals.line_log import LineLog, read_lines

EPISODES = "episodes.jsonl"
_NOUN = "an episode"


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


class EpisodeLog(LineLog[Record]):
    """The records of a results folder. An episode whose record was being written in a crash is played again."""

    def __init__(self, directory: Path) -> None:
        """Read the existing records. Raises `ResultsError`."""
        super().__init__(directory / EPISODES, Record, _NOUN)

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


def read_records(directory: Path) -> list[Record]:
    """Return the records of a folder, oldest first; an unfinished last line is left out. Raises `ResultsError`."""
    return read_lines(directory / EPISODES, Record, _NOUN, "remove it")
