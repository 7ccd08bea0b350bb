import csv
from pathlib import Path

import pytest
from rich.console import Console

from handeye.evals.miniwob.pages import names
from handeye.evals.miniwob.sets import BREAKDOWN, CATEGORIES, WEBGUM_56, category
from handeye.evals.record import Record
from handeye.evals.statistics.breakdown import breakdown_table

METADATA = Path(__file__).parents[4] / "shared" / "data" / "browsergym_miniwob_metadata.csv"


def test_the_sets_are_of_tasks() -> None:
    assert len(WEBGUM_56) == len(set(WEBGUM_56)) == 56
    assert set(WEBGUM_56) <= set(names())
    counts = {kind: sum(category(name) == kind for name in names()) for kind in CATEGORIES}
    assert counts == {"original": 77, "hidden test": 18, "additional": 12, "debug": 12, "nodelay": 6}


def test_they_are_as_published() -> None:
    if not METADATA.exists():
        pytest.skip(f"BrowserGym's table of the tasks is not at {METADATA}")
    with METADATA.open(encoding="utf-8") as lines:
        rows = {row["task_name"].removeprefix("miniwob."): row for row in csv.DictReader(lines)}
    assert rows.keys() == set(names())
    assert {name for name, row in rows.items() if row["webgum_subset"] == "True"} == set(WEBGUM_56)
    assert {name: category(name) for name in rows} == {name: row["miniwob_category"] for name, row in rows.items()}


@pytest.mark.parametrize(
    ("reward", "solved"), [(1.0, [1, 1, 1]), (0.81, [0, 1, 1]), (0.8, [0, 0, 1]), (0.0, [0, 0, 0]), (-1.0, [0, 0, 0])]
)
def test_the_rules_of_published_figures(reward: float, solved: list[int]) -> None:
    record = Record(task="circle-center", seed=1, model="x", max_steps=10, success=reward >= 1, reward=reward)
    row = BREAKDOWN.summarise([record])["rows"]["original"]
    assert [rate["successes"] for rate in row["solved"].values()] == solved


def test_its_table_fits_a_terminal_of_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    played = [
        Record(task=name, seed=seed, model="x", max_steps=10, success=True, reward=1.0)
        for name in names()
        for seed in range(100)
    ]
    Console(width=80).print(breakdown_table(BREAKDOWN.summarise(played)))
    lines = capsys.readouterr().out.splitlines()
    assert "…" not in "".join(lines)
    assert lines[0].split()[-6:] == ["reward", ">", "0.8", "reward", ">", "0"]
    assert lines[-1].split()[:3] == ["all", "125", "12500"]
