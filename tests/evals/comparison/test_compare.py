from pathlib import Path
from typing import Any

import pytest
from rich.console import Console, Group

from handeye.evals.comparison.compare import Comparison, NotComparable, compare
from handeye.evals.comparison.page import comparison_page
from handeye.evals.comparison.tables import comparison_tables, reward_line, verdict_line
from handeye.evals.results.find import open_results
from handeye.evals.samples.sample import Sample
from tests.evals.results.folders import know_squares, off, right, write_episodes, write_samples


@pytest.fixture(autouse=True)
def squares_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    know_squares(monkeypatch)


def index_of(sample: Sample) -> int:
    return int(sample.id.split("-")[1])


def first(sample: Sample, repeat: int) -> dict[str, Any]:
    """Right but for the first two."""
    return off(sample) if index_of(sample) < 2 else right(sample)


def second(sample: Sample, repeat: int) -> dict[str, Any]:
    """Wrong for all small ones but the first."""
    return off(sample, 9) if index_of(sample) % 2 and index_of(sample) > 1 else right(sample)


def compared(one: Path, other: Path) -> Comparison:
    return compare(open_results(one).results, open_results(other).results)


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    one = write_samples(tmp_path / "one", first, decoding={"temperature": 0.0, "max_tokens": 512})
    other = write_samples(
        tmp_path / "other", second, model="tuned", decoding={"temperature": 0.0, "max_tokens": 128}, dtype="float32"
    )
    return compared(one, other)


def test_the_difference_and_what_changed(comparison: Comparison) -> None:
    overall = comparison.overall
    assert (overall.pairs, overall.gained, overall.lost) == (24, 2, 11)
    assert overall.difference.mean == pytest.approx(-9 / 24)
    assert overall.difference.low < -9 / 24 < overall.difference.high < 0
    assert overall.test is not None
    assert overall.p == pytest.approx(2 * (1 + 13 + 78) / 2**13), "binomial, at most 2 of 13"
    assert [each.name for each in comparison.groups["size"]] == ["small", "large"], "the worst first"
    assert {pair.first.groups["size"] for pair in comparison.lost} == {"small"}
    assert [pair.first.id for pair in comparison.gained] == ["square-0", "square-1"]
    assert verdict_line(comparison).startswith("B is worse: -37.5 points")


def test_what_was_measured_differently(comparison: Comparison) -> None:
    assert [tuple(each) for each in comparison.settings] == [
        ("model", "Qwen/Qwen2.5-VL-7B-Instruct", "tuned"),
        ("decoding max_tokens", "512", "128"),
    ]
    assert comparison.warnings == []


def test_a_run_does_not_differ_from_itself(tmp_path: Path) -> None:
    folder = write_samples(tmp_path / "one", first)
    comparison = compared(folder, folder)
    assert comparison.overall.p == 1.0
    assert not comparison.lost and not comparison.gained and not comparison.settings
    assert verdict_line(comparison).startswith("no difference is shown")


def test_only_what_both_were_asked_is_compared(tmp_path: Path) -> None:
    one = write_samples(tmp_path / "one", first)
    other = write_samples(tmp_path / "other", lambda s, r: right(s) if index_of(s) < 16 else None)
    comparison = compared(one, other)
    assert (comparison.overall.pairs, comparison.only_first, comparison.only_second) == (16, 8, 0)
    assert any("8 samples have no prediction" in line for line in comparison.warnings)
    # Fewer samples of the same files: another dataset, the same questions.
    fewer = compared(one, write_samples(tmp_path / "fewer", first, count=12))
    assert fewer.overall.pairs == 12
    assert any("datasets differ" in line for line in fewer.warnings)


def test_repeats_are_compared_by_resampling(tmp_path: Path) -> None:
    def sometimes(sample: Sample, repeat: int) -> dict[str, Any]:
        return right(sample) if (index_of(sample) + repeat) % 3 else off(sample)

    one = write_samples(tmp_path / "one", first)
    comparison = compared(one, write_samples(tmp_path / "other", sometimes, repeats=3))
    assert comparison.overall.test is None
    assert comparison.overall.second == pytest.approx(2 / 3)
    assert 0 < comparison.overall.p < 0.05
    assert "the repeats differ: 1 of one, 3 of other" in comparison.warnings


def test_episodes_are_paired_by_task_and_seed(tmp_path: Path) -> None:
    one = write_episodes(tmp_path / "one", lambda task, seed: True)
    other = write_episodes(tmp_path / "other", lambda task, seed: task == "click-tab" or seed > 2)
    comparison = compared(one, other)
    assert [pair.first.id for pair in comparison.lost] == ["login-user 0", "login-user 1", "login-user 2"]
    assert comparison.overall.p == 0.25
    assert comparison.rewards is not None, "a failure is worth -1"
    assert (comparison.rewards.first, comparison.rewards.second) == (1.0, pytest.approx(0.7))
    assert "mean reward: A 1.00, B 0.70, B - A -0.30" in reward_line(comparison.rewards)
    with pytest.raises(NotComparable, match="kind"):
        compared(one, write_samples(tmp_path / "samples", first))


def test_other_questions_are_refused(tmp_path: Path) -> None:
    one = write_episodes(tmp_path / "one", lambda task, seed: True)
    with pytest.raises(NotComparable, match="asked different things at 20 of 20"):
        compared(one, write_episodes(tmp_path / "other", lambda task, seed: True, instruction="something else"))
    with pytest.raises(NotComparable, match="no item in common"):
        compared(one, write_episodes(tmp_path / "third", lambda task, seed: True, task="drag-box"))


def test_the_tables_fit_a_terminal(comparison: Comparison) -> None:
    console = Console(width=80, record=True)
    console.print(Group(*comparison_tables(comparison)))
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= 80
    row = next(line for line in lines if line.startswith("small"))
    assert row.split()[1:5] == ["12", "91.7", "8.3", "-83.3"]
    assert any("worse in B: 11" in line for line in lines)
    assert any("9 px off" in line for line in lines)


def test_the_page_is_one_file(comparison: Comparison, tmp_path: Path) -> None:
    html = comparison_page(comparison, tmp_path / "page.html")
    assert "B is worse" in html and "9 px off" in html
    assert html.count('class="case"') == 13
    assert "http" not in html.replace('http-equiv="Content-Security-Policy"', "")
