"""Replaying: the actions of a trajectory are repeated without a model, and the screens are compared."""

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
"""The folder beside the journal with the pictures of the divergences."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay that has ended."""

    episode: Episode
    screens: int
    """The number of recorded screens to compare: one before each action, and the last one."""
    matched: int
    """How many of them matched."""
    divergences: tuple[Divergence, ...]
    took_over: bool
    """Whether a policy took over from the recording."""
    pictures: tuple[Path, ...]
    """The saved pictures of the divergences, in order: the recorded screen, the current screen, the differences."""

    @property
    def reproduced(self) -> bool:
        """Whether everything went as recorded."""
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

    `judge` compares; `patience` is how many seconds to wait for a screen to match the recorded one. `take_over` returns
    the policy that continues after a divergence, with `OnDivergence.POLICY`: its history contains the replayed steps.
    `limits` include the replayed steps; None is no limit. Questions are answered as recorded; those of the policy that
    takes over, by `user`. The other arguments are those of `run_episode`, which does the work: the replay is an episode
    with its own journal, and pictures of the divergences are saved beside it.

    Raises `NothingToReplay`, `InvalidReplay`, and what the first screenshot raises.
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
    """Save pictures of the recorded screen, the current screen and the differences; return their paths.

    Raises `JournalError`.
    """
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
        raise JournalError(
            f"cannot save the pictures of a divergence in {folder}: {error.strerror or error}"
        ) from error
    return paths


def _name(cue: Cue) -> str:
    return f"step-{cue.step + 1}"
