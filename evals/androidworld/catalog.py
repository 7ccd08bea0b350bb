"""The tasks of a family: their step budgets, and what AndroidWorld says of each."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from handeye.evals.androidworld.errors import AndroidWorldFailed
from handeye.evals.androidworld.families import Family
from handeye.evals.androidworld.place import Place
from handeye.evals.commit import commit_of
from handeye.evals.errors import UnknownTask
from handeye.evals.foreign.errors import ForeignLost, ForeignRaised
from handeye.evals.selection import named_tasks

DIFFICULTIES: Final = ("easy", "medium", "hard")
_DESCRIBE_SECONDS: Final = 300.0
_MADE: Final = ":(exclude,glob)**/*_pb2*.py"
"""What is made in the checkout when it is installed, and not changed."""


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    complexity: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Metadata(BaseModel):
    model_config = ConfigDict(frozen=True)

    task_name: str
    difficulty: str = ""
    tags: tuple[str, ...] = ()


class _Description(BaseModel):
    model_config = ConfigDict(frozen=True)

    tasks: tuple[_Described, ...]
    metadata: tuple[_Metadata, ...]
    folder: Path
    commit: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What is known of a task before it is played."""

    steps: int
    """How many steps it may take."""
    difficulty: str = ""
    """easy, medium or hard; empty if AndroidWorld does not say."""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalog:
    """The tasks of a family."""

    family: Family
    seed: int
    tasks: Mapping[str, TaskFacts]
    commit: str | None
    """Of the checkout; None if it is not known."""
    digest: str
    """A hash of the package's files."""

    def select(self, text: str, oracle: bool) -> tuple[str, ...]:
        """Return the tasks that `text` names: `all`, a difficulty, or names separated by commas.

        Raises `UnknownTask`, also for an oracle: these tasks have none.
        """
        if oracle:
            raise UnknownTask("AndroidWorld's tasks have no oracles: name a model with --model or --server")
        sets: dict[str, Sequence[str]] = {"all": tuple(self.tasks)}
        for difficulty in DIFFICULTIES:
            members = tuple(name for name, facts in self.tasks.items() if facts.difficulty == difficulty)
            if members:
                sets[difficulty] = members
        return named_tasks(text, self.tasks, sets)

    def steps(self, name: str) -> int:
        """Return how many steps an episode of a task may take."""
        return self.tasks[name].steps


def read_catalog(place: Place, family: Family, seed: int) -> Catalog:
    """Ask the package for its tasks; no emulator is needed. Raises `AndroidWorldMissing` and `AndroidWorldFailed`."""
    with closing(place.start(family, seed, None)) as process:
        try:
            reply = process.call("describe", {}, _DESCRIBE_SECONDS)
        except (ForeignRaised, ForeignLost) as error:
            raise AndroidWorldFailed(f"android_world cannot list its tasks: {error}") from error
    return catalog_of(reply.value, family, seed)


def catalog_of(described: Any, family: Family, seed: int) -> Catalog:
    """Return the catalog from what the package says of itself. Raises `AndroidWorldFailed` if that makes no sense."""
    try:
        said = _Description.model_validate(described)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise AndroidWorldFailed(f"android_world describes its tasks in an unknown way: {what}") from None
    metadata = {each.task_name: each for each in said.metadata}
    tasks = {}
    for task in said.tasks:
        known = metadata.get(task.name)
        budget = step_budget(task.complexity)
        tasks[task.name] = TaskFacts(budget) if known is None else TaskFacts(budget, known.difficulty, _tags(known))
    commit = commit_of(said.folder.parent, said.folder.name, _MADE) or said.commit
    return Catalog(family, seed, tasks, commit, said.digest)


def step_budget(complexity: float) -> int:
    """Return how many steps a task may take. Source: `_allocate_step_budget` of android_world's suite_utils.py."""
    return int(10 * complexity)


def _tags(known: _Metadata) -> tuple[str, ...]:
    """Return a task's tags; android_world writes an empty one where it has none."""
    return tuple(tag for tag in known.tags if tag)
