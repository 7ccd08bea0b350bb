import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Action, Answer, Click, Terminate, Type
from handeye.agent.outcome import StopReason
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.evals.errors import UnknownTask
from handeye.evals.osworld.scores import OSWorldScores
from handeye.evals.osworld.selftest import run
from handeye.evals.osworld.stand_in_tasks import stand_in_machine, write_tasks
from handeye.evals.osworld.task import OSWorldTasks, special
from handeye.evals.osworld.tasks import read_tasks
from handeye.evals.play import play
from handeye.evals.record import Record
from handeye.evals.worker import Job

MIDDLE = Click(point=Point(960, 540))
FEASIBLE = "os/button-in-the-middle"
IMPOSSIBLE = "os/no-such-thing"


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OSWorldTasks]:
    folder = tmp_path_factory.mktemp("stand-in")
    with OSWorldTasks(stand_in_machine(folder), write_tasks(folder)) as suite:
        yield suite


def played(suite: OSWorldTasks, name: str, actions: list[Action], max_steps: int = 5) -> Record:
    environment = suite.environment(name)
    return play(suite.task(name, 0), environment, ScriptedPolicy(actions), max_steps=max_steps)


@pytest.mark.parametrize(
    ("name", "last", "reward"),
    [
        (FEASIBLE, Terminate(status="success"), 1.0),
        (FEASIBLE, Answer(text="done"), 1.0),
        (FEASIBLE, Terminate(status="infeasible"), 0.0),
        (FEASIBLE, Terminate(status="failure"), 0.0),
        (FEASIBLE, None, 1.0),
        (IMPOSSIBLE, Terminate(status="infeasible"), 1.0),
        (IMPOSSIBLE, Terminate(status="failure"), 1.0),
        (IMPOSSIBLE, Terminate(status="success"), 0.0),
        (IMPOSSIBLE, Answer(text="it cannot be done"), 0.0),
        (IMPOSSIBLE, None, 0.0),
    ],
)
def test_how_an_episode_ends_is_judged(stand_in: OSWorldTasks, name: str, last: Action | None, reward: float) -> None:
    """None is the step limit, after which upstream judges what is there."""
    actions = [MIDDLE] if last is None else [MIDDLE, last]
    record = played(stand_in, name, actions, max_steps=len(actions))
    assert record.error is None
    assert (record.reward, record.success) == (reward, reward == 1)


def test_who_gives_up_may_be_taken_for_done() -> None:
    assert special(StopReason.FAILURE, "DONE") == "DONE"
    assert special(StopReason.INFEASIBLE, "DONE") == "FAIL"
    for stop in (StopReason.STEP_LIMIT, StopReason.TIME_LIMIT, StopReason.TOKEN_LIMIT, StopReason.PROBLEM_LIMIT, None):
        assert special(stop, "FAIL") is None


def test_partial_credit_is_kept_and_is_no_success(stand_in: OSWorldTasks) -> None:
    record = played(stand_in, "os/button-and-text", [MIDDLE, Terminate(status="success")])
    assert (record.reward, record.success) == (0.5, False)


def test_a_machine_that_dies_is_an_error_and_the_next_episode_is_played(stand_in: OSWorldTasks) -> None:
    environment = stand_in.environment(FEASIBLE)

    class Killing(ScriptedPolicy):
        def decide(self, history):  # type: ignore[no-untyped-def]
            environment.step(["crash"], 0.0)

    record = play(stand_in.task(FEASIBLE, 0), environment, Killing([MIDDLE]), max_steps=5)
    assert record.error is not None
    assert "SIGABRT" in record.error
    assert (record.success, record.reward) == (False, 0.0)
    again = played(stand_in, FEASIBLE, [MIDDLE, Terminate(status="success")])
    assert again.success


def test_no_oracle_plays_a_real_task(stand_in: OSWorldTasks) -> None:
    with pytest.raises(UnknownTask, match="no oracle"):
        stand_in.task(FEASIBLE, 0).oracle()


def test_text_is_typed_into_the_machine(stand_in: OSWorldTasks) -> None:
    text = "Grüße, 世界!\nif a < b: print('it\\'s \"quoted\"')"
    moves: list[Action] = [MIDDLE, Click(point=Point(400, 830)), Type(text=text), Terminate(status="success")]
    assert played(stand_in, "os/button-and-text", moves).reward == 1.0


def test_the_journals_folder_is_one_folder() -> None:
    assert Job("chrome/12345678", 0, 15).folder == "chrome-12345678-0"


@pytest.mark.slow
def test_the_self_test_is_right(tmp_path: Path) -> None:
    assert run(tmp_path) == (
        "oracle solves 5 of 5, center solves 1 of 5, random 0 solves 1 of 5, ends with success solves 0 of 5, "
        "ends with infeasible solves 1 of 5"
    )


def test_crashes_count_here_and_are_left_out_upstream(tmp_path: Path) -> None:
    write_tasks(tmp_path)
    tasks = read_tasks(tmp_path, Path("test_stand_in.json"))
    scores = OSWorldScores(tasks)
    scores.ask(tasks.names)
    common = {"seed": 0, "model": "m", "max_steps": 15}
    records = [
        Record(task="os/button-aside", success=True, reward=1.0, **common),
        Record(task="os/button-and-text", success=False, reward=0.5, **common),
        Record(task=IMPOSSIBLE, success=True, reward=1.0, **common),
        Record(task=FEASIBLE, success=False, error="it crashed", **common),
    ]
    part = json.loads(json.dumps(scores.summarise(records)))
    assert part["upstream"] == {"episodes": 3, "left_out": 1, "mean": pytest.approx(2.5 / 3)}
    rows = part["rows"]
    assert set(rows) == {"os", "feasible", "infeasible", "all"}
    assert rows["all"]["raw"]["mean"] == pytest.approx(2.5 / 4)
    assert rows["all"]["binary"]["mean"] == pytest.approx(2 / 4)
    assert rows["infeasible"]["binary"] == {"mean": 1.0, "low": pytest.approx(0.2065, abs=1e-3), "high": 1.0}
    assert rows["feasible"]["errors"] == 1
    assert 0 < rows["all"]["raw"]["low"] < 2.5 / 4 < rows["all"]["raw"]["high"] <= 1
    _, note = scores.show(part)
    assert "up to 15 steps; 4 of 5 tasks played" in str(note)
    assert "leaves out 1 with an error: 83.3%" in str(note)
    assert scores.summarise([])["upstream"]["mean"] is None
    assert scores.show(scores.summarise([]))
