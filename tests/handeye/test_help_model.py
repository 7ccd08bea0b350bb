"""The examples of `handeye ground`, `ask`, `actions` and `doctor`."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageDraw

from handeye.actions.geometry import Box, Frame, Size, Transform
from handeye.agent.cli.calibrate import model_size
from handeye.agent.cli.model import DEFAULT, RED
from handeye.model import runtime
from handeye.model.messages import Message
from handeye.model.runtime import Generation, Model, Timings

if TYPE_CHECKING:
    from conftest import Example, Played

    Play = Callable[..., Played]

FIELD = Box(300, 20, 700, 60)
"""Where the search field is on the screen."""


class Answering(Model):
    """A model that sees the pictures that it is shown, and answers what a test says."""

    def __init__(self, answer: Callable[[Sequence[Image.Image], str], str]) -> None:
        self._answer = answer

    def image_size(self, size: Size) -> Size:
        return model_size(size)

    def generate(self, messages: Sequence[Message], **options: object) -> Generation:
        (message,) = messages
        *pictures, question = message.content
        seen = [picture for picture in pictures if isinstance(picture, Image.Image)]
        answer = self._answer(seen, str(question))
        return Generation(answer, (1,), 100, 0, "stop", Timings(0.0, 0.0, 0.0, 0.0))


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Sequence[Image.Image], str], str]], None]:
    """Lets the default model be one that answers what a test says."""

    def give(answer: Callable[[Sequence[Image.Image], str], str]) -> None:
        def load(name: str, *, device: str, dtype: str) -> Model:
            assert (name, device, dtype) == (DEFAULT, "auto", "auto")
            return Answering(answer)

        monkeypatch.setattr(runtime, "load_model", load)

    return give


def screen(*fields: Box) -> Image.Image:
    """Return a screen with white fields."""
    picture = Image.new("RGB", (1000, 600), (40, 60, 80))
    for field in fields:
        ImageDraw.Draw(picture).rectangle((field.left, field.top, field.right - 1, field.bottom - 1), "white")
    return picture


@pytest.mark.example('handeye ground screen.png "the search field" --save found.png')
def test_a_search_field_is_found(
    example: "Example", play: "Play", tmp_path: Path, answers: Callable[..., None]
) -> None:
    screen(FIELD).save(tmp_path / "screen.png")

    def answer(pictures: Sequence[Image.Image], question: str) -> str:
        assert "the search field" in question
        seen = Transform(Frame("image", Size(1000, 600)), Frame("model image", model_size(Size(1000, 600))))
        box = seen.box(FIELD)
        return json.dumps([{"bbox_2d": [box.left, box.top, box.right, box.bottom], "label": "the search field"}])

    answers(answer)
    done = play(example.words, folder=tmp_path)
    assert done.status == 0
    found = Box(*map(int, re.findall(r"\d+", done.output)))
    assert all(abs(one - other) <= 1 for one, other in zip(found, FIELD, strict=True))
    with Image.open(tmp_path / "found.png") as picture:
        assert picture.getpixel((found.left, found.top)) == RED
        assert picture.getpixel((500, 40)) == (255, 255, 255)


@pytest.mark.example('handeye ask before.png after.png "What has changed?"')
def test_two_pictures_are_compared(
    example: "Example", play: "Play", tmp_path: Path, answers: Callable[..., None]
) -> None:
    screen().save(tmp_path / "before.png")
    screen(FIELD).save(tmp_path / "after.png")

    def answer(pictures: Sequence[Image.Image], question: str) -> str:
        assert question == "What has changed?"
        before, after = (picture.getpixel((500, 40)) for picture in pictures)
        return f"A field: {before} became {after}."

    answers(answer)
    done = play(example.words, folder=tmp_path)
    assert (done.status, done.output) == (0, "A field: (40, 60, 80) became (255, 255, 255).\n")


@pytest.mark.example("handeye actions")
def test_the_actions_of_a_browser(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0
    assert '"action": "visit_url"' in done.output and "refused: " in done.output


@pytest.mark.example("handeye actions --env desktop:xvfb --dialect qwen")
def test_the_actions_of_a_desktop(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0
    assert '"action": "open"' in done.output and '"action": "visit_url"' not in done.output


@pytest.mark.example("handeye actions --env android --dialect unified --json")
def test_the_actions_of_a_phone(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0
    rows = {row["action"]: row for row in json.loads(done.output)}
    assert rows["go home"]["delivered"] and not rows["new tab"]["delivered"]


@pytest.mark.slow
@pytest.mark.example("handeye doctor")
def test_everything_is_examined(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    topics = ["machine", "browser", "desktop", "desktop:xvfb", "vnc", "android", "android:simulated", "model"]
    assert [line for line in done.output.splitlines() if line in topics] == topics
    assert done.status == ("needs fixing: " in done.output), done.output
    assert re.search(r"^works: machine, browser\b", done.output, re.MULTILINE)
    assert not any(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.example("handeye doctor browser android:simulated")
def test_two_topics_are_examined(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0, done.output
    assert "\nworks: browser, android:simulated\n" in done.output
    assert not {"machine", "model"} & set(done.output.splitlines())


@pytest.mark.slow
@pytest.mark.example("handeye doctor --calibrate desktop:xvfb --scale 1 --scale 2 --save clicks.png")
def test_clicks_are_measured(example: "Example", play: "Play", tmp_path: Path, needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "chromium")
    done = play(example.words, folder=tmp_path)
    assert done.status == 0, done.output
    assert done.output.count("25 of 25 targets hit") == 2
    for name in ("clicks-1.png", "clicks-2.png"):
        with Image.open(tmp_path / name) as picture:
            assert picture.size == (1280, 800)
