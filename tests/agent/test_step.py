from typing import Any

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Note
from handeye.agent.outcome import INTERRUPTED, Outcome, StopReason

THREE = tuple(Click(point=Point(index, 0)) for index in range(3))


def test_nothing_to_remark_when_all_went_as_decided(make_step: Any) -> None:
    assert make_step(0, Outcome("executed")).remark == ""


def test_what_went_wrong_is_remarked(make_step: Any) -> None:
    assert make_step(0, Outcome("rejected", "no such tab")).remark == "rejected: no such tab"
    assert make_step(0, Outcome("denied")).remark == "denied"
    assert make_step(0, Outcome("problem", "no JSON"), problem="no JSON").remark == "problem: no JSON"
    assert make_step(0, Outcome("unknown", INTERRUPTED)).remark == f"unknown: {INTERRUPTED}"


def test_what_came_back_is_remarked(make_step: Any) -> None:
    step = make_step(0, Outcome("executed", "noted: 42"), actions=(Note(text="42"),))
    assert step.remark == "noted: 42"


def test_a_batch_that_ended_early_is_remarked(make_step: Any) -> None:
    moved = make_step(0, Outcome("executed"), actions=THREE)
    assert moved.remark == "2 more not executed"
    failed = make_step(0, Outcome("executed"), Outcome("rejected", "covered"), actions=THREE)
    assert failed.remark == "rejected: covered; 1 more not executed"


def test_a_step_that_was_never_begun_is_remarked(make_step: Any) -> None:
    step = make_step(0)
    assert step.remark == "not executed: interrupted"
    assert not step.executed


def test_the_last_outcome_says_why_the_episode_ended(make_step: Any) -> None:
    assert make_step(0, Outcome("executed"), Outcome("denied", "", stop=StopReason.DENIED)).stop is StopReason.DENIED
    assert make_step(0, Outcome("executed")).stop is None
    assert make_step(0).stop is None


def test_reasons_say_whether_there_is_more_to_do() -> None:
    assert {reason for reason in StopReason if reason.succeeded} == {StopReason.SUCCESS, StopReason.ANSWERED}
    final = {StopReason.SUCCESS, StopReason.ANSWERED, StopReason.FAILURE, StopReason.INFEASIBLE, StopReason.TASK_ENDED}
    assert {reason for reason in StopReason if reason.final} == final
