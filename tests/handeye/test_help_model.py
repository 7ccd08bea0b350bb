"""The examples of `handeye ground`, `ask`, `actions` and `doctor`."""

import json
import re
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw

from handeye.actions.geometry import Box, Frame, Point, Size, Transform
from handeye.agent.cli.calibrate import model_size
from handeye.agent.cli.images.marked import RED
from handeye.agent.cli.model import DEFAULT
from handeye.model import runtime
from handeye.model.conversation.messages import Message
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

    @property
    def name(self) -> str:
        return "Qwen/Qwen2.5-VL-7B-Instruct"

    @property
    def origins(self) -> tuple[str, ...]:
        return ()

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
        def load(name: str, *, device: str, dtype: str, adapters: Sequence[object]) -> Model:
            assert name in (DEFAULT, "Qwen/Qwen2.5-VL-7B-Instruct")
            assert (device, dtype, [*adapters]) == ("auto", "auto", [])
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


@pytest.mark.example('handeye ground screen.png "the search field" --model Qwen/Qwen2.5-VL-7B-Instruct --zoom')
def test_a_small_field_is_looked_at_again(
    example: "Example", play: "Play", tmp_path: Path, answers: Callable[..., None]
) -> None:
    picture = Image.new("RGB", (1000, 600), (40, 60, 80))
    picture.paste((255, 255, 255), (300, 20, 316, 30))
    picture.save(tmp_path / "screen.png")
    sizes: list[tuple[int, ...]] = []

    def answer(pictures: Sequence[Image.Image], question: str) -> str:
        (shown,) = pictures
        sizes.append(shown.size)
        x, y = np.argwhere((np.asarray(shown) > 200).all(axis=2)).mean(axis=0)[::-1]
        seen = Transform(Frame("image", Size(*shown.size)), Frame("model image", model_size(Size(*shown.size))))
        middle = seen.point(Point(round(x), round(y)))
        return json.dumps([{"bbox_2d": [middle.x - 8, middle.y - 5, middle.x + 8, middle.y + 5]}])

    answers(answer)
    done = play(example.words, folder=tmp_path)
    assert done.status == 0, done.output
    assert sizes == [(1000, 600), (1000, 600)]
    found = Point(*map(int, re.findall(r"\d+", done.output)))
    assert abs(found.x - 308) <= 1 and abs(found.y - 25) <= 1


@pytest.mark.example("handeye models")
def test_the_models(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0 and re.search(r"Qwen/Qwen2.5-VL-7B-Instruct +20 GB", done.output)


@pytest.mark.example("handeye models UI-TARS-1.5-7B")
def test_a_profile_in_full(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0 and done.output.startswith("ui-tars-1.5 ")


@pytest.mark.slow
@pytest.mark.example("handeye models --check")
def test_all_profiles_work(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0 and "✗" not in done.output


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
@pytest.mark.example("handeye doctor model --model Qwen/Qwen2.5-VL-7B-Instruct")
def test_a_model_is_tried(example: "Example", play: "Play", tmp_path: Path, answers: Callable[..., None]) -> None:
    answers(lambda pictures, question: "red 5 Paris dog")
    done = play(example.words, folder=tmp_path)
    assert done.status == 1
    assert re.search(r"✓ model +Qwen/Qwen2.5-VL-7B-Instruct, prompted as qwen2.5-vl", done.output)
    assert re.search(r"✓ words +3 of 3", done.output)
    assert re.search(r"✗ sight +it does not see images", done.output)


@pytest.mark.slow
@pytest.mark.example("handeye doctor model --server localhost:8000")
def test_a_server_that_drops_images_is_found_out(example: "Example", play: "Play", tmp_path: Path) -> None:
    class Blind(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say({"data": [{"id": "qwen2.5-vl", "owned_by": "llamacpp"}]})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            said = {"message": {"content": "I see no image."}, "finish_reason": "stop"}
            self._say({"choices": [said], "usage": {"prompt_tokens": 30, "completion_tokens": 5}})

        def _say(self, value: object) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(value).encode())

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Blind) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        done = play(example.where("localhost:8000", f"127.0.0.1:{server.server_port}").words, folder=tmp_path)
        server.shutdown()
    assert done.status == 1, done.output
    assert re.search(r"✗ sight +it does not see images", done.output) and "→ start it with --mmproj" in done.output
    assert "torch" not in done.output


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
