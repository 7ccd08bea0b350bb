"""The commands that read results folders: report, compare and doctor."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import typer
from typer.testing import CliRunner, Result

from handeye.evals.cli.compare import add_compare
from handeye.evals.cli.doctor import add_doctor
from handeye.evals.cli.report import add_report
from handeye.evals.comparison.compare import NotComparable
from handeye.evals.report.submissions.errors import NoSubmission
from tests.evals.results.folders import know_squares, off, right, unread, write_episodes, write_samples

Play: TypeAlias = Callable[..., Result]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Play:
    """Runs a command in a folder with the runs `base`, `tuned` and `played`; raises what it raises."""
    know_squares(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "90")
    write_samples(tmp_path / "runs/base", lambda s, r: off(s) if s.id.endswith("3") else right(s))
    write_samples(tmp_path / "runs/tuned", lambda s, r: right(s), model="tuned")
    write_samples(tmp_path / "runs/mute", lambda s, r: unread())
    write_episodes(tmp_path / "runs/played", lambda task, seed: seed > 2, journals=True)
    app = typer.Typer()
    for add in (add_report, add_compare, add_doctor):
        add(app)

    def run(*words: str) -> Result:
        done = CliRunner().invoke(app, words)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run


def test_a_report_with_all_its_files(play: Play, tmp_path: Path) -> None:
    done = play("report", "runs/base", "runs/tuned", "--out", "both.html", "--markdown", "both.md", "--csv", "both.csv")
    assert done.exit_code == 0
    assert "both.html" in done.output and "both.md" in done.output
    assert "Squares" in (tmp_path / "both.html").read_text()
    assert (tmp_path / "both.md").read_text().startswith("# Squares\n")
    assert len((tmp_path / "both.csv").read_text().splitlines()) == 49


def test_a_report_writes_the_pages_of_episodes(play: Play, tmp_path: Path) -> None:
    assert play("report", "runs/played", "--price", "0.2,0.6").exit_code == 0
    folder = tmp_path / "runs/played"
    assert "journals/login-user-1/index.html" in (folder / "report.html").read_text()
    assert (folder / "journals/login-user-1/index.html").exists()
    assert (folder / "journals/index.html").exists()


def test_a_submission_needs_a_leaderboard_and_one_run(play: Play, tmp_path: Path) -> None:
    with pytest.raises(NoSubmission):
        play("report", "runs/base", "--submission", "file.json")
    with pytest.raises(Exception, match="one DIR"):
        play("report", "runs/base", "runs/tuned", "--submission", "file.json")
    assert not (tmp_path / "file.json").exists()


@pytest.mark.parametrize("price", ["1", "a,b", "-1,2", "1,2,3", "nan,1", "1,inf"])
def test_a_price_is_two_numbers(play: Play, price: str) -> None:
    with pytest.raises(Exception, match="must be two numbers"):
        play("report", "runs/base", "--price", price)


def test_a_comparison(play: Play, tmp_path: Path) -> None:
    done = play("compare", "runs/base", "runs/tuned", "--html", "difference.html")
    assert done.exit_code == 0
    assert "better in B: 3" in done.output
    assert "B - A" in done.output and "+12.5" in done.output
    assert "square-13" in (tmp_path / "difference.html").read_text()
    with pytest.raises(NotComparable):
        play("compare", "runs/base", "runs/played")


def test_the_doctor_says_so_if_something_looks_wrong(play: Play) -> None:
    done = play("doctor", "runs/played")
    assert done.exit_code == 0 and "nothing looks wrong" in done.output
    done = play("doctor", "runs/mute")
    assert done.exit_code == 1
    assert "24x the answer contains no point" in done.output and "look wrong" in done.output
