from collections.abc import Sequence

import pytest

from handeye.evals.browsergym.benchmarks import step_limit
from handeye.evals.browsergym.selection import select
from handeye.evals.errors import UnknownTask

REGISTERED = {
    "miniwob": ["miniwob.click-test", "miniwob.enter-text"],
    "assistantbench": ["assistantbench.imp.0", "assistantbench.validation.0", "assistantbench.test.0"],
}


def registered(benchmark: str) -> Sequence[str]:
    return REGISTERED[benchmark]


@pytest.mark.parametrize(
    ("text", "tasks"),
    [
        ("miniwob", REGISTERED["miniwob"]),
        ("miniwob.enter-text", ["miniwob.enter-text"]),
        (" browsergym/miniwob.enter-text, miniwob ", ["miniwob.enter-text", "miniwob.click-test"]),
        ("assistantbench", REGISTERED["assistantbench"][1:]),
        ("assistantbench.imp.0", ["assistantbench.imp.0"]),
    ],
)
def test_a_text_selects(text: str, tasks: list[str]) -> None:
    assert select(text, registered) == tuple(tasks)


def test_sets_of_miniwob() -> None:
    assert len(select("webgum-56", registered)) == 56
    oracles = select("oracles", registered, oracle=True)
    assert len(oracles) == 106
    assert "miniwob.use-spinner" not in oracles


@pytest.mark.parametrize(
    ("text", "oracle", "message"),
    [
        ("", False, "no task is named"),
        ("minivob", False, "no benchmark 'minivob': it must be miniwob, webarena"),
        ("miniwob.click-tests", False, "did you mean miniwob.click-test"),
        ("oracles,assistantbench", True, "no oracle plays assistantbench.validation.0"),
    ],
)
def test_mistakes(text: str, oracle: bool, message: str) -> None:
    with pytest.raises(UnknownTask, match=message):
        select(text, registered, oracle=oracle)


@pytest.mark.parametrize(
    ("task", "steps"),
    [
        ("miniwob.click-test", 10),
        ("webarena.3", 30),
        ("workarena.servicenow.order-loaner-laptop", 15),
        ("workarena.servicenow.basic-filter-problems-and-mark-duplicates-small-l2", 50),
    ],
)
def test_steps_are_browsergyms(task: str, steps: int) -> None:
    assert step_limit(task) == steps
