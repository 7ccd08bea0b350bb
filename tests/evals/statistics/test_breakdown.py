import json

import pytest
from rich.console import Console

from handeye.evals.record import Record
from handeye.evals.statistics.breakdown import Breakdown, Rule, breakdown_table
from handeye.evals.statistics.wilson import wilson
from handeye.evals.summary import summarise

BREAKDOWN = Breakdown(
    kind="size",
    group=lambda task: task.split("-")[0],
    groups=("small", "large", "huge"),
    rules=(Rule("all of it", lambda reward: reward >= 1), Rule("> 0", lambda reward: reward > 0)),
)


def record(task: str, seed: int, reward: float, **more: object) -> Record:
    fields = {"task": task, "seed": seed, "reward": reward, "model": "x", "max_steps": 10, "success": reward >= 1}
    return Record.model_validate(fields | more)


RECORDS = [
    record("small-a", 1, 1.0),
    record("small-a", 2, 0.25),
    record("small-b", 1, 0.0),
    record("large-a", 1, -1.0),
    record("large-a", 2, 1.0, success=False, error="the browser crashed"),
]


def test_each_group_is_counted_by_each_rule() -> None:
    rows = BREAKDOWN.summarise(RECORDS)["rows"]
    assert list(rows) == ["small", "large", "all"], "a group that was not played has no row"
    assert rows["small"]["tasks"] == 2
    assert rows["small"]["episodes"] == 3
    low, high = wilson(2, 3)
    assert rows["small"]["solved"]["> 0"] == {"successes": 2, "rate": 2 / 3, "low": low, "high": high}
    assert rows["small"]["solved"]["all of it"]["successes"] == 1


def test_an_error_is_not_solved_under_any_rule() -> None:
    large = BREAKDOWN.summarise(RECORDS)["rows"]["large"]
    assert large["episodes"] == 2
    assert [rate["successes"] for rate in large["solved"].values()] == [0, 0]


def test_nothing_played_has_no_rate() -> None:
    rates = BREAKDOWN.summarise([])
    assert rates["rows"]["all"]["solved"]["> 0"]["rate"] is None
    Console(quiet=True).print(breakdown_table(rates))


def test_the_summary_holds_it_and_the_newest_attempt_counts() -> None:
    again = record("large-a", 2, 1.0, attempt=2)
    summary = summarise([*RECORDS, again], "rules", [BREAKDOWN])
    assert json.loads(json.dumps(summary["breakdown"])) == summary["breakdown"]
    assert summary["breakdown"]["rows"]["large"]["solved"]["all of it"]["successes"] == 1
    assert "breakdown" not in summarise(RECORDS, "rules")


def test_the_table_shows_rates_and_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    Console(width=80).print(breakdown_table(BREAKDOWN.summarise(RECORDS)))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["small", "2", "3", "33%", "6-79%", "67%", "21-94%"] in lines
    assert lines[-1] == ["all", "3", "5", "20%", "4-62%", "40%", "12-77%"]
