import json

import pytest
from rich.console import Console

from handeye.evals.mobile_miniwob.names import MINIWOB
from handeye.evals.mobile_miniwob.protocol import LABELS, protocol
from handeye.evals.mobile_miniwob.sets import Families
from handeye.evals.record import Record

FAMILIES = Families(LABELS["chromium"], ("drag-item",))


def record(task: str, reward: float, error: str | None = None) -> Record:
    return Record(task=task, seed=0, model="x", max_steps=30, success=reward == 1.0, reward=reward, error=error)


def test_both_families_are_counted() -> None:
    part = FAMILIES.summarise([record("click-test", 1.0), record("circle-center", -1.0)])
    whole, subset = part["families"]["miniwob"], part["families"]["miniwob_subset"]
    assert (whole["tasks"], whole["played"], whole["mean"]) == (92, 2, 0.5)
    assert (subset["tasks"], subset["played"], subset["mean"]) == (62, 1, 1.0)


@pytest.mark.parametrize(("reward", "error"), [(0.26, None), (-0.75, None), (-0.5, None), (0.0, "the browser is gone")])
def test_what_android_world_cannot_read_falls_out_of_its_mean_and_counts_as_a_failure_here(
    reward: float, error: str | None
) -> None:
    part = FAMILIES.summarise([record("click-test", 1.0), record("tic-tac-toe", reward, error)])
    row = part["families"]["miniwob_subset"]
    assert row["mean"] == 0.5
    assert row["upstream_mean"] == 1.0
    assert row["upstream_dropped"] == 1


@pytest.mark.parametrize("reward", [-1.0, 0.0])
def test_a_failure_that_it_can_read_counts_in_both(reward: float) -> None:
    row = FAMILIES.summarise([record("click-test", 1.0), record("tic-tac-toe", reward)])["families"]["miniwob"]
    assert (row["mean"], row["upstream_mean"], row["upstream_dropped"]) == (0.5, 0.5, 0)


def test_a_part_of_the_checkboxes_is_a_failure_on_its_own_pages() -> None:
    part = record("click-checkboxes", -0.5)
    assert FAMILIES.summarise([part])["families"]["miniwob"]["upstream_dropped"] == 0
    with_its_pages = Families(LABELS["chromium"], own_pages=False)
    assert with_its_pages.summarise([part])["families"]["miniwob"]["upstream_dropped"] == 1


def test_a_mean_is_over_tasks() -> None:
    records = [
        record("click-test", 1.0),
        *(record("click-link", -1.0).model_copy(update={"seed": n}) for n in range(3)),
    ]
    assert FAMILIES.summarise(records)["families"]["miniwob"]["mean"] == 0.5


def test_nothing_played_has_no_mean() -> None:
    part = FAMILIES.summarise([])
    assert part["families"]["miniwob"]["mean"] is None
    json.dumps(part, allow_nan=False)
    assert FAMILIES.show(part)


def test_the_label_stands_above_the_scores_within_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(width=80)
    for line in FAMILIES.show(FAMILIES.summarise([record(name, 1.0) for name in MINIWOB])):
        console.print(line)
    shown = capsys.readouterr().out
    assert shown.startswith("PROXY IN CHROMIUM, NOT ANDROID")
    assert "drag-item" in shown
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_the_protocol_begins_with_the_label() -> None:
    assert protocol("phone", "the package").startswith("PROXY ON THE SIMULATED PHONE, NOT ANDROID: ")
    assert protocol("chromium", "the package") != protocol("chromium", "a checkout")
