"""The self-test of OSWorld: its whole path, from our actions to another interpreter, with a drawn screen for a machine.

What the benchmark's own evaluation makes of a last FAIL is checked on the real class, where that is installed.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from handeye.actions.schema import Terminate
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.policy import Policy
from handeye.evals.osworld.stand_in_tasks import KNOWN, ORACLES, stand_in_machine, write_tasks
from handeye.evals.osworld.task import OSWorldTasks, protocol
from handeye.evals.policy_center import CenterPolicy
from handeye.evals.policy_random import RandomPolicy
from handeye.evals.selftests.check import SelfTest
from handeye.evals.selftests.episodes import require_rewards
from handeye.evals.worker import Job

RANDOM_SEED: Final = 0
STEPS: Final = 4
"""As many as the longest oracle takes. The other policies never say that they are done."""


class EndingPolicy:
    """Ends each episode at once, with one claim."""

    def __init__(self, status: Literal["success", "infeasible"]) -> None:
        self.name = f"ends with {status}"
        self._status = status

    def decide(self, history: History) -> Decision:
        """Return the claim."""
        return Decision(text="", thought="", actions=(Terminate(status=self._status),))


def run(folder: Path) -> str:
    """Play the episodes. Raises `SelfTestFailed`."""
    examples = write_tasks(folder)
    machine = stand_in_machine(folder)
    policies: list[tuple[Policy | None, Mapping[str, float]]] = [
        (None, {name: known.oracle for name, known in KNOWN.items()}),
        (CenterPolicy(), {name: known.center for name, known in KNOWN.items()}),
        (RandomPolicy(RANDOM_SEED), {name: known.random for name, known in KNOWN.items()}),
        (EndingPolicy("success"), dict.fromkeys(KNOWN, 0.0)),
        (EndingPolicy("infeasible"), {name: float(name == "os/no-such-thing") for name in KNOWN}),
    ]
    with OSWorldTasks(machine, examples, oracles=ORACLES) as suite:
        shown = [
            require_rewards(
                suite,
                [Job(name, 0, STEPS) for name in KNOWN],
                policy,
                {(name, 0): reward for name, reward in known.items()},
                folder,
                protocol(machine),
            )
            for policy, known in policies
        ]
    return ", ".join(shown)


SELF_TESTS: Final = (SelfTest("osworld", run),)
