"""Which seed an episode of BrowserGym's lists has.

BrowserGym draws them from `numpy.random.RandomState(42)`, as many for each task as the list repeats it, in the order of
its tasks. The limit is written `2 ^ 32`, which in Python is 34: so all seeds are below 34, and of the 625 episodes of
its MiniWoB 35 are there twice. Source: browsergym-experiments 0.14.3, `benchmark/utils.py`, `loop.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

from handeye.evals.browsergym.benchmarks import Benchmark
from handeye.evals.errors import InvalidSeed

Seeds: TypeAlias = Literal["browsergym", "plain"]
"""browsergym: number 0 is the first seed of the task in BrowserGym's list, and so on. plain: the number is the seed."""

META_SEED: Final = 42
BELOW: Final = 34


def listed_seeds(benchmark: Benchmark, tasks: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
    """Return the seeds of BrowserGym's list by task. `tasks` are all of the benchmark, in its order.

    Raises `InvalidSeed` if it has no such list.
    """
    import numpy as np  # slow to import

    if benchmark.repeats is None:
        raise InvalidSeed(f"{benchmark.name} has no list of seeds that is known here: give --seeds plain")
    drawn = np.random.RandomState(META_SEED)
    return {
        task: tuple(int(seed) for seed in drawn.randint(low=0, high=BELOW, size=benchmark.repeats)) for task in tasks
    }


def listed_seed(benchmark: Benchmark, tasks: Sequence[str], task: str, number: int) -> int:
    """Return the seed of a task's `number`-th episode in BrowserGym's list, from 0. Raises `InvalidSeed`."""
    seeds = listed_seeds(benchmark, tasks)[task]
    if number >= len(seeds):
        raise InvalidSeed(
            f"BrowserGym's list has {task} with {len(seeds)} seed(s), numbered from 0, and not {number}: "
            f"give --episodes {len(seeds)}, or --seeds plain"
        )
    return seeds[number]
