import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handeye.evals.cli.app import app
from handeye.evals.errors import UnknownTask, WorkerFailed


@pytest.mark.slow
def test_it_prints_a_table_and_writes_its_files(tmp_path: Path) -> None:
    arguments = ["--tasks", "quick-settings", "--episodes", "1", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, ["simulated-phone", *arguments], env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    assert "1/1" in result.output
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["model"] == "oracle"
    assert summary["tasks"]["quick-settings"]["rate"] == 1.0
    assert "over adb" in summary["protocol"]


@pytest.mark.slow
def test_a_machine_without_a_browser_plays_nothing_rather_than_badly(tmp_path: Path) -> None:
    arguments = ["--tasks", "dial", "--episodes", "1", "--out", str(tmp_path)]
    result = CliRunner().invoke(app, ["simulated-phone", *arguments], env={"HANDEYE_CHROMIUM": str(tmp_path / "none")})
    assert isinstance(result.exception, WorkerFailed)
    assert "HANDEYE_CHROMIUM" in str(result.exception)
    assert (tmp_path / "episodes.jsonl").read_text() == "", "so the same command, mended, plays them all"


def test_a_mistake_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["simulated-phone", "--tasks", "dail", "--out", str(tmp_path / "out")])
    assert isinstance(result.exception, UnknownTask)
    assert str(result.exception) == "there is no task 'dail': did you mean dial?"
    assert not (tmp_path / "out").exists()
