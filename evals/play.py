"""One episode of an eval, from the task to its record."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from handeye.actions.errors import HandeyeError
from handeye.agent.episode import Episode
from handeye.agent.journal.verdict import Verdict, write_verdict
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policy import Policy, Profiled
from handeye.agent.step import Step
from handeye.environments.environment import Environment
from handeye.evals.policy_oracle import OraclePolicy
from handeye.evals.record import Record
from handeye.evals.staged import StagedEnvironment
from handeye.evals.task import Concluded, Task

ORACLE = "oracle"
"""The model name that stands for the tasks' own oracles."""


def play(
    task: Task[Any],
    environment: Environment,
    policy: Policy | None,
    *,
    max_steps: int,
    journal: Path | None = None,
    attempt: int = 1,
    repeat: int = 0,
    on_step: Callable[[Step], None] | None = None,
    on_start: Callable[[str], None] | None = None,
) -> Record:
    """Play `task` with `policy`, or with its oracle if that is None, and return how it went.

    A `HandeyeError` makes the episode a failure of the machine: its record contains the error, and its journal gets no
    verdict. `attempt` counts the tries of this episode, `repeat` its repeats from 0. `on_start` is called with the
    instruction. Ctrl-C is raised.
    """
    began = time.monotonic()
    profile = policy.profile_id if isinstance(policy, Profiled) else None
    record = Record(
        task=task.name,
        seed=task.seed,
        model=ORACLE if policy is None else policy.name,
        max_steps=max_steps,
        success=False,
        profile=None if profile is None else profile.name,
        profile_hash=None if profile is None else profile.hash,
        attempt=attempt,
        repeat=repeat,
    )
    try:
        instruction = task.setup(environment)
        record = record.model_copy(update={"instruction": instruction})
        if on_start is not None:
            on_start(instruction)
        episode = run_episode(
            instruction,
            StagedEnvironment(environment),
            OraclePolicy(task.oracle()) if policy is None else policy,
            limits=Limits(steps=max_steps),
            journal=journal,
            on_step=on_step,
            ended=task.ended,
            settings={"task": task.name, "seed": task.seed, "attempt": attempt, "repeat": repeat},
        )
        if episode.stop is StopReason.INTERRUPTED:
            raise KeyboardInterrupt
        record = record.model_copy(update={"stop": episode.stop.value, **_spent(episode)})
        record = _judge(record, task, episode)
        if journal is not None and record.error is None:
            write_verdict(journal, Verdict(record.success, f"reward {record.reward:.2f}"))
    except HandeyeError as error:
        record = record.model_copy(update={"success": False, "error": str(error)})
    finally:
        task.teardown()
    return record.model_copy(update={"seconds": round(time.monotonic() - began, 3)})


def _spent(episode: Episode) -> dict[str, Any]:
    """Return the steps and tokens of an episode, and how its first screenshot was seen."""
    decisions = [step.decision for step in episode.steps]
    counts = [decision.tokens for decision in decisions if decision.tokens is not None]
    return {
        "steps": len(decisions),
        "image": next((decision.image for decision in decisions), None),
        "prompt_tokens": sum(count.prompt for count in counts),
        "generated_tokens": sum(count.generated for count in counts),
    }


def _judge(record: Record, task: Task[Any], episode: Episode) -> Record:
    """Add the score. An episode that FAILED has none: the environment that would give it is lost."""
    if episode.stop is StopReason.FAILED:
        return record.model_copy(update={"error": episode.message})
    if isinstance(task, Concluded):
        task.conclude(episode)
    score = task.score()
    return record.model_copy(update={"success": score.success, "reward": score.reward})
