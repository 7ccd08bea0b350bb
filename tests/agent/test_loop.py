import itertools
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.reading import Problem
from handeye.actions.schema import Action, Answer, AskUser, Back, Click, Note, Press, SwitchTab, Terminate, Type
from handeye.agent.approval import Approval, deny_all
from handeye.agent.decision import Decision, TokenCount
from handeye.agent.errors import InvalidTask, JournalError
from handeye.agent.history import History
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.journal.writer import JOURNAL
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.agent.step import Step
from handeye.environments.errors import ActionPartial, ActionRejected, EnvironmentLost
from handeye.environments.observation import Observation
from handeye.environments.wrapped import WrappedEnvironment
from handeye.model.errors import ContextTooLong

ONE, TWO, THREE = (Click(point=Point(index, index)) for index in range(1, 4))
DONE = Terminate(status="success", message="All done.")


def batch(*actions: Any) -> Decision:
    return Decision("", "", actions)


def statuses(step: Step) -> list[str]:
    return [outcome.status for outcome in step.outcomes]


def test_an_episode_from_the_first_look_to_the_end(room: Any) -> None:
    environment = room()
    seen: list[Step] = []
    episode = run_episode("T", environment, ScriptedPolicy([ONE, TWO, DONE]), on_step=seen.append)
    assert environment.executed == [ONE, TWO]
    assert (episode.stop, episode.message, episode.answer) == (StopReason.SUCCESS, "All done.", "All done.")
    assert (episode.task, episode.directory) == ("T", None)
    assert episode.steps == tuple(seen)
    assert [step.index for step in episode.steps] == [0, 1, 2]
    for earlier, later in itertools.pairwise(episode.steps):
        assert later.observation is earlier.outcomes[-1].observation


@pytest.mark.parametrize(
    ("action", "stop", "answer"),
    [
        (Answer(text="42"), StopReason.ANSWERED, "42"),
        (Terminate(status="failure"), StopReason.FAILURE, ""),
        (Terminate(status="infeasible", message="no such page"), StopReason.INFEASIBLE, "no such page"),
    ],
)
def test_how_a_policy_ends_an_episode(room: Any, action: Any, stop: StopReason, answer: str) -> None:
    episode = run_episode("T", room(), ScriptedPolicy([action]))
    assert (episode.stop, episode.answer) == (stop, answer)


class Recorder(ScriptedPolicy):
    """A scripted policy that keeps the histories it was shown."""

    def __init__(self, decisions: list[Any]) -> None:
        super().__init__(decisions)
        self.histories: list[History] = []

    def decide(self, history: History) -> Decision:
        self.histories.append(history)
        return super().decide(history)


def test_a_note_is_in_the_history_and_moves_nothing(room: Any) -> None:
    environment = room()
    policy = Recorder([Note(text="the code is 7"), DONE])
    run_episode("T", environment, policy)
    assert environment.executed == []
    assert policy.histories[1].steps[0].remark == "noted: the code is 7"


def test_the_user_is_asked_where_there_is_one(room: Any) -> None:
    policy = Recorder([AskUser(text="Which?"), AskUser(text="Sure?"), DONE])
    run_episode("T", room(), policy, user=lambda question: f"answer to {question}")
    assert policy.histories[2].steps[1].remark == "the user answered: answer to Sure?"
    policy = Recorder([AskUser(text="Which?"), DONE])
    run_episode("T", room(), policy)
    assert policy.histories[1].steps[0].remark == "rejected: there is nobody to ask: decide yourself"


@pytest.mark.parametrize("action", [Back(), SwitchTab(index=1)])
def test_what_the_environment_does_not_support_never_reaches_it(room: Any, action: Any) -> None:
    environment = room()
    asked: list[Any] = []
    policy = Recorder([action, DONE])

    def approve(action: Any, observation: Observation) -> Approval:
        asked.append(action)
        return Approval(True)

    run_episode("T", environment, policy, approve=approve)
    assert (environment.executed, asked) == ([], [])
    assert policy.histories[1].steps[0].remark == (
        f"rejected: `{action.type}` is not possible here; "
        "possible actions: `click`, `navigate`, `press`, `type`, `wait`, `zoom`"
    )


def test_approval_comes_before_execution(room: Any) -> None:
    environment = room()
    before: list[list[Any]] = []

    def approve(action: Any, observation: Observation) -> Approval:
        before.append(list(environment.executed))
        return Approval(action != TWO, "not that one")

    policy = Recorder([ONE, TWO, THREE, DONE])
    run_episode("T", environment, policy, approve=approve)
    assert before == [[], [ONE], [ONE]]
    assert environment.executed == [ONE, THREE]
    assert policy.histories[2].steps[1].remark == "denied: not that one"


def test_whoever_approves_can_end_the_episode(room: Any) -> None:
    environment = room()
    episode = run_episode("T", environment, ScriptedPolicy([ONE]), approve=lambda *_: Approval(False, "no", stop=True))
    assert (episode.stop, episode.message) == (StopReason.DENIED, "denied: no")
    assert environment.executed == []


def test_a_policy_that_is_always_denied_comes_to_an_end(room: Any) -> None:
    environment = room()
    episode = run_episode("T", environment, ScriptedPolicy([ONE] * 9), approve=deny_all)
    assert (episode.stop, len(episode.steps)) == (StopReason.PROBLEM_LIMIT, 3)
    assert episode.message == "denied: every action is denied"
    assert environment.executed == []


def test_a_reply_that_cannot_be_read_is_neither_an_action_nor_an_end(room: Any) -> None:
    environment = room()
    policy = Recorder([Decision("??", "", (), Problem("no JSON", "??")), Decision("", "", ()), DONE])
    episode = run_episode("T", environment, policy)
    assert episode.stop is StopReason.SUCCESS
    assert [step.remark for step in policy.histories[2].steps] == [
        "problem: no JSON",
        "problem: the reply contains no action",
    ]
    assert environment.executed == []


def test_a_rejected_action_is_told_to_the_policy(room: Any) -> None:
    environment = room({0: ActionRejected("covered by a dialog")})
    policy = Recorder([ONE, DONE])
    episode = run_episode("T", environment, policy)
    assert episode.stop is StopReason.SUCCESS
    assert policy.histories[1].steps[0].remark == "rejected: covered by a dialog"
    assert policy.histories[1].observation.time > policy.histories[0].observation.time


def test_a_batch_runs_in_order(room: Any) -> None:
    environment = room()
    episode = run_episode("T", environment, ScriptedPolicy([batch(ONE, Press(keys=("enter",)), THREE, DONE)]))
    assert environment.executed == [ONE, Press(keys=("enter",)), THREE]
    assert episode.stop is StopReason.SUCCESS
    assert statuses(episode.steps[0]) == ["executed"] * 4


def test_a_batch_ends_at_the_first_failure(room: Any) -> None:
    environment = room({1: ActionRejected("covered")})
    episode = run_episode("T", environment, ScriptedPolicy([batch(ONE, TWO, THREE), DONE]))
    assert environment.executed == [ONE, TWO]
    assert statuses(episode.steps[0]) == ["executed", "rejected"]


def test_a_batch_ends_when_the_page_changes(room: Any) -> None:
    environment = room({1: "http://room/next"})
    episode = run_episode("T", environment, ScriptedPolicy([batch(ONE, TWO, THREE), DONE]))
    assert environment.executed == [ONE, TWO]
    assert episode.steps[0].remark == "1 more not executed"


def test_a_batch_ends_at_a_denial(room: Any) -> None:
    environment = room()
    run_episode(
        "T", environment, ScriptedPolicy([batch(ONE, TWO, THREE), DONE]), approve=lambda a, _: Approval(a != TWO)
    )
    assert environment.executed == [ONE]


def test_an_eval_ends_an_episode(room: Any) -> None:
    environment = room()
    episode = run_episode(
        "T", environment, ScriptedPolicy([batch(ONE, TWO, THREE)]), ended=lambda: len(environment.executed) == 2
    )
    assert episode.stop is StopReason.TASK_ENDED
    assert environment.executed == [ONE, TWO]


def test_an_eval_that_finds_the_environment_lost_is_a_failure_after_an_executed_action(
    room: Any, tmp_path: Path
) -> None:
    def ended() -> bool:
        raise EnvironmentLost("the page crashed")

    episode = run_episode("T", room(), ScriptedPolicy([ONE]), ended=ended, journal=tmp_path)
    assert (episode.stop, statuses(episode.steps[0])) == (StopReason.FAILED, ["executed"])
    assert episode.message == "whether the task is over is unknown: the page crashed"
    assert read_trajectory(tmp_path).steps == episode.steps


@pytest.mark.parametrize(("error", "status"), [({}, "executed"), ({0: ActionPartial("one of two taps")}, "partial")])
def test_ctrl_c_while_the_end_is_asked_for_leaves_the_action_as_it_was(
    room: Any, tmp_path: Path, error: dict[int, Exception], status: str
) -> None:
    def ended() -> bool:
        raise KeyboardInterrupt

    episode = run_episode("T", room(error), ScriptedPolicy([ONE]), ended=ended, journal=tmp_path)
    assert episode.stop is read_trajectory(tmp_path).stop is StopReason.INTERRUPTED
    assert statuses(episode.steps[0]) == statuses(read_trajectory(tmp_path).steps[0]) == [status]


def test_a_part_of_an_action_is_told_journaled_and_ends_the_batch(room: Any, tmp_path: Path) -> None:
    part = Type(text="ha")
    environment = room({0: ActionPartial("only 2 of 5 characters were typed", part)})
    batched = batch(Type(text="hallo"), TWO)
    episode = run_episode(
        "T", environment, ScriptedPolicy([batched, DONE]), limits=Limits(problems=1), journal=tmp_path
    )
    step = episode.steps[0]
    assert (episode.stop, statuses(step), step.executed) == (StopReason.SUCCESS, ["partial"], True)
    assert step.remark == "partial: only 2 of 5 characters were typed; 1 more not executed"
    assert step.outcomes[0].done == part
    assert read_trajectory(tmp_path).steps == episode.steps


def test_a_task_may_be_over_after_a_part_of_an_action(room: Any) -> None:
    environment = room({0: ActionPartial("one of two clicks")})
    episode = run_episode("T", environment, ScriptedPolicy([ONE]), ended=lambda: True)
    assert (episode.stop, statuses(episode.steps[0])) == (StopReason.TASK_ENDED, ["partial"])


@pytest.mark.parametrize(
    ("limits", "stop", "steps"),
    [
        (Limits(steps=0), StopReason.STEP_LIMIT, 0),
        (Limits(steps=2), StopReason.STEP_LIMIT, 2),
        (Limits(tokens=100), StopReason.TOKEN_LIMIT, 2),
        (Limits(seconds=0.0), StopReason.TIME_LIMIT, 0),
    ],
)
def test_limits(room: Any, limits: Limits, stop: StopReason, steps: int) -> None:
    decision = Decision("", "", (ONE,), tokens=TokenCount(50, 0, 5, 0.1))
    episode = run_episode("T", room(), ScriptedPolicy([decision] * 9), limits=limits)
    assert (episode.stop, len(episode.steps)) == (stop, steps)


def test_a_lost_environment_is_a_failure_that_can_be_resumed(room: Any, tmp_path: Path) -> None:
    environment = room({1: EnvironmentLost("the browser crashed")})
    episode = run_episode("T", environment, ScriptedPolicy([ONE, TWO, DONE]), journal=tmp_path)
    assert (episode.stop, episode.message) == (StopReason.FAILED, "lost: the browser crashed")
    trajectory = read_trajectory(tmp_path)
    assert (trajectory.stop, trajectory.message) == (episode.stop, episode.message)
    assert trajectory.steps == episode.steps
    assert not trajectory.stop.final


class Failing:
    name = "failing"

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def decide(self, history: History) -> Decision:
        raise self.error


def test_a_policy_that_fails_is_no_finish(room: Any) -> None:
    episode = run_episode("T", room(), Failing(ContextTooLong("the prompt is too long")))
    assert (episode.stop, episode.message) == (StopReason.FAILED, "the prompt is too long")


def test_a_bug_is_raised_and_recorded(room: Any, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        run_episode("T", room(), Failing(ZeroDivisionError("oops")), journal=tmp_path)
    trajectory = read_trajectory(tmp_path)
    assert (trajectory.stop, trajectory.message) == (StopReason.FAILED, "ZeroDivisionError: oops")


def test_an_interrupt_while_deciding(room: Any, tmp_path: Path) -> None:
    episode = run_episode("T", room(), Failing(KeyboardInterrupt()), journal=tmp_path)
    assert (episode.stop, episode.steps) == (StopReason.INTERRUPTED, ())
    assert read_trajectory(tmp_path).stop is StopReason.INTERRUPTED


def test_an_interrupt_while_acting_leaves_it_open_whether_it_happened(room: Any, tmp_path: Path) -> None:
    environment = room({1: KeyboardInterrupt()})
    episode = run_episode("T", environment, ScriptedPolicy([ONE, TWO]), journal=tmp_path)
    assert episode.stop is StopReason.INTERRUPTED
    assert statuses(episode.steps[1]) == ["unknown"]
    assert read_trajectory(tmp_path).steps == episode.steps


def test_an_interrupt_while_approving_is_before_the_action(room: Any, tmp_path: Path) -> None:
    def approve(action: Any, observation: Observation) -> Approval:
        raise KeyboardInterrupt

    environment = room()
    episode = run_episode("T", environment, ScriptedPolicy([ONE]), journal=tmp_path, approve=approve)
    assert episode.stop is StopReason.INTERRUPTED
    assert environment.executed == []
    assert episode.steps[0].remark == "not executed: interrupted"
    assert read_trajectory(tmp_path).steps == episode.steps


def test_the_journal_says_what_the_episode_says(room: Any, tmp_path: Path) -> None:
    policy = ScriptedPolicy(
        [batch(ONE, TWO), Decision("??", "", (), Problem("no JSON", "??")), Note(text="7"), Back(), DONE]
    )
    began = time.time()
    episode = run_episode(
        "Tästé",
        room(),
        policy,
        journal=tmp_path / "run",
        screenshots=2,
        settings={"viewport": [1, 2]},
        limits=Limits(9),
    )
    took = time.time() - began + 0.01  # another clock
    trajectory = read_trajectory(tmp_path / "run")
    assert episode.directory == trajectory.directory == tmp_path / "run"
    assert trajectory.steps == episode.steps
    assert (trajectory.task, trajectory.stop, trajectory.message) == ("Tästé", episode.stop, "All done.")
    assert max(trajectory.seconds, episode.seconds) <= took
    assert min(trajectory.seconds, episode.seconds) >= sum(step.outcomes[-1].seconds for step in episode.steps)
    meta = trajectory.meta
    assert (meta.policy, meta.profile, meta.environment) == ("scripted", None, "room")
    assert (meta.limits, meta.screenshots, meta.settings) == (Limits(9), 2, {"viewport": [1, 2]})


def test_the_intent_is_on_disk_when_the_action_is_executed(room: Any, tmp_path: Path) -> None:
    class Looking(room):  # type: ignore[misc]
        def execute(self, action: Any) -> Observation:
            self.lines = (tmp_path / JOURNAL).read_text().splitlines()
            return super().execute(action)  # type: ignore[no-any-return]

    environment = Looking()
    run_episode("T", environment, ScriptedPolicy([ONE, DONE]), journal=tmp_path)
    assert [line.split('"')[3] for line in environment.lines] == ["meta", "decision", "intent"]


def test_a_journal_that_is_there_already_is_not_touched(room: Any, tmp_path: Path) -> None:
    run_episode("T", room(), ScriptedPolicy([DONE]), journal=tmp_path)
    before = (tmp_path / JOURNAL).read_bytes()
    environment = room()
    with pytest.raises(JournalError, match="holds an episode already"):
        run_episode("T", environment, ScriptedPolicy([ONE]), journal=tmp_path)
    assert environment.executed == []
    assert (tmp_path / JOURNAL).read_bytes() == before


@pytest.mark.parametrize(("task", "reason"), [("", "empty"), (" \n", "empty"), ("\udcff", "UTF-8")])
def test_a_task_that_is_none_is_refused_before_anything_happens(room: Any, task: str, reason: str) -> None:
    environment = room()
    with pytest.raises(InvalidTask, match=reason):
        run_episode(task, environment, ScriptedPolicy([DONE]))
    assert environment.looks == 0


def test_screenshots_are_not_kept_decoded(room: Any) -> None:
    class Looking(ScriptedPolicy):
        def decide(self, history: History) -> Decision:
            assert history.observation.image.size == Size(96, 64)
            return super().decide(history)

    episode = run_episode("T", room(), Looking([ONE, TWO, DONE]))
    assert all("image" not in vars(step.observation) for step in episode.steps)


def test_a_script_that_is_too_short_is_a_failure(room: Any) -> None:
    episode = run_episode("T", room(), ScriptedPolicy([ONE]))
    assert (episode.stop, episode.message) == (
        StopReason.FAILED,
        "the script holds 1 decisions, but step 2 needs another one",
    )


def test_what_an_environment_sees_missing_makes_an_action_partial(room: Any, tmp_path: Path) -> None:
    class Short(WrappedEnvironment):
        def execute(self, action: Action) -> Observation:
            seen = super().execute(action)
            part = ActionPartial("the field reads 'ha'", Type(text="ha"))
            return replace(seen, notices=("the field reads 'ha'", "It rains."), shortfall=part)

    episode = run_episode("T", Short(room()), ScriptedPolicy([Type(text="hallo"), DONE]), journal=tmp_path)
    outcome = episode.steps[0].outcomes[0]
    assert (outcome.status, outcome.message, outcome.done) == ("partial", "the field reads 'ha'", Type(text="ha"))
    assert episode.steps[1].observation.notices == ("It rains.",)
    assert read_trajectory(tmp_path).steps == episode.steps
