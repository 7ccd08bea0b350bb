"""The examples of `handeye ask` about videos and episodes, and of `handeye watch`."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Terminate
from handeye.agent.cli.model import DEFAULT
from handeye.agent.loop import run_episode
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.environments.scripted import ScriptedEnvironment
from handeye.model import runtime
from handeye.model.conversation.messages import Message
from handeye.model.runtime import Generation, Model, Timings
from handeye.model.video.open import open_video
from handeye.model.video.source import Video
from handeye.model.video.spans import TimeSpan, spans
from tests.model.video.films import shade, write_film

if TYPE_CHECKING:
    from conftest import Example, Played

    Play = Callable[..., Played]

SHOP = "https://shop.example"
Answer = Callable[[Video, str], str]


class Watching(Model):
    """A model that looks at the frames of a video, and answers what a test says."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def generate(self, messages: Sequence[Message], **options: object) -> Generation:
        (message,) = messages
        video, question = message.content
        assert isinstance(video, Video)
        return Generation(self._answer(video, str(question)), (1,), 100, 0, "stop", Timings(0.0, 0.0, 0.0, 0.0))

    def spans(self, video: Video, answer: str) -> list[TimeSpan]:
        return spans(answer, video.choice.start, video.choice.end or video.duration)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Lets the default model be one that answers what a test says."""

    def give(answer: Answer) -> None:
        def load(name: str, *, device: str, dtype: str, adapters: Sequence[object]) -> Model:
            assert (name, device, dtype, [*adapters]) == (DEFAULT, "auto", "auto", [])
            return Watching(answer)

        monkeypatch.setattr(runtime, "load_model", load)

    return give


@pytest.mark.example('handeye ask --video run.mp4 "when does the dialog appear?"')
def test_when_something_appears(example: "Example", play: "Play", tmp_path: Path, answers: Callable[..., None]) -> None:
    pytest.importorskip("av", reason="needs PyAV: pip install av")
    write_film(tmp_path / "run.mp4", 40)

    def answer(video: Video, question: str) -> str:
        assert question.startswith("when does the dialog appear?\n")
        bright = [shade(image) > 128 for image in video.frames(range(len(video.times)))]
        return f"The screen becomes bright at 00:{video.times[bright.index(True)]:05.2f}."

    answers(answer)
    done = play(example.words, folder=tmp_path)
    assert (done.status, done.output) == (0, "The screen becomes bright at 00:02.00.\n2.0 s\n")


@pytest.mark.example('handeye ask --video run.mp4 --from 1:30 --to 2:00 --fps 4 "what is typed?"')
def test_a_part_of_a_video(example: "Example", play: "Play", tmp_path: Path, answers: Callable[..., None]) -> None:
    pytest.importorskip("av", reason="needs PyAV: pip install av")
    write_film(tmp_path / "run.mp4", 130, rate=1)

    def answer(video: Video, question: str) -> str:
        assert (video.choice.start, video.choice.end, video.choice.fps) == (90, 120, 4)
        return "A name, from 5 to 12.5 seconds."

    answers(answer)
    done = play(example.words, folder=tmp_path)
    assert (done.status, done.output) == (0, "A name, from 5 to 12.5 seconds.\n95.0-102.5 s\n")


@pytest.mark.example('handeye ask runs/tent "where did it go wrong?"')
def test_an_episode(example: "Example", play: "Play", tmp_path: Path, answers: Callable[..., None]) -> None:
    from PIL import Image

    screens = [Image.new("RGB", (96, 64), (level, level, level)) for level in (0, 200)]
    script = ScriptedPolicy([Click(point=Point(50, 30)), Terminate(status="failure")])
    run_episode("Buy the tent.", ScriptedEnvironment(screens), script, journal=tmp_path / "runs/tent")

    def answer(video: Video, question: str) -> str:
        assert [np.asarray(image)[0, 0, 0] for image in video.frames(range(len(video.times)))] == [0, 200]
        for said in ("Buy the tent.", "0.0 s: click [50, 30]", "terminate failure", "It ended with failure"):
            assert said in question
        assert question.index("where did it go wrong?") > question.index("It ended")
        return "It clicked beside the button."

    answers(answer)
    done = play(example.words, folder=tmp_path)
    assert (done.status, done.output) == (0, "It clicked beside the button.\n")


@pytest.mark.slow
@pytest.mark.example("handeye watch --url https://shop.example --seconds 2 --out frames")
def test_a_page_is_watched(
    example: "Example", play: "Play", tmp_path: Path, site: Callable[[Mapping[str, str]], str]
) -> None:
    shop = site({"/": "<body style='background: #123456'>tents"})
    done = play(example.where(SHOP, shop).words, folder=tmp_path)
    assert done.status == 0, done.output
    video = open_video(tmp_path / "frames")
    assert f"recorded {len(video.times)} frame" in done.output
    assert video.times[-1] <= 60
    (first,) = video.frames([0])
    assert first.getpixel((640, 600)) == (0x12, 0x34, 0x56)


@pytest.mark.slow
@pytest.mark.example("handeye watch --env desktop:xvfb --vnc --app xterm --fps 4 --out frames")
def test_a_desktop_is_watched(example: "Example", play: "Play", tmp_path: Path, needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "xterm", "x11vnc")
    done = play(example.where("--fps 4", "--fps 4 --seconds 2").words, folder=tmp_path)
    assert done.status == 0, done.output
    assert "watch over VNC at 127.0.0.1:" in done.output
    assert [image.size for image in open_video(tmp_path / "frames").frames([0])] == [(1280, 800)]


@pytest.mark.slow
@pytest.mark.example("handeye watch --env android --out run.mp4")
def test_a_phone_is_watched(example: "Example", play: "Play", tmp_path: Path, needs: Callable[..., None]) -> None:
    pytest.importorskip("av", reason="needs PyAV: pip install av")
    needs("chromium")
    done = play(example.where("--env android", "--env android:simulated --seconds 3").words, folder=tmp_path)
    assert done.status == 0, done.output
    video = open_video(tmp_path / "run.mp4")
    assert f"recorded {len(video.times)} frame" in done.output
    (first,) = video.frames([0])
    assert first.height > first.width
