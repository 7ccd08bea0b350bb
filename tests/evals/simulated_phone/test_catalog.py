from pathlib import Path

import pytest

from handeye.evals.errors import UnknownTask
from handeye.evals.simulated_phone.catalog import TASKS, THREE, challenge, select

DOCS = Path(__file__).parents[3] / "docs" / "benchmarks" / "simulated-phone.md"


def test_there_are_enough_tasks() -> None:
    assert len(TASKS) == 37
    assert set(THREE) <= set(TASKS)


@pytest.mark.parametrize("name", TASKS)
def test_a_seed_always_asks_the_same_and_seeds_differ(name: str) -> None:
    goals = [challenge(name, seed).goal for seed in range(12)]
    assert goals == [challenge(name, seed).goal for seed in range(12)]
    starts = [challenge(name, seed).start for seed in range(12)]
    assert starts == [challenge(name, seed).start for seed in range(12)]
    assert any((goal, start) != (goals[0], starts[0]) for goal, start in zip(goals, starts, strict=True))


def test_names_are_selected() -> None:
    assert select("all") == tuple(TASKS)
    assert select("three") == THREE
    assert select("dial, add-alarm,dial") == ("dial", "add-alarm")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("add-contct", "there is no task 'add-contct': did you mean add-contact"),
        ("xyz", "there is no task 'xyz': give names, or all, three"),
        (" , ", "no task is named"),
    ],
)
def test_other_names_are_refused(text: str, message: str) -> None:
    with pytest.raises(UnknownTask, match=message):
        select(text)


def test_the_page_tells_of_every_task() -> None:
    page = DOCS.read_text(encoding="utf-8")
    missing = [name for name in TASKS if f"| `{name}` |" not in page]
    assert missing == []
