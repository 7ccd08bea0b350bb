"""All tasks, once each, solved by their oracles through the real adb."""

from collections.abc import Iterator
from copy import deepcopy

import pytest

from handeye.actions.geometry import Size
from handeye.actions.schema import OpenApp, Scroll, Terminate
from handeye.environments.settle import Settle
from handeye.evals.play import play
from handeye.evals.simulated_phone.catalog import STEPS, TASKS, challenge
from handeye.evals.simulated_phone.judge import differences, judged
from handeye.evals.simulated_phone.reader import NotOnScreen
from handeye.evals.simulated_phone.task import SimulatedPhoneTasks

SEED = 11


@pytest.fixture(scope="module")
def phones() -> Iterator[SimulatedPhoneTasks]:
    """A phone of a quarter of the pixels: as good for an oracle, and quicker to see."""
    settle = Settle(grace=0.02, quiet=0.04)
    with SimulatedPhoneTasks(size=Size(540, 1200), density=240, settle=settle) as suite:
        yield suite


@pytest.mark.slow
@pytest.mark.parametrize("name", TASKS)
def test_its_oracle_solves_it(phones: SimulatedPhoneTasks, name: str) -> None:
    record = play(phones.task(name, SEED), phones.environment(name), None, max_steps=STEPS)
    assert record.error is None
    assert record.success
    assert record.stop == "success"


@pytest.mark.slow
def test_a_phone_on_which_nothing_was_done_fails_every_task(phones: SimulatedPhoneTasks) -> None:
    environment = phones.environment("airplane-mode")
    environment.reset()
    phone = environment.phone
    for name in TASKS:
        drawn = challenge(name, SEED)
        phone.load(drawn.start)
        wanted = deepcopy(judged(phone.state()))
        drawn.change(wanted)
        assert list(differences(judged(phone.state()), wanted)), name


@pytest.mark.slow
def test_an_unwanted_change_fails_a_task(phones: SimulatedPhoneTasks) -> None:
    task, environment = phones.task("airplane-mode", SEED), phones.environment("airplane-mode")
    task.setup(environment)
    assert not task.score().success
    for move in task.oracle():
        if not isinstance(move.action, Terminate):
            environment.execute(move.action)
    assert task.score().success
    environment.shell(["settings", "put", "system", "font_scale", "1.3"])
    score = task.score()
    assert not score.success
    assert score.reason == "settings.system.font_scale is '1.3' instead of '1.0'"


@pytest.mark.slow
def test_an_oracle_that_finds_nothing_says_what_there_is(phones: SimulatedPhoneTasks) -> None:
    task, environment = phones.task("bluetooth", SEED), phones.environment("bluetooth")
    task.setup(environment)
    moves = task.oracle()
    assert isinstance(next(moves).action, OpenApp)
    with pytest.raises(NotOnScreen, match=r"'Connected devices' is not on the phone's screen, which says .*'Settings'"):
        for move in moves:
            assert isinstance(move.action, Scroll)
