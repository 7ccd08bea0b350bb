import io
from typing import Any

import pytest
from rich.console import Console

from handeye.evals.androidworld.catalog import TaskFacts
from handeye.evals.androidworld.scores import OURS, REACHED, UPSTREAM, Scores
from handeye.evals.androidworld.task import PARTIAL
from handeye.evals.record import Record

TASKS = {
    "A": TaskFacts(10, "easy", ("search", "parameterized")),
    "B": TaskFacts(20, "hard"),
    "C": TaskFacts(20, "medium", ("search",)),
}


def record(task: str, reward: float, stop: str | None, **changed: Any) -> Record:
    success = reward == 1.0 and stop in ("success", "failure", "answered", "task_ended")
    return Record(
        **{"seed": 0, "task": task, "reward": reward, "stop": stop, "success": success}
        | {"model": "m", "max_steps": 10}
        | changed
    )


def scores(*records: Record, miniwob: bool = False) -> dict[str, Any]:
    return Scores(TASKS, miniwob).summarise(records)


def test_what_was_reached_counts_only_if_the_agent_said_so() -> None:
    part = scores(record("A", 1.0, "success"), record("B", 1.0, "step_limit"))["all"]
    assert part["scores"] == {UPSTREAM: 0.5, OURS: 0.5, REACHED: 1.0}


def test_upstream_does_not_ask_what_the_agent_said() -> None:
    part = scores(record("A", 1.0, "failure"))["all"]
    assert part["scores"] == {UPSTREAM: 1.0, OURS: 1.0, REACHED: 1.0}


def test_a_crash_raises_upstreams_mean_and_not_ours() -> None:
    summary = scores(record("A", 1.0, "success"), record("B", 0.0, None, error="the emulator is gone"))
    assert summary["all"]["scores"] == {UPSTREAM: 1.0, OURS: 0.5, REACHED: 0.5}
    assert summary["left_out"] == [{"task": "B", "seed": 0, "reward": 0.0, "why": "the emulator is gone"}]


def test_a_crash_of_one_instance_leaves_the_others_of_its_task() -> None:
    played = (record("A", 1.0, "success"), record("A", 0.0, None, seed=1, error="gone"), record("B", 0.0, "success"))
    assert scores(*played)["all"]["scores"] == {UPSTREAM: 0.5, OURS: 0.25, REACHED: 0.25}


def test_a_half_is_a_half_upstream_and_nothing_here() -> None:
    assert scores(record("A", 0.5, "success"))["all"]["scores"] == {UPSTREAM: 0.5, OURS: 0.0, REACHED: 0.0}


@pytest.mark.parametrize("reward", [-0.75, 0.26])
def test_a_partial_reward_of_a_page_vanishes_upstream_and_is_a_failure_here(reward: float) -> None:
    summary = scores(record("tic-tac-toe", reward, "task_ended"), record("x", 1.0, "task_ended"), miniwob=True)
    assert summary["all"]["scores"] == {UPSTREAM: 1.0, OURS: 0.5, REACHED: 0.5}
    assert [each["why"] for each in summary["left_out"]] == [PARTIAL]


def test_groups_are_those_of_the_metadata() -> None:
    summary = scores(record("A", 1.0, "success"), record("B", 0.0, "success"), record("C", 0.0, "success"))
    assert list(summary["difficulty"]) == ["easy", "medium", "hard"]
    assert {name: row["scores"][OURS] for name, row in summary["tags"].items()} == {
        "parameterized": 1.0,
        "search": 0.5,
        "untagged": 0.0,
    }
    low, high = summary["all"]["interval"]
    assert 0 < low < 1 / 3 < high < 1


def test_no_episode_is_no_score_and_can_be_shown() -> None:
    summary = scores()
    assert summary["all"]["scores"] == dict.fromkeys((UPSTREAM, OURS, REACHED))
    assert shown(summary)


def test_the_terminal_says_what_the_columns_mean_and_what_is_left_out() -> None:
    played = [record("A", 1.0, "success"), record("B", 0.0, None, error="gone")]
    text = shown(scores(*played))
    assert "100.0%" in text and "50.0%" in text
    assert "episodes with an error count as failures" in text
    assert "android_world leaves out 1 episodes" in text


def shown(part: dict[str, Any]) -> str:
    console = Console(file=io.StringIO(), width=80)
    for each in Scores(TASKS, False).show(part):
        console.print(each)
    assert isinstance(console.file, io.StringIO)
    return " ".join(console.file.getvalue().split())
