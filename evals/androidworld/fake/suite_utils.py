"""Stands in for android_world/suite_utils.py: the same instances of tasks by the same seeds."""

import hashlib
import random
from collections.abc import Mapping, Sequence

from handeye.evals.androidworld.fake.interface import AsyncAndroidEnv
from handeye.evals.androidworld.fake.task_eval import TaskEval

_FIXED_SEED = 123


def create_suite(
    task_registry: Mapping[str, type[TaskEval]],
    n_task_combinations: int = 1,
    seed: int | None = None,
    tasks: Sequence[str] | None = None,
    use_identical_params: bool = False,
    env: AsyncAndroidEnv | None = None,
) -> dict[str, list[TaskEval]]:
    """Return the instances of each task, by names in alphabetical order."""

    def instance_seed(name: str, number: int) -> int | None:
        if seed is None:
            return _FIXED_SEED if use_identical_params else None
        text = f"{seed}_{name}_{0 if use_identical_params else number}"
        return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 2**32

    suite = {}
    for name in sorted(task_registry):
        if tasks is None or name in tasks:
            seeds = [instance_seed(name, number) for number in range(n_task_combinations)]
            suite[name] = [_instance(task_registry[name], one) for one in seeds]
    return suite


def _instance(kind: type[TaskEval], seed: int | None) -> TaskEval:
    if seed is not None:
        random.seed(seed)
    return kind(kind.generate_random_params() | {"seed": seed})
