"""An episode in which the policy looks at a part of the screen, enlarged."""

from pathlib import Path
from typing import Any

from handeye.actions.geometry import Box, Point, Size
from handeye.actions.schema import Click, Press, Terminate, Zoom
from handeye.agent.approval import deny_all
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.loop import run_episode
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.agent.prompts.seen import seen

PART = Zoom(box=Box(48, 32, 96, 64))
DONE = Terminate(status="success")


def test_what_is_pointed_at_in_a_part_is_hit_and_journaled(room: Any, tmp_path: Path) -> None:
    environment = room()
    policy = ScriptedPolicy([PART, Click(point=Point(94, 62)), DONE])
    episode = run_episode("T", environment, policy, journal=tmp_path / "episode")
    assert environment.executed == [Click(point=Point(95, 63))]
    assert [step.observation.part is not None for step in episode.steps] == [False, True, False]
    kept = read_trajectory(tmp_path / "episode")
    assert [step.observation.part for step in kept.steps] == [step.observation.part for step in episode.steps]
    # The cursor is where the click landed on the screen, and not where it was in the part.
    history = History("T", episode.steps[:2], episode.steps[2].observation)
    assert history.cursor == Point(95, 63)
    assert seen(history, Size(96, 64)).cursor == Point(95, 63)


def test_the_cursor_is_where_it_is_in_the_part(room: Any) -> None:
    for at, shown in ((Point(60, 40), Point(25, 17)), (Point(5, 5), None)):
        episode = run_episode("T", room(), ScriptedPolicy([Click(point=at), PART, DONE]))
        history = History("T", episode.steps[:2], episode.steps[2].observation)
        assert seen(history, Size(96, 64)).cursor == shown


def test_looking_needs_no_approval(room: Any) -> None:
    environment = room()
    episode = run_episode("T", environment, ScriptedPolicy([PART, Click(point=Point(5, 5)), DONE]), approve=deny_all)
    assert [step.outcomes[0].status for step in episode.steps] == ["executed", "denied", "executed"]


def test_a_batch_ends_with_a_look_since_the_rest_was_decided_for_another_picture(room: Any) -> None:
    environment = room()
    pair = Decision("", "", (PART, Click(point=Point(5, 5))))
    episode = run_episode("T", environment, ScriptedPolicy([pair, Press(keys=("a",)), DONE]))
    assert environment.executed == [Press(keys=("a",))]
    assert "1 more not executed" in episode.steps[0].remark
