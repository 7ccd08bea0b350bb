import json
from pathlib import Path

import pytest
from rich.console import Console

from handeye.evals.record import Record
from handeye.evals.summary import SUMMARY, error_lines, retry_line, summarise, table, write_summary


def records(task: str, *successes: bool) -> list[Record]:
    return [
        Record(task=task, seed=seed, model="oracle", max_steps=10, success=success, reward=1.0 if success else -1.0)
        for seed, success in enumerate(successes, start=1_000_000)
    ]


BROKEN = Record(task="b", seed=7, model="oracle", max_steps=10, success=False, error="the page crashed")


def test_rates_are_per_task_and_errors_count_as_failures() -> None:
    summary = summarise([*records("a", True, True), *records("b", True), BROKEN], "rules")
    assert summary["tasks"]["a"] | {"episodes": 2, "successes": 2, "rate": 1.0, "errors": 0} == summary["tasks"]["a"]
    assert summary["tasks"]["b"] | {"episodes": 2, "successes": 1, "rate": 0.5, "errors": 1} == summary["tasks"]["b"]
    assert summary["tasks"]["b"]["low"] < 0.5 < summary["tasks"]["b"]["high"]
    assert summary["mean_rate"] == 0.75
    assert summary["errors"] == [{"task": "b", "seed": 7, "error": "the page crashed"}]
    assert (summary["model"], summary["protocol"]) == ("oracle", "rules")
    assert summary["seeds"] == {"first": 7, "last": 1_000_001}


def test_nothing_played_is_no_rate() -> None:
    summary = summarise([], "rules")
    assert summary["mean_rate"] is None
    assert summary["tasks"] == {}


def test_it_is_written_whole(tmp_path: Path) -> None:
    summary = summarise(records("a", True, False), "rules")
    assert json.loads(write_summary(tmp_path, summary).read_text()) == summary
    assert [path.name for path in tmp_path.iterdir()] == [SUMMARY]


def test_the_table_shows_each_task(capsys: pytest.CaptureFixture[str]) -> None:
    summary = summarise([*records("click-collapsible-2-nodelay", *[True] * 10), BROKEN], "rules")
    Console(width=80).print(table(summary))
    shown = capsys.readouterr().out
    row = next(line for line in shown.splitlines() if "nodelay" in line)
    assert row.split() == ["click-collapsible-2-nodelay", "10/10", "100%", "72-100%", "0.0", "0.0", "0"]
    assert "mean of 2" in shown


def test_errors_are_named_and_made_printable() -> None:
    broken = BROKEN.model_copy(update={"error": "red\x1b[31m"})
    assert error_lines(summarise([broken], "rules")) == ["b 7: red\\x1b[31m"]
    many = [BROKEN.model_copy(update={"seed": seed}) for seed in range(8)]
    assert error_lines(summarise(many, "rules"))[-1] == "and 3 more in summary.json"


def test_the_newest_attempt_of_an_episode_counts() -> None:
    solved = BROKEN.model_copy(update={"error": None, "success": True, "reward": 1.0, "attempt": 2})
    other = BROKEN.model_copy(update={"seed": 8})
    again = other.model_copy(update={"attempt": 2, "error": "the phone is gone"})
    summary = summarise([BROKEN, *records("a", True), other, solved, again], "rules")
    assert (summary["episodes"], summary["successes"]) == (3, 2)
    assert summary["errors"] == [{"task": "b", "seed": 8, "error": "the phone is gone"}]
    assert summary["retried"] == {"episodes": 2, "errors": 1}
    assert retry_line(summary) == "tried again after an error: 2, of which 1 failed again"
    assert list(summary["tasks"]) == ["b", "a"]


def test_nothing_tried_again_is_no_line() -> None:
    assert retry_line(summarise([BROKEN], "rules")) is None
