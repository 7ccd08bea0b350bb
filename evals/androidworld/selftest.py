"""The self-test of AndroidWorld: a stand-in for its package, on the simulated phone, over real adb.

Its tasks are prepared, shown and judged in a process of their own, as those of the real package are. Oracles solve them
all; clicks on the middle and by chance reach no goal, and what holds from the start gives no reward to those that never
say that they are done.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from handeye.agent.policy import Policy
from handeye.evals.androidworld.catalog import read_catalog
from handeye.evals.androidworld.fake.checkout import write_checkout
from handeye.evals.androidworld.fake.emulator import SimulatedEmulator
from handeye.evals.androidworld.fake.oracles import ORACLES
from handeye.evals.androidworld.families import SEED, Family
from handeye.evals.androidworld.place import Place
from handeye.evals.androidworld.task import AndroidWorld, protocol
from handeye.evals.androidworld.world import WorldSettings
from handeye.evals.policy_center import CenterPolicy
from handeye.evals.policy_random import RandomPolicy
from handeye.evals.selftests.check import SelfTest
from handeye.evals.selftests.episodes import require_rewards
from handeye.evals.worker import Job

CLICKS: Final = 2
"""Steps of the policies that click, and never say that they are done."""
FAMILIES: Final[tuple[Family, ...]] = ("android_world", "miniwob_subset")


def run(folder: Path) -> str:
    """Play the episodes. Raises `SelfTestFailed`, and `MissingDependency` without a browser or adb."""
    place = Place(folder=write_checkout(folder / "android_world"))
    shown: dict[str, list[str]] = {}
    with SimulatedEmulator() as emulator:
        for family in FAMILIES:
            catalog = read_catalog(place, family, SEED)
            settings = WorldSettings(place, family, SEED, (emulator.emulator,), adb_port=emulator.adb_port)
            policies: Mapping[str, Policy | None] = {
                "oracle": None,
                "center": CenterPolicy(),
                "chance": RandomPolicy(SEED),
            }
            for name, policy in policies.items():
                steps = {task: facts.steps if policy is None else CLICKS for task, facts in catalog.tasks.items()}
                jobs = [Job(task, 0, most) for task, most in steps.items()]
                known = {(job.task, job.seed): float(policy is None) for job in jobs}
                with AndroidWorld(settings, oracles=ORACLES) as suite:
                    said = require_rewards(suite, jobs, policy, known, folder / family, protocol(family))
                shown.setdefault(name, []).append(said)
    return ", ".join(said for parts in shown.values() for said in parts)


SELF_TESTS: Final = (SelfTest("androidworld", run),)
