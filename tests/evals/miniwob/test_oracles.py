"""The oracles prove the rewards: each solves its task, on the page's own word, with real mouse and keyboard."""

import gc
from dataclasses import dataclass, field

import psutil
import pytest

from handeye.evals.miniwob.oracles import ORACLES
from handeye.evals.miniwob.selection import step_limit
from handeye.evals.miniwob.task import MiniWob
from handeye.evals.play import play
from handeye.evals.record import Record

SAMPLE = ("click-dialog-2", "choose-list", "enter-date", "login-user-popup", "drag-box", "click-scroll-list")
"""One of each kind of action, for every run of the tests."""

PROVEN = (
    *("click-button", "click-dialog", "click-dialog-2", "click-test", "click-test-2", "click-link", "click-tab"),
    *("click-color", "click-shades", "click-widget", "grid-coordinate", "click-option", "click-checkboxes"),
    *("choose-list", "click-scroll-list", "focus-text", "focus-text-2", "enter-text", "enter-password", "login-user"),
    *("enter-date", "enter-time", "use-slider", "drag-box", "scroll-text-2"),
)
"""Played on several seeds each."""
SEEDS = range(1_000_000, 1_000_010)
OTHER_SEEDS = range(1_000_000, 1_000_002)
WARM = 2
"""Tasks, of ten episodes each, after which memory should no longer grow."""


@dataclass
class Played:
    """Many episodes in this process."""

    records: list[Record] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    """Bytes resident in this process, after each task."""
    children: list[int] = field(default_factory=list)
    """Processes below this one, after each task."""


@pytest.fixture(scope="module")
def played(suite: MiniWob) -> Played:
    played = Played()
    for name in PROVEN:
        for seed in SEEDS:
            played.records.append(
                play(suite.task(name, seed), suite.environment(name), None, max_steps=step_limit(name))
            )
        gc.collect()  # not after each episode: in a process that ran all other tests it takes as long as one
        played.memory.append(psutil.Process().memory_info().rss)
        played.children.append(len(psutil.Process().children(recursive=True)))
    return played


@pytest.mark.parametrize("name", SAMPLE)
def test_oracle_solves_its_task(suite: MiniWob, name: str) -> None:
    thoughts: list[str] = []
    record = play(
        suite.task(name, 17),
        suite.environment(name),
        None,
        max_steps=step_limit(name),
        on_step=lambda step: thoughts.append(step.decision.thought),
    )
    assert record.success, record
    assert all(len(thought) <= 60 and thought.endswith(".") for thought in thoughts), thoughts


@pytest.mark.slow
def test_oracles_never_fail(played: Played) -> None:
    assert [record for record in played.records if not record.success] == []
    assert len(played.records) >= 250


@pytest.mark.slow
def test_memory_and_processes_do_not_grow(played: Played) -> None:
    assert len(played.records) >= 200
    assert len(played.memory) == len(PROVEN)
    assert max(played.memory[WARM:]) <= 1.1 * max(played.memory[:WARM])
    assert max(played.children) <= played.children[0] + 1  # another renderer may be alive for a moment


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ORACLES if name not in PROVEN and name not in SAMPLE])
def test_the_other_oracles_solve_theirs(suite: MiniWob, name: str) -> None:
    for seed in OTHER_SEEDS:
        thoughts: list[str] = []
        record = play(
            suite.task(name, seed),
            suite.environment(name),
            None,
            max_steps=step_limit(name),
            on_step=lambda step, heard=thoughts: heard.append(step.decision.thought),
        )
        assert record.success, record
        assert all(len(thought) <= 60 and thought.endswith(".") for thought in thoughts), thoughts
