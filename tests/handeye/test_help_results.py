"""The examples of `handeye eval report`, `compare` and `doctor`, on runs that never were."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.evals.results.folders import know_squares, off, right, write_samples

if TYPE_CHECKING:
    from conftest import Example, Played

    Play = Callable[..., Played]


@pytest.fixture(autouse=True)
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two runs of 24 samples: `base` misses three, `tuned` none."""
    know_squares(monkeypatch)
    write_samples(tmp_path / "runs/base", lambda s, r: off(s) if s.id.endswith("3") else right(s))
    write_samples(tmp_path / "runs/tuned", lambda s, r: right(s), model="tuned")


@pytest.mark.example("handeye eval report runs/base")
def test_a_page(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0, done.output
    assert "Squares" in (tmp_path / "runs/base/report.html").read_text()


@pytest.mark.example("handeye eval report runs/base runs/tuned --out both.html --markdown both.md")
def test_two_runs_side_by_side(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0, done.output
    assert (tmp_path / "both.html").read_text().count('class="card ') == 2
    assert "87.5" in (tmp_path / "both.md").read_text()


@pytest.mark.example("handeye eval report runs/base --csv answers.csv --price 0.2,0.6")
def test_every_answer(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0, done.output
    assert len((tmp_path / "answers.csv").read_text().splitlines()) == 25


@pytest.mark.example("handeye eval compare runs/base runs/tuned")
def test_what_changed(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0, done.output
    assert "better in B: 3" in done.output


@pytest.mark.example("handeye eval compare runs/base runs/tuned --html difference.html")
def test_what_changed_as_a_page(example: "Example", play: "Play", tmp_path: Path) -> None:
    assert play(example.words, folder=tmp_path).status == 0
    assert "square-13" in (tmp_path / "difference.html").read_text()


@pytest.mark.example("handeye eval doctor runs/base")
def test_a_good_run(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0, done.output
    assert "nothing looks wrong" in done.output


@pytest.mark.example("handeye eval doctor runs/base --data data/ScreenSpot-v2")
def test_a_dataset_that_has_moved(example: "Example", play: "Play", tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "runs/squares").rename(tmp_path / "data/ScreenSpot-v2")
    done = play(example.words, folder=tmp_path)
    assert done.status == 0, done.output
