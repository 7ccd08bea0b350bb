"""Which of BrowserGym's tasks a text names, and by which rules their episodes are counted."""

from collections.abc import Callable, Sequence
from typing import Final

from handeye.evals.browsergym.benchmarks import BENCHMARKS, benchmark_of
from handeye.evals.errors import UnknownTask
from handeye.evals.miniwob.oracles import ORACLES
from handeye.evals.miniwob.sets import WEBGUM_56
from handeye.evals.selection import named_tasks
from handeye.evals.statistics.breakdown import Breakdown, Rule

PREFIX: Final = "browsergym/"
"""What the names begin with as environments of Gymnasium."""

_NOT_HERE: Final = {
    "click-menu-2",  # its submenu does not open under the pointer here
    "count-sides",  # the drawing is read wrongly here
    "search-engine",  # a link to "#" changes the address, at which BrowserGym ends the episode with 0
    "use-colorwheel-2",  # the colour stands in the query, which BrowserGym removes
    "use-spinner",  # the oracle clicks three times at once, for which BrowserGym has no function
}
"""The tasks of MiniWoB whose oracles play our own browser and not BrowserGym's."""

ORACLES_HERE: Final = tuple(f"miniwob.{name}" for name in ORACLES if name not in _NOT_HERE)

RULES: Final = Breakdown(
    kind="benchmark",
    group=lambda task: task.partition(".")[0],
    groups=tuple(BENCHMARKS),
    rules=(
        Rule("reward > 0", lambda reward: reward > 0),
        Rule("reward >= 1", lambda reward: reward >= 1),
    ),
)
"""BrowserGym's own, and that of `handeye eval miniwob`: all of the reward. They differ where MiniWoB gives a part."""


def select(text: str, registered: Callable[[str], Sequence[str]], *, oracle: bool = False) -> tuple[str, ...]:
    """Return the tasks that `text` selects: names of benchmarks or of tasks, `webgum-56`, `oracles`, by commas.

    `registered` returns the tasks of a benchmark, in order. Raises `UnknownTask`; with `oracle` also for tasks that
    have none.
    """
    parts = [part.strip().removeprefix(PREFIX) for part in text.split(",") if part.strip()]
    own = {"oracles": ORACLES_HERE, "webgum-56": tuple(f"miniwob.{name}" for name in WEBGUM_56)}
    chosen: list[str] = []
    for part in parts:
        if part in own:
            chosen += own[part]
        else:
            benchmark = benchmark_of(part)
            known = registered(benchmark.name)
            chosen += named_tasks(part, known, {benchmark.name: benchmark.listed(known)})
    if not chosen:
        raise UnknownTask(f"no task is named: give names separated by commas, or {', '.join([*BENCHMARKS, *own])}")
    without = [task for task in chosen if oracle and task not in ORACLES_HERE]
    if without:
        raise UnknownTask(f"no oracle plays {', '.join(without[:3])}: --tasks oracles selects those that have one")
    return tuple(dict.fromkeys(chosen))
