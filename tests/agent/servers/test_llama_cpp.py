"""A real server: llama.cpp with the checkpoint of this repository, on this machine.

The tokenizer of handeye-tiny has whole words as added tokens. llama.cpp looks for the longest ones first and handeye
for the first ones in the text, so a task that begins with "Click" is other tokens there ("Task:", " Click" in place of
"Task: ", "Click"). The tasks of these tests are the same tokens in both. Qwen's own tokenizer has no such words.
"""

import os
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from handeye.actions.geometry import Size
from handeye.agent.history import History
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.policies.chat import ChatPolicy
from handeye.agent.policies.reading import view_of
from handeye.agent.prompts.catalog import find_profile
from handeye.agent.prompts.families.compact import conversation
from handeye.agent.servers.errors import ImagesRefused, ImagesRescaled, KeyRefused
from handeye.agent.servers.kind import Kind
from handeye.agent.servers.scale import check_scale
from handeye.agent.servers.server import ChatServer
from handeye.environments.doctor.finding import Status
from handeye.model import load_model
from handeye.model.conversation.messages import Message
from handeye.model.errors import ContextTooLong
from handeye.model.runtime import Model
from tests.agent.servers.llama_cpp_files import write_files

ROOT = Path(__file__).parents[3]
CHECKPOINT = ROOT / "model" / "checkpoints" / "handeye-tiny"
MOST = 37632
"""The checkpoint's own limit of the area of images, in pixels."""
SCREEN = Size(160, 210)
PAGE = """<!doctype html><style>* { margin: 0 }</style><div style="background: yellow">Click the button.</div>
<button style="position: absolute; left: 40px; top: 90px" onclick="this.remove()">Click Me!</button>"""
QUESTION = [Message("user", ("Task: Book it",))]
ENDLESS = [Message("user", ("9" * 50,))]
"""What the model goes on about until it is stopped."""

Start = Callable[..., AbstractContextManager[str]]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(find_spec(name) is None for name in ("xllamacpp", "gguf")), reason="needs pip install xllamacpp gguf"
    ),
]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Starts a server with options, and ends it; yields its address."""
    folder = tmp_path_factory.mktemp("llama")
    template = ROOT / "tests" / "model" / "qwen2_5_vl.jinja"
    write_files(CHECKPOINT, template.read_text("utf-8"), folder)

    @contextmanager
    def begin(*options: str, images: bool = True) -> Iterator[str]:
        command = [sys.executable, str(Path(__file__).with_name("llama_cpp_serve.py"))]
        files = [str(folder / "handeye-tiny.gguf"), *(["--mmproj", str(folder / "mmproj.gguf")] if images else [])]
        log = folder / "log.txt"
        with log.open("wb") as file:
            server = subprocess.Popen(
                [*command, *files, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, text=True
            )
        assert server.stdin is not None and server.stdout is not None
        said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=lambda out: said.put(out.readline()), args=(server.stdout,), daemon=True).start()
        try:
            address = said.get(timeout=120).strip()
            assert address, log.read_text("utf-8", "replace")
            yield address
        finally:
            server.stdin.close()
            try:
                server.wait(20)
            finally:
                server.kill()
                server.wait()
                server.stdout.close()

    return begin


@pytest.fixture(scope="module")
def url(start: Start) -> Iterator[str]:
    """The address of a server with images."""
    with start() as address:
        yield address


@pytest.fixture
def server(url: str) -> Iterator[ChatServer]:
    with ChatServer(url) as server:
        yield server


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(CHECKPOINT, device="cpu")


def button() -> Image.Image:
    """A page of the kind that the model was trained with."""
    image = Image.new("RGB", SCREEN, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 160, 50), fill="yellow")
    draw.rectangle((40, 90, 110, 112), fill=(239, 239, 239), outline="black")
    draw.text((45, 95), "Click Me!", fill="black")
    return image


def noise(width: int, height: int) -> Image.Image:
    """An image whose every pixel matters, and is the same each time."""
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def asked(task: str, picture: Image.Image, model: Model) -> list[Message]:
    """The conversation that the profile of the checkpoint makes of a task and a screen."""
    return conversation(task, (), (), picture, model.image_size(Size(*picture.size)))


def same(server: ChatServer, model: Model, messages: list[Message], **options: Any) -> str:
    """Return the text of a reply, which is the same here as there."""
    heard: list[str] = []
    theirs = server.generate(messages, on_text=heard.append, **options)
    ours = model.generate(messages, **options)
    assert theirs.prompt_tokens == ours.prompt_tokens
    assert theirs.text == ours.text == "".join(heard)
    assert theirs.finish == ours.finish
    return theirs.text


def test_it_is_recognised(server: ChatServer) -> None:
    assert server.endpoint.kind is Kind.LLAMA_CPP
    assert Path(server.name).name == "handeye-tiny.gguf"


class TestReplies:
    """They are those of handeye's engine."""

    @pytest.mark.parametrize("task", ["Find the button.", "Type Bob.", "Book it"])
    @pytest.mark.parametrize("picture", [button(), noise(160, 210), noise(300, 200), noise(110, 60)])
    def test_to_images(self, task: str, picture: Image.Image, server: ChatServer, model: Model) -> None:
        same(server.seeing(56 * 56, MOST), model, asked(task, picture, model), max_new_tokens=64)

    def test_to_text(self, server: ChatServer, model: Model) -> None:
        assert same(server, model, QUESTION, max_new_tokens=48)

    def test_that_begin_with_given_text(self, server: ChatServer, model: Model) -> None:
        whole = same(server, model, QUESTION, max_new_tokens=24)
        for prefix in ('{"thought": "', "The ", "two  ", "Ω"):
            text = same(server, model, QUESTION, max_new_tokens=24, prefix=prefix)
            assert text.startswith(prefix) and len(text) > len(prefix)
        assert same(server, model, QUESTION, max_new_tokens=24, prefix=whole[:5]).startswith(whole[:9])

    def test_that_a_stop_string_ends(self, server: ChatServer, model: Model) -> None:
        whole = same(server, model, QUESTION, max_new_tokens=48)
        stop = whole[7:10]
        assert same(server, model, QUESTION, max_new_tokens=48, stop=[stop]) == whole[: whole.index(stop)]

    def test_with_a_repetition_penalty(self, server: ChatServer, model: Model) -> None:
        # What is repeated is further back than the 64 tokens that the server would look at by itself.
        long = [Message("user", ("Task: Use it. " + "One more sentence here now. " * 8 + "x" * 70,))]
        plain = same(server, model, long, max_new_tokens=40)
        assert same(server, model, long, max_new_tokens=40, repetition_penalty=1.3) != plain
        assert not server.endpoint.notices

    def test_with_a_frequency_penalty(self, server: ChatServer, model: Model) -> None:
        plain = same(server, model, QUESTION, max_new_tokens=40)
        assert server.generate(QUESTION, max_new_tokens=40, frequency_penalty=1.0).text != plain
        assert "frequency penalty" in server.endpoint.notices[-1]

    def test_that_are_drawn_are_those_of_their_seed(self, server: ChatServer) -> None:
        drawn = [server.generate(QUESTION, max_new_tokens=30, temperature=1.5, seed=seed).text for seed in (1, 1, 2)]
        assert drawn[0] == drawn[1] != drawn[2]

    def test_are_no_longer_than_the_context(self, server: ChatServer) -> None:
        reply = server.generate([Message("user", ("9" * 4000,))], max_new_tokens=1000)
        assert reply.finish == "length"
        assert reply.prompt_tokens is not None and reply.generated_tokens is not None
        assert reply.prompt_tokens + reply.generated_tokens == 4096


class TestSizes:
    """What it does to images is found out."""

    def test_images_are_seen_as_they_are_sent(self, server: ChatServer) -> None:
        for size in (Size(1280, 720), SCREEN):
            finding = check_scale(server, size)
            assert finding.status is Status.OK and "as they are sent" in finding.detail

    def test_images_are_shrunk(self, start: Start) -> None:
        with start("--image-max-tokens", "32") as url:
            with ChatServer(url) as server:
                assert "as 24 tokens (about 18,816 px) instead of 48" in check_scale(server, SCREEN).detail
                smaller = server.seeing(56 * 56, 18816)  # as the finding advises
                assert check_scale(smaller, SCREEN).status is Status.OK
            with pytest.raises(ImagesRescaled, match=r"--image-max-tokens 48, or send .* max_pixels=18816"):
                ChatPolicy(url, profile="handeye-tiny").ready(SCREEN)
            assert ChatPolicy(url, profile="handeye-tiny", max_pixels=18816).ready(SCREEN) == ()
        with start("--image-max-tokens", "48") as url:  # as it advises too
            assert ChatPolicy(url, profile="handeye-tiny").ready(SCREEN) == ()

    def test_a_large_screen_is_whole_with_the_documented_option(self, start: Start) -> None:
        # 91 x 51 squares, and the text around them: refused by its length, which is counted before it is computed.
        said = pytest.raises(ContextTooLong, match=r"request \(46[78]\d tokens\)")
        with start("--image-max-tokens", "16384") as url, ChatServer(url) as server, said:
            server.generate([Message("user", (Image.new("RGB", (2560, 1440)),))])

    def test_images_are_enlarged(self, start: Start) -> None:
        said = r"instead of 48.* start it without --image-min-tokens"
        with start("--image-min-tokens", "100") as url, pytest.raises(ImagesRescaled, match=said):
            ChatPolicy(url, profile="handeye-tiny").ready(SCREEN)


class TestRefusals:
    """Each has its own name."""

    def test_no_images(self, start: Start) -> None:
        with start(images=False) as url, ChatServer(url) as server:
            assert server.generate(QUESTION, max_new_tokens=3).generated_tokens == 3
            with pytest.raises(ImagesRefused, match="--mmproj"):
                server.generate([Message("user", (button(), "What is it?"))])

    def test_a_prompt_beyond_the_context(self, server: ChatServer) -> None:
        with pytest.raises(ContextTooLong, match="exceeds the available context size"):
            server.generate([Message("user", ("9" * 5000,))])

    def test_a_key(self, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("HANDEYE_SERVER_KEY", raising=False)
        with start("--key", "sesame-opens") as url:
            with ChatServer(url) as server, pytest.raises(KeyRefused, match="asks for a key"):
                server.generate(QUESTION)
            with ChatServer(url, key="wrong-key-here") as server, pytest.raises(KeyRefused) as error:
                server.generate(QUESTION)
            assert "wrong-key-here" not in str(error.value)
            monkeypatch.setenv("HANDEYE_SERVER_KEY", "sesame-opens")
            with ChatServer(url) as server:
                assert server.generate(QUESTION, max_new_tokens=3).generated_tokens == 3

    def test_another_name_is_noticed_and_answered(self, url: str) -> None:
        with ChatServer(url, "another") as server:
            server.endpoint.require()
            assert re.search(r"does not list another; it lists .*handeye-tiny\.gguf", server.endpoint.notices[-1])
            assert server.generate(QUESTION, max_new_tokens=3).generated_tokens == 3


def test_it_stops_generating_when_it_is_interrupted(url: str, server: ChatServer) -> None:
    heard: list[str] = []

    def interrupt(text: str) -> None:
        heard.append(text)
        if len(heard) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        server.generate(ENDLESS, max_new_tokens=4000, on_text=interrupt)
    deadline = time.monotonic() + 60
    (slot,) = httpx2.get(f"{url}/slots", trust_env=False).json()
    while slot["is_processing"]:
        assert time.monotonic() < deadline
        (slot,) = httpx2.get(f"{url}/slots", trust_env=False).json()
    assert slot["n_prompt_tokens"] < 2000, "it went on to the end"  # counts the reply too


def test_an_episode_of_the_command(
    url: str, model: Model, site: Callable[[dict[str, str]], str], tmp_path: Path
) -> None:
    page = ["--url", site({"/": PAGE}), "--viewport", "160x210", "--max-steps", "2", "--out", "e"]
    done = subprocess.run(
        [sys.executable, "-m", "handeye", "run", "Find the button.", "--server", url, *page],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("HANDEYE_")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode in (0, 1, 3), done.stderr  # as the model makes of the page
    kept = read_trajectory(tmp_path / "e")
    assert kept.steps
    for index, step in enumerate(kept.steps):
        prompt = find_profile("handeye-tiny").agent
        assert prompt is not None
        history = History("Find the button.", tuple(kept.steps[:index]), step.observation)
        ours = model.generate(prompt.compose(view_of(history, prompt, model.image_size)), max_new_tokens=512)
        assert step.decision.text == ours.text
        assert step.decision.tokens is not None and step.decision.tokens.prompt == ours.prompt_tokens
