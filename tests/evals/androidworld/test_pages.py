"""Pages of MobileMiniWoB++, whose reward ends the episode, and the one that upstream cannot read."""

from collections.abc import Callable, Iterator

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Click
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.policies.scripted import as_decision
from handeye.evals.androidworld.families import Family
from handeye.evals.androidworld.task import PARTIAL, AndroidWorld, AndroidWorldTask
from handeye.evals.androidworld.world import WorldSettings
from handeye.evals.play import play
from handeye.evals.task import Score

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def suite(settings_of: Callable[[Family], WorldSettings]) -> Iterator[AndroidWorld]:
    """The family miniwob_subset of the stand-in."""
    with AndroidWorld(settings_of("miniwob_subset")) as suite:
        yield suite


@pytest.mark.parametrize(
    ("key", "reward", "reason"),
    [("airplane_mode_on", 1.0, ""), ("bluetooth_on", -0.5, PARTIAL), ("zen_mode", 0.0, "")],
)
def test_a_reward_ends_the_episode_and_a_partial_one_is_a_failure(
    suite: AndroidWorld, key: str, reward: float, reason: str
) -> None:
    class Plays:
        name = "plays"

        def decide(self, history: History) -> Decision:
            assert history.task.startswith("Follow the instructions shown on the top of the screen: Turn on airplane")
            suite.environment("").phone.shell(["settings", "put", "global", key, "1"])
            return as_decision(Click(point=Point(2, 1200)))

    class Keeps(AndroidWorldTask):
        def score(self) -> Score:
            self.kept = super().score()
            return self.kept

    task = Keeps("tic-tac-toe", 0, suite._world, None)
    record = play(task, suite.environment(""), Plays(), max_steps=5)
    assert (record.reward, record.success, record.error) == (reward, reward == 1.0, None)
    assert (record.stop, record.steps) == ("task_ended", 1)
    assert task.kept.reason == reason
