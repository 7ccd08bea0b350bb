"""The self-test of the simulated phone: three tasks, which their oracles solve, and clicks on the middle do not."""

from pathlib import Path
from typing import Final

from handeye.evals.policy_center import CenterPolicy
from handeye.evals.selftests.check import SelfTest
from handeye.evals.selftests.episodes import require_rewards
from handeye.evals.simulated_phone.catalog import STEPS, THREE
from handeye.evals.simulated_phone.task import PROTOCOL, SimulatedPhoneTasks
from handeye.evals.worker import Job

SEED: Final = 0
CLICKS: Final = 3
"""Steps of the policy that clicks the middle, which never says that it is done."""


def run(folder: Path) -> str:
    """Play the episodes. Raises `SelfTestFailed`, and `MissingDependency` without a browser or adb."""
    solved, missed = (dict.fromkeys(((name, SEED) for name in THREE), reward) for reward in (1.0, 0.0))
    with SimulatedPhoneTasks() as suite:
        shown = [
            require_rewards(suite, [Job(name, SEED, STEPS) for name in THREE], None, solved, folder, PROTOCOL),
            require_rewards(
                suite, [Job(name, SEED, CLICKS) for name in THREE], CenterPolicy(), missed, folder, PROTOCOL
            ),
        ]
    return ", ".join(shown)


SELF_TESTS: Final = (SelfTest("simulated-phone", run),)
