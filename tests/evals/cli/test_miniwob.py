import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handeye.actions.errors import HandeyeError
from handeye.evals.cli.app import app
from handeye.evals.errors import WorkerFailed


@pytest.mark.slow
def test_miniwob_prints_a_table_and_writes_its_files(tmp_path: Path) -> None:
    arguments = ["--model", "oracle", "--tasks", "click-test", "--episodes", "2", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, ["miniwob", *arguments], env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    assert "click-test" in result.output
    assert "2/2" in result.output
    assert "100%" in result.output
    assert str(tmp_path / "out" / "summary.json") in result.output
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["tasks"]["click-test"]["rate"] == 1.0
    assert summary["seeds"] == {"first": 1_000_000, "last": 1_000_001}
    assert "raw reward >= 1" in summary["protocol"]
    assert summary["breakdown"]["rows"]["original"]["solved"]["reward > 0.8"]["successes"] == 2
    assert [line.split()[:3] for line in result.output.splitlines() if line.startswith("original")] == [
        ["original", "1", "2"]
    ]
    assert len((tmp_path / "out" / "episodes.jsonl").read_text().splitlines()) == 2


@pytest.mark.slow
def test_a_machine_without_a_browser_plays_nothing_rather_than_badly(tmp_path: Path) -> None:
    arguments = ["--model", "oracle", "--tasks", "click-test", "--episodes", "2", "--out", str(tmp_path)]
    result = CliRunner().invoke(app, ["miniwob", *arguments], env={"HANDEYE_CHROMIUM": str(tmp_path / "none")})
    assert isinstance(result.exception, WorkerFailed)
    assert "HANDEYE_CHROMIUM" in str(result.exception)
    assert (tmp_path / "episodes.jsonl").read_text() == "", "so the same command, mended, plays them all"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tasks", "click-tabs"], "did you mean click-tab"),
        (["--model", "oracle", "--tasks", "all"], "no oracle plays"),
    ],
)
def test_mistakes_are_one_line_and_leave_nothing(tmp_path: Path, arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(app, ["miniwob", *arguments, "--out", str(tmp_path / "out")])
    assert isinstance(result.exception, HandeyeError)
    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("first", "hint"),
    [(40, "--retry-errors plays those again"), (41, "--retry-errors plays 1 of those again"), (42, None)],
)
def test_a_retry_is_offered_for_the_episodes_of_the_command_only(tmp_path: Path, first: int, hint: str | None) -> None:
    record = {"task": "click-test", "model": "oracle", "max_steps": 10, "success": False}
    lines = [{**record, "seed": seed, "error": "it crashed"} for seed in (40, 41)]
    lines += [{**record, "seed": seed, "success": True} for seed in (42, 43)]
    (tmp_path / "episodes.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    arguments = ["--tasks", "click-test", "--episodes", "2", "--first-seed", str(first), "--out", str(tmp_path)]
    result = CliRunner().invoke(app, ["miniwob", "--model", "oracle", *arguments])
    assert result.exit_code == 1, result.output
    assert "click-test 40: it crashed" in result.output
    assert (hint is None) == ("--retry-errors" not in result.output)
    assert hint is None or hint in result.output
