"""The self-test of BrowserGym's host: a fake of it in a process of its own, played by an oracle, the middle and chance.

The fake replaces BrowserGym and its browser. The adapter, the connection, the actions and the verdicts are the real
ones.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from handeye.actions.geometry import Point
from handeye.actions.schema import Action, Answer, Click, Terminate, Type
from handeye.evals.browsergym import fake_adapter
from handeye.evals.browsergym.task import PROTOCOL, BrowserGym, BrowserGymTask
from handeye.evals.policy_center import CenterPolicy
from handeye.evals.policy_random import RandomPolicy
from handeye.evals.selftests.check import SelfTest
from handeye.evals.selftests.episodes import require_rewards
from handeye.evals.task import Move
from handeye.evals.worker import Job

FAKE: Final = Path(fake_adapter.__file__)
RANDOM_SEED: Final = 0
STEPS: Final = 10

KNOWN: Final = {
    ("miniwob.circle-center", 0): (0.291, -1.0),
    ("miniwob.circle-center", 1): (0.458, 0.612),
    ("miniwob.click-test", 0): (0.0, 0.0),
    ("miniwob.click-test", 2): (0.0, 1.0),
    ("miniwob.click-test", 7): (1.0, 0.0),
    ("miniwob.enter-text", 0): (0.0, 0.0),
    ("webarena.0", 0): (0.0, 0.0),
    ("webarena.1", 0): (0.0, 0.0),
}
"""The rewards of the two policies; the oracles' are 1."""


class _FakeTask(BrowserGymTask):
    """A task whose oracle knows the fake's pages."""

    def oracle(self) -> Iterator[Move]:
        """Return the one move that solves it."""
        page = fake_adapter.Page(self.name, self.drawn)
        moves: dict[str, Action] = {
            "miniwob.enter-text": Type(text=page.word, submit=True),
            "webarena.0": Answer(text=page.word),
            "webarena.1": Terminate(status="infeasible"),
        }
        yield Move("", moves.get(self.name, Click(point=Point(*page.target))))


class FakeBrowserGym(BrowserGym):
    """Makes the fake's tasks."""

    def __init__(self) -> None:
        super().__init__(python=sys.executable, seeds="plain", adapter=FAKE)

    def task(self, name: str, seed: int) -> BrowserGymTask:
        """Return the episode of a seed."""
        return _FakeTask(name, seed, seed)


def run(folder: Path) -> str:
    """Play the episodes. Raises `SelfTestFailed`."""
    jobs = [Job(name, seed, STEPS) for name, seed in KNOWN]
    center = {episode: reward for episode, (reward, _) in KNOWN.items()}
    chance = {episode: reward for episode, (_, reward) in KNOWN.items()}
    with FakeBrowserGym() as suite:
        shown = [
            require_rewards(suite, jobs, policy, known, folder, PROTOCOL)
            for policy, known in (
                (None, dict.fromkeys(KNOWN, 1.0)),
                (CenterPolicy(), center),
                (RandomPolicy(RANDOM_SEED), chance),
            )
        ]
    return ", ".join(shown)


SELF_TESTS: Final = (SelfTest("browsergym", run),)
