"""An episode as a video: its screenshots at their times, and what was done in words."""

from collections.abc import Iterator

from handeye.agent.caption import caption, printable
from handeye.agent.errors import InvalidTrajectory
from handeye.agent.journal.trajectory import Trajectory
from handeye.agent.step import Step
from handeye.environments.observation import Observation
from handeye.model.video.source import Choice, Progress
from handeye.model.video.stills import Stills

_LONGEST = 200
"""Characters of a thought or a message that are told."""


def episode_video(trajectory: Trajectory, choice: Choice | None = None, on_progress: Progress | None = None) -> Stills:
    """Return the screenshots of an episode as a video, in seconds from the first one on.

    A screenshot that equals the one before it is left out: it is still shown.

    Raises:
        InvalidTrajectory: the episode has no screenshot.
    """
    images: list[bytes] = []
    times: list[float] = []
    for observation in _observations(trajectory):
        if not images or observation.screenshot != images[-1]:
            images.append(observation.screenshot)
            times.append(_second(trajectory, observation))
    if not images:
        raise InvalidTrajectory(f"{trajectory.directory} has no screenshot: its episode ended before the first step")
    times = [max(times[: number + 1]) for number in range(len(times))]  # the clock may have been set back
    return Stills(
        images,
        times,
        duration=max(trajectory.seconds, times[-1]),
        held=True,
        name=str(trajectory.directory),
        choice=choice,
        on_progress=on_progress,
    )


def account(trajectory: Trajectory) -> str:
    """Return what a model is told about an episode besides its video: the task, each step by its second, the end."""
    lines = [
        "The video shows the screen of an agent at work on this task:",
        trajectory.task,
        "What it did, by seconds of the video:",
        *(f"{_second(trajectory, step.observation):.1f} s: {_told(step)}" for step in trajectory.steps),
    ]
    if trajectory.stop is not None:
        lines.append(": ".join(filter(None, (f"It ended with {trajectory.stop}", _short(trajectory.message)))))
    return "\n".join(lines)


def _observations(trajectory: Trajectory) -> Iterator[Observation]:
    yield from (step.observation for step in trajectory.steps)
    last = trajectory.last_observation
    if last is not None:
        yield last


def _second(trajectory: Trajectory, observation: Observation) -> float:
    return max(0.0, observation.time - trajectory.steps[0].observation.time)


def _told(step: Step) -> str:
    decision = step.decision
    done = "; ".join(f"{action.type} {caption(action)}".rstrip() for action in decision.actions)
    parts = (_short(decision.thought), done, "" if step.executed and not step.remark else _short(step.remark))
    return " | ".join(filter(None, parts)) or "nothing"


def _short(text: str | None) -> str:
    shown = printable(" ".join((text or "").split()))
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
