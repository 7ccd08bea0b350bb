"""What an offline benchmark consists of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from handeye.actions.schema import AnyAction
from handeye.agent.policies.backend import Backend
from handeye.evals.samples.asker import Asker
from handeye.evals.samples.judge import Judge
from handeye.evals.samples.sample import Sample
from handeye.evals.samples.settings import AskSettings

SampleT = TypeVar("SampleT", bound=Sample)


@dataclass(frozen=True, slots=True)
class Table:
    """Rates by two groups, with their averages."""

    rows: str
    """The name of a group, such as "platform"."""
    columns: str = ""
    """The name of another; empty for a table of one column."""


@dataclass(frozen=True, slots=True)
class Benchmark(Generic[SampleT]):
    """An offline benchmark, whatever its samples are."""

    name: str
    """The name of its command."""
    title: str
    """As people write it, such as "ScreenSpot-v2"."""
    judges: Sequence[Judge[Any]]
    """The first one is the benchmark's own."""
    asker: Callable[[Backend, AskSettings], Asker[SampleT]]
    """Returns what asks a loaded model. Raises `HandeyeError` where the settings cannot be met."""
    prompt_digest: Callable[[AskSettings], str]
    """Returns a hash of how the settings prompt a model, found without loading it: it changes with the prompt."""
    oracle: Callable[[SampleT], tuple[AnyAction, ...]]
    """Returns the right answer."""
    formats: Sequence[str] = ()
    """The names of prompt formats besides the profile's own."""
    tables: Sequence[Table] = ()
    macro: tuple[str, ...] = ()
    """The groups whose cells are averaged for the macro average; empty for none."""
    labels: str = ""
    """What `Verdict.said` and `Verdict.meant` are, such as "scroll direction"; empty without a confusion matrix."""
    notes: tuple[str, ...] = field(default=())
    """What a reader of any score must know, each in a line."""
