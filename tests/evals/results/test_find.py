from pathlib import Path

import pytest

from handeye.evals.errors import ResultsError
from handeye.evals.results.find import UnknownJudge, open_results
from handeye.evals.results.rates import bounds, fates, macro_of, rate_of, rates_by
from tests.evals.results.folders import know_squares, off, right, unread, write_episodes, write_samples


@pytest.fixture(autouse=True)
def squares_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    know_squares(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of 24 samples: the first eight right, one lost, one unreadable, the others 5 pixels off, the last not asked."""
    answers = {8: {"error": "the server is gone"}, 9: unread(), 23: None}

    def answer(sample: object, repeat: int) -> object:
        index = int(sample.id.split("-")[1])  # type: ignore[attr-defined]
        return answers.get(index, right(sample) if index < 8 else off(sample))  # type: ignore[arg-type]

    return write_samples(tmp_path / "run", answer)  # type: ignore[arg-type]


def test_samples_and_what_became_of_them(folder: Path) -> None:
    results = open_results(folder).results
    assert (results.kind, results.title, results.judge) == ("samples", "Squares", "in-square")
    assert fates(results) == {"right": 8, "miss": 13, "format": 1, "error": 1}
    assert (len(results.items), results.missing) == (23, 1)
    missed = results.items[10].answers[0]
    assert (missed.fate, missed.distance) == ("miss", 5.0)
    assert results.items[9].answers[0].reason == "the answer contains no point"
    rate = rate_of(results.items)
    assert rate.rate == pytest.approx(8 / 23), "lost and unreadable ones are wrong"
    low, high = bounds(rate)
    assert low <= rate.low < rate.rate < rate.high <= high
    assert {name: each.samples for name, each in rates_by(results, "size").items()} == {"large": 12, "small": 11}
    assert results.groupings == ("size", "row")
    assert macro_of(results) == pytest.approx((2 / 6 + 2 / 6 + 2 / 6 + 2 / 5) / 4)


def test_another_judge_leaves_samples_out(folder: Path) -> None:
    results = open_results(folder, judge="large-only").results
    assert (results.judge, len(results.items), results.excluded) == ("large-only", 12, 11)
    assert [judge.name for judge in results.judges] == ["in-square", "large-only"]
    with pytest.raises(UnknownJudge, match="in-square, large-only"):
        open_results(folder, judge="osatlas")


def test_episodes_with_their_pages(tmp_path: Path) -> None:
    folder = write_episodes(tmp_path / "run", lambda task, seed: seed < 5 or task == "click-tab", journals=True)
    results = open_results(folder).results
    assert (results.kind, results.model, len(results.items)) == ("episodes", "a-model", 20)
    assert rates_by(results, "task")["login-user"].rate == 0.5
    assert results.pages == "journals/index.html"
    pages = {item.id: item.answers[0].page for item in results.items}
    assert pages["login-user 7"] == "journals/login-user-7/index.html"
    assert pages["login-user 2"] == ""
    lost = next(item for item in results.items if item.id == "login-user 7").answers[0]
    assert lost.reason == "reward -1, step limit after 10 steps"
    with pytest.raises(UnknownJudge, match="by their tasks"):
        open_results(folder, judge="strict")


def test_a_task_cannot_name_a_page_elsewhere(tmp_path: Path) -> None:
    folder = write_episodes(tmp_path / "run", lambda task, seed: False, task="../../etc")
    assert {answer.page for answer in open_results(folder).results.answers} == {""}


def test_what_is_no_results_folder(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="holds neither"):
        open_results(tmp_path)
    (folder / "manifest.json").unlink()
    with pytest.raises(ResultsError):
        open_results(folder)


def test_a_dataset_that_has_moved(folder: Path, tmp_path: Path) -> None:
    moved = (tmp_path / "squares").rename(tmp_path / "elsewhere")
    assert len(open_results(folder, data=str(moved)).results.items) == 23
    (moved / "0.png").write_bytes((moved / "1.png").read_bytes())
    with pytest.raises(ResultsError, match="--data"):
        open_results(folder, data=str(moved))
