"""BrowserGym's benchmarks: how long an episode may be, and what may be done in it.

Source: browsergym-experiments 0.14.3, `benchmark/configs.py`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from handeye.evals.errors import UnknownTask

SUBSETS: Final = ("chat", "infeas", "coord", "nav", "tab")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark."""

    name: str
    """The first part of its tasks' names; its package is browsergym-NAME."""
    max_steps: int
    subsets: tuple[str, ...] = SUBSETS
    """BrowserGym's sets of functions that an agent may use: those with coordinates."""
    repeats: int | None = 1
    """How often BrowserGym's list has each task, with a seed each; None if there is no such list."""
    left_out: tuple[str, ...] = ()
    """What the names begin with that are registered and not part of the benchmark."""

    def listed(self, registered: Sequence[str]) -> list[str]:
        """Return its tasks, of all that are registered."""
        return [task for task in registered if not task.startswith(self.left_out)]


BENCHMARKS: Final[Mapping[str, Benchmark]] = {
    each.name: each
    for each in (
        Benchmark("miniwob", 10, subsets=("coord",), repeats=5),
        Benchmark("webarena", 30),
        Benchmark("visualwebarena", 30),
        Benchmark("assistantbench", 30, left_out=("assistantbench.imp.",)),
        Benchmark("workarena", 50, repeats=None),
    )
}
"""By their names. WorkArena's lists of tasks and seeds are made by its own package, and are not repeated here."""

_WORKARENA_L1_STEPS: Final = 15
_LONG: Final = re.compile(r"-l[23]$")
"""How WorkArena's names of the levels 2 and 3 end."""


def benchmark_of(task: str) -> Benchmark:
    """Return the benchmark of a task, such as miniwob.click-test. Raises `UnknownTask`."""
    name = task.partition(".")[0]
    if name not in BENCHMARKS:
        raise UnknownTask(f"there is no benchmark {name!r}: it must be {', '.join(BENCHMARKS)}")
    return BENCHMARKS[name]


def step_limit(task: str) -> int:
    """Return how many steps an episode of a task may take."""
    benchmark = benchmark_of(task)
    return _WORKARENA_L1_STEPS if benchmark.name == "workarena" and not _LONG.search(task) else benchmark.max_steps
