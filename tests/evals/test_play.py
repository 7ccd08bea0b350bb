from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, NewTab, Terminate
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.journal.verdict import Verdict, read_verdict
from handeye.agent.policies.scripted import ScriptedPolicy, as_decision
from handeye.environments.errors import EnvironmentLost
from handeye.evals.miniwob.task import MiniWob, MiniWobTask
from handeye.evals.play import play
from handeye.evals.policy_oracle import OraclePolicy
from handeye.evals.task import Score

T = TypeVar("T")


def test_an_oracle_solves_its_task_and_leaves_a_journal(suite: MiniWob, tmp_path: Path) -> None:
    started: list[str] = []
    record = play(
        suite.task("enter-text", 3),
        suite.environment("enter-text"),
        None,
        max_steps=10,
        journal=tmp_path / "episode",
        on_start=started.append,
    )
    assert record.success
    assert (record.reward, record.stop, record.steps, record.model) == (1.0, "task_ended", 3, "oracle")
    assert record.error is None
    assert started == [record.instruction]
    assert read_verdict(tmp_path / "episode") == Verdict(solved=True, text="reward 1.00")
    trajectory = read_trajectory(tmp_path / "episode")
    assert trajectory.task == record.instruction
    assert trajectory.steps[-1].decision.thought == 'Click the button "Submit".'


def test_saying_that_it_is_done_is_not_enough(suite: MiniWob) -> None:
    policy = ScriptedPolicy([Terminate(status="success")], name="boaster")
    record = play(suite.task("click-tab", 1), suite.environment("click-tab"), policy, max_steps=10)
    assert (record.success, record.reward, record.stop, record.model) == (False, 0.0, "success", "boaster")


def test_a_wrong_click_fails_and_ends_the_episode(suite: MiniWob) -> None:
    task = suite.task("click-test-2", 1)
    task.setup(suite.environment(task.name))
    wrong = task.reader().spot("#subbtn2")
    policy = ScriptedPolicy([Click(point=wrong)] * 3)
    record = play(task, suite.environment(task.name), policy, max_steps=10)
    assert (record.success, record.reward, record.steps) == (False, -1.0, 1)


def test_running_out_of_steps_is_a_failure(suite: MiniWob) -> None:
    policy = ScriptedPolicy([Click(point=Point(330, 440))] * 3)
    record = play(suite.task("click-test", 1), suite.environment("click-test"), policy, max_steps=3)
    assert (record.success, record.stop, record.steps) == (False, "step_limit", 3)


def test_a_policy_that_breaks_is_a_failure_with_a_reason(suite: MiniWob) -> None:
    record = play(suite.task("click-test", 1), suite.environment("click-test"), OraclePolicy(iter(())), max_steps=3)
    assert (record.success, record.stop) == (False, "failed")
    assert record.error == "the oracle has no further move, and the task is not over"


def test_leaving_the_page_is_a_failure_and_no_error(suite: MiniWob) -> None:
    policy = ScriptedPolicy([NewTab(), Terminate(status="success")])
    record = play(suite.task("click-test", 1), suite.environment("click-test"), policy, max_steps=3)
    assert (record.success, record.stop, record.error) == (False, "success", None)


@pytest.mark.slow
def test_a_browser_that_dies_is_a_failure_and_the_next_episode_is_played(suite: MiniWob) -> None:
    class Assassin:
        name = "assassin"

        def decide(self, history: History) -> Decision:
            for process in psutil.Process().children(recursive=True):
                if "chrom" in process.name():
                    process.kill()
            return as_decision(Click(point=Point(100, 100)))

    record = play(suite.task("click-test", 1), suite.environment("click-test"), Assassin(), max_steps=3)
    assert (record.success, record.stop) == (False, "failed")
    assert record.error
    assert play(suite.task("click-test", 1), suite.environment("click-test"), None, max_steps=3).success


def test_ctrl_c_is_raised(suite: MiniWob) -> None:
    class Impatient:
        name = "impatient"

        def decide(self, history: History) -> Decision:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(suite.task("click-test", 1), suite.environment("click-test"), Impatient(), max_steps=3)


@pytest.mark.parametrize("failing", ["ended", "score"])
def test_an_eval_that_cannot_judge_is_an_error_and_no_verdict(suite: MiniWob, tmp_path: Path, failing: str) -> None:
    class Silent(MiniWobTask):
        def ended(self) -> bool:
            return self._answer(failing == "ended", super().ended)

        def score(self) -> Score:
            return self._answer(failing == "score", super().score)

        def _answer(self, silent: bool, judge: Callable[[], T]) -> T:
            if silent:
                raise EnvironmentLost("the page does not answer")
            return judge()

    known = suite.task("click-test", 1)
    task = Silent(known.name, known.seed, known._url)
    record = play(task, suite.environment(task.name), None, max_steps=3, journal=tmp_path / "episode")
    assert (record.success, record.reward) == (False, 0.0)
    assert record.error is not None and "the page does not answer" in record.error
    assert read_verdict(tmp_path / "episode") is None
    step = read_trajectory(tmp_path / "episode").steps[-1]
    assert step.outcomes[-1].status == "executed", "the click was made all the same"


def test_the_journal_says_which_episode_it_is(suite: MiniWob, tmp_path: Path) -> None:
    task = suite.task("click-test", 5)
    play(task, suite.environment(task.name), None, max_steps=3, journal=tmp_path, attempt=3)
    assert read_trajectory(tmp_path).meta.settings == {"task": "click-test", "seed": 5, "attempt": 3, "repeat": 0}
