import csv
from pathlib import Path

import pytest

from handeye.evals.browsergym.benchmarks import BENCHMARKS
from handeye.evals.browsergym.seeds import listed_seed, listed_seeds
from handeye.evals.errors import InvalidSeed

METADATA = Path(__file__).parents[4] / "shared" / "data" / "browsergym_miniwob_metadata.csv"


def test_they_are_those_of_browsergyms_list() -> None:
    """The numbers as browsergym-experiments 0.14.2 gives them."""
    tasks = [f"webarena.{number}" for number in range(812)]
    seeds = listed_seeds(BENCHMARKS["webarena"], tasks)
    assert [seeds[task] for task in tasks[:7]] == [(28,), (14,), (7,), (20,), (18,), (22,), (10,)]
    assert max(map(max, seeds.values())) == 33, "its limit is 2 ^ 32, which is 34"


def test_five_repeats_of_miniwob_come_twice_in_part() -> None:
    if not METADATA.is_file():
        pytest.skip(f"needs {METADATA}")
    with METADATA.open(encoding="utf-8", newline="") as file:
        tasks = [row["task_name"] for row in csv.DictReader(file)]
    assert tasks == sorted(tasks), "the order in which the package registers them"
    seeds = listed_seeds(BENCHMARKS["miniwob"], tasks)
    assert seeds["miniwob.ascending-numbers"] == (28, 14, 7, 20, 18)
    assert seeds["miniwob.bisect-angle"][:2] == (22, 10)
    episodes = [(task, seed) for task in tasks for seed in seeds[task]]
    assert (len(episodes), len(set(episodes))) == (625, 590)


def test_a_number_counts_the_seeds_of_a_task() -> None:
    tasks = ["miniwob.a", "miniwob.b"]
    assert listed_seed(BENCHMARKS["miniwob"], tasks, "miniwob.a", 0) == 28
    assert listed_seed(BENCHMARKS["miniwob"], tasks, "miniwob.b", 1) == 10
    with pytest.raises(InvalidSeed, match=r"5 seed\(s\), numbered from 0, and not 5: give --episodes 5"):
        listed_seed(BENCHMARKS["miniwob"], tasks, "miniwob.b", 5)


def test_a_benchmark_without_a_list() -> None:
    with pytest.raises(InvalidSeed, match="--seeds plain"):
        listed_seeds(BENCHMARKS["workarena"], ["workarena.x"])
