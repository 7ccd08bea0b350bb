"""The self-test of MiniWoB++: ten pages, on which an oracle, the middle of the screen and chance score as is known."""

from pathlib import Path
from typing import Final

from handeye.evals.miniwob.selection import step_limit
from handeye.evals.miniwob.task import PROTOCOL, MiniWob
from handeye.evals.policy_center import CenterPolicy
from handeye.evals.policy_random import RandomPolicy
from handeye.evals.selftests.check import SelfTest
from handeye.evals.selftests.episodes import require_rewards
from handeye.evals.worker import Job

RANDOM_SEED: Final = 0

KNOWN: Final = {
    ("ascending-numbers", 1_000_001): (0.0, -1.0),
    ("click-color", 1_000_000): (0.0, 1.0),
    ("click-shape", 1_000_000): (-1.0, -1.0),
    ("click-tab", 1_000_000): (0.0, 0.0),
    ("click-test", 1_000_001): (1.0, 0.0),
    ("count-shape", 1_000_000): (-1.0, -1.0),
    ("find-greatest", 1_000_000): (0.0, 0.0),
    ("focus-text", 1_000_000): (0.0, 1.0),
    ("grid-coordinate", 1_000_000): (0.0, -1.0),
    ("hot-cold", 1_000_000): (0.25, -1.0),
}
"""The raw rewards of the two policies; the oracles' are 1. Where neither hits anything that counts, the page goes on to
the last step and gives none."""


def run(folder: Path) -> str:
    """Play the episodes. Raises `SelfTestFailed`, and `MissingDependency` without the pages or a browser."""
    jobs = [Job(name, seed, step_limit(name)) for name, seed in KNOWN]
    center = {episode: reward for episode, (reward, _) in KNOWN.items()}
    chance = {episode: reward for episode, (_, reward) in KNOWN.items()}
    with MiniWob() as suite:
        shown = [
            require_rewards(suite, jobs, policy, known, folder, PROTOCOL)
            for policy, known in (
                (None, dict.fromkeys(KNOWN, 1.0)),
                (CenterPolicy(), center),
                (RandomPolicy(RANDOM_SEED), chance),
            )
        ]
    return ", ".join(shown)


SELF_TESTS: Final = (SelfTest("miniwob", run),)
