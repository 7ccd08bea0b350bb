"""Replaying: a trajectory's actions are carried out again, without a model, and the screens are compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from pydantic import JsonValue

from handeye.agent.approval import Approver, allow_all
from handeye.agent.episode import Episode
from handeye.agent.errors import JournalError
from handeye.agent.journal.trajectory import Trajectory
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.perform import User
from handeye.agent.policy import Policy
from handeye.agent.replay.compare_picture import difference_picture
from handeye.agent.replay.cues import Cue, cues
from handeye.agent.replay.environment import PATIENCE, PatientEnvironment
from handeye.agent.replay.policy import PLAIN_JUDGE, Divergence, Judge, OnDivergence, ReplayPolicy
from handeye.agent.step import Step
from handeye.environments.environment import Environment

DIVERGENCES = "divergences"
"""The folder beside the journal with the pictures of what differs."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay that has ended."""

    episode: Episode
    screens: int
    """How many recorded screens there are to compare: one before each action, and the last one."""
    matched: int
    """How many of them were there again."""
    divergences: tuple[Divergence, ...]
    took_over: bool
    """Whether a policy went on in place of the recording."""
    pictures: tuple[Path, ...]
    """What was saved about divergences, in order: what was recorded, what is there now, and what differs."""

    @property
    def reproduced(self) -> bool:
        """Whether all went as it was recorded."""
        return not self.divergences and self.matched == self.screens


def replay(
    trajectory: Trajectory,
    environment: Environment,
    *,
    judge: Judge = PLAIN_JUDGE,
    patience: float = PATIENCE,
    on_divergence: OnDivergence = OnDivergence.STOP,
    take_over: Callable[[], Policy] | None = None,
    limits: Limits | None = None,
    approve: Approver = allow_all,
    journal: Path | None = None,
    on_step: Callable[[Step], None] | None = None,
    user: User | None = None,
    settings: Mapping[str, JsonValue] | None = None,
) -> Replay:
    """Carry out the actions of `trajectory` in `environment`, comparing each screen before the action on it.

    `judge` compares; `patience` is how many seconds a screen is given to become the recorded one. `take_over` returns
    the policy that goes on after a divergence, with `OnDivergence.POLICY`: its history holds the replayed steps, and it
    works under `limits`, the replayed steps included; None is no limit. Questions are answered as they were recorded;
    those of the policy that takes over, by `user`. The other arguments are those of `run_episode`, which does the work:
    the replay is an episode with a journal of its own, and pictures of what differs lie beside that.

    Raises `NothingToReplay`, `InvalidReplay`, and what the first screenshot may raise.
    """
    script = cues(trajectory)
    pictures: list[Path] = []

    def diverged(divergence: Divergence) -> None:
        if journal is not None:
            pictures.extend(save_pictures(journal / DIVERGENCES, len(policy.divergences), divergence, judge))

    def answer(question: str) -> str:
        recorded = policy.answer(question)
        if recorded is not None:
            return recorded
        if user is None:
            raise EOFError
        return user(question)

    policy = ReplayPolicy(script, judge, on_divergence, take_over=take_over, diverged=diverged)
    episode = run_episode(
        trajectory.task,
        PatientEnvironment(environment, lambda: policy.expected, judge, patience),
        policy,
        limits=Limits(steps=None, problems=None) if limits is None else limits,
        approve=approve,
        journal=journal,
        on_step=on_step,
        user=answer,
        screenshots=trajectory.meta.screenshots,
        settings=settings,
    )
    divergences = tuple(policy.divergences)
    return Replay(episode, policy.screens, policy.matched, divergences, policy.took_over, tuple(pictures))


def save_pictures(folder: Path, number: int, divergence: Divergence, judge: Judge) -> list[Path]:
    """Save what was recorded, what is there now and what differs; return where. Raises `JournalError`."""
    recorded, now = divergence.cue.screen.image, divergence.now.image
    pictures: dict[str, Image.Image] = {"recorded": recorded, "now": now}
    if divergence.difference.changes:
        pictures["difference"] = difference_picture(recorded, now, divergence.difference, judge.ignore)
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, picture in pictures.items():
            paths.append(folder / f"{number}-{_name(divergence.cue)}-{name}.png")
            picture.save(paths[-1])
    except OSError as error:
        raise JournalError(f"cannot save what differs in {folder}: {error.strerror or error}") from error
    return paths


def _name(cue: Cue) -> str:
    return f"step-{cue.step + 1}"
