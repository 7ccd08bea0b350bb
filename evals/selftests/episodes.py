"""Episodes played for a self-test, and whether their rewards are the known ones."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

from handeye.agent.policy import Policy
from handeye.evals.play import ORACLE, play
from handeye.evals.record import EpisodeLog
from handeye.evals.selftests.check import SelfTestFailed
from handeye.evals.summary import summarise, write_summary
from handeye.evals.worker import Job, Suite

Rewards: TypeAlias = Mapping[tuple[str, int], float]
"""The rewards by the task and the seed."""


def require_rewards(
    suite: Suite, jobs: Sequence[Job], policy: Policy | None, known: Rewards, folder: Path, protocol: str
) -> str:
    """Play the jobs with a policy, or with their oracles if it is None, and return what was solved, in words.

    `folder` gets the results as those of any run. Raises `SelfTestFailed` if a reward is not the known one.
    """
    name = ORACLE if policy is None else policy.name
    log = EpisodeLog(folder / name.replace(" ", "-"))
    with closing(log):
        for job in jobs:
            environment = suite.environment(job.task)
            log.append(play(suite.task(job.task, job.seed), environment, policy, max_steps=job.max_steps))
        summary = summarise(log.records, protocol)
        write_summary(log.path.parent, summary)
    for record in log.records:
        episode = f"{record.task} {record.seed}, played by {name}"
        if record.error is not None:
            raise SelfTestFailed(f"{episode}: {record.error}")
        if record.reward != (wanted := known[record.task, record.seed]):
            raise SelfTestFailed(f"{episode}: the reward is {record.reward:g} instead of {wanted:g}")
    return _solved(name, summary)


def _solved(name: str, summary: Mapping[str, Any]) -> str:
    return f"{name} solves {summary['successes']} of {summary['episodes']}"
