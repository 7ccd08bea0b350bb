"""An episode as a video."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click
from handeye.agent.decision import Decision
from handeye.agent.errors import InvalidTrajectory
from handeye.agent.journal.line import MetaLine
from handeye.agent.journal.screens import account, episode_video
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.journal.writer import Journal
from handeye.agent.limits import Limits
from handeye.agent.outcome import Outcome, StopReason
from handeye.environments.observation import Observation
from handeye.model.video.source import Choice

META = MetaLine(
    time=1000.0,
    version="0",
    task="Buy a tent.",
    policy="p",
    profile=None,
    environment="e",
    limits=Limits(),
    screenshots=1,
    settings={},
)
CLICK = Decision("raw", "it is\nthe button", (Click(point=Point(1, 2)),))


def seen(shade: int, time: float) -> Observation:
    buffer = io.BytesIO()
    Image.new("RGB", (96, 64), (shade, shade, shade)).save(buffer, "PNG")
    return Observation(buffer.getvalue(), Size(96, 64), time)


def write(folder: Path, *steps: tuple[Observation, Outcome]) -> Path:
    with Journal.create(folder, META) as journal:
        for number, (observation, outcome) in enumerate(steps):
            journal.decided(number, observation, CLICK)
            journal.happened(number, 0, outcome)
        journal.stopped(StopReason.FAILURE, "no\nmoney")
    return folder


@pytest.fixture
def episode(tmp_path: Path) -> Any:
    """Four screens, of which the third equals the second, and the clock is set back before the last."""
    done = Outcome("executed")
    return read_trajectory(
        write(
            tmp_path,
            (seen(10, 2000), done),
            (seen(20, 2003.5), Outcome("rejected", "there is\nnothing")),
            (seen(20, 2005), Outcome("executed", observation=seen(30, 2001))),
        )
    )


def test_its_screens_stand_still_until_they_change(episode: Any) -> None:
    video = episode_video(episode, Choice(max_frames=50))
    assert (video.pace, video.times, video.choice.max_frames) == ("held", (0, 3.5, 3.5), 50)
    assert [image.getpixel((5, 5)) for image in video.frames([0, 1, 2])] == [(10,) * 3, (20,) * 3, (30,) * 3]
    assert video.duration >= 3.5


def test_what_was_done_is_told_by_seconds(episode: Any) -> None:
    assert account(episode).splitlines() == [
        "The video shows the screen of an agent at work on this task:",
        "Buy a tent.",
        "What it did, by seconds of the video:",
        "0.0 s: it is the button | click [1, 2]",
        "3.5 s: it is the button | click [1, 2] | rejected: there is nothing",
        "5.0 s: it is the button | click [1, 2]",
        "It ended with failure: no money",
    ]


def test_an_episode_without_a_screen(tmp_path: Path) -> None:
    with pytest.raises(InvalidTrajectory, match="has no screenshot: its episode ended before the first step"):
        episode_video(read_trajectory(write(tmp_path)))
