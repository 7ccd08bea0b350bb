"""A real server: `transformers serve` with the checkpoint of this repository, on this machine."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from handeye.actions.geometry import Size
from handeye.agent.history import History
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policies.chat import ChatPolicy
from handeye.agent.policies.reading import view_of
from handeye.agent.prompts.catalog import find_profile
from handeye.agent.servers.errors import ImagesRescaled, PrefixRefused, UnknownServerModel
from handeye.agent.servers.scale import check_scale
from handeye.agent.servers.server import ChatServer
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.doctor.finding import Status
from handeye.model import load_model
from handeye.model.conversation.messages import Message
from tests.agent.servers.serving import NEEDED, serving

ROOT = Path(__file__).parents[3]
MOST = 37632
"""The checkpoint's own limit of the area of images, in pixels."""
SCREEN = Size(160, 210)
PAGE = """<!doctype html><style>* { margin: 0 }</style><div style="background: yellow">Click the button.</div>
<button style="position: absolute; left: 40px; top: 90px" onclick="this.remove()">Click Me!</button>"""

pytestmark = [pytest.mark.slow, NEEDED]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint, with the chat template of the released ones."""
    folder = tmp_path_factory.mktemp("server") / "handeye-tiny"
    shutil.copytree(ROOT / "model" / "checkpoints" / "handeye-tiny", folder)
    shutil.copy(ROOT / "tests" / "model" / "qwen2_5_vl.jinja", folder / "chat_template.jinja")
    return folder


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    """The address of the server."""
    with serving(folder) as url:
        yield url


@pytest.fixture
def server(url: str, folder: Path) -> Iterator[ChatServer]:
    with ChatServer(url, str(folder)) as server:
        yield server


def test_it_answers_as_the_model_does_here(
    server: ChatServer, folder: Path, noise: Callable[[int, int], Image.Image]
) -> None:
    model = load_model(folder, device="cpu")
    view = server.seeing(56 * 56, MOST)
    for picture in (noise(160, 210), noise(300, 200), noise(50, 50)):
        messages = [Message("system", ("You operate a screen.",)), Message("user", ("Task: Click OK.\n", picture))]
        heard: list[str] = []
        theirs = view.generate(messages, max_new_tokens=24, on_text=heard.append)
        ours = model.generate(messages, max_new_tokens=24)
        assert theirs.text == ours.text == "".join(heard)
        assert theirs.prompt_tokens == ours.prompt_tokens
        assert theirs.finish == ours.finish


def test_it_shrinks_images_beyond_the_checkpoints_limit(server: ChatServer, folder: Path, url: str) -> None:
    assert check_scale(server).status is Status.MISSING
    assert check_scale(server.seeing(56 * 56, MOST)).status is Status.OK
    with pytest.raises(ImagesRescaled, match="max_pixels="):
        ChatPolicy(server).ready()


def test_what_it_refuses_is_said(server: ChatServer, url: str) -> None:
    question = [Message("user", ("Hello",))]
    with ChatServer(url, "another") as other, pytest.raises(UnknownServerModel, match="pinned to"):
        other.generate(question)
    with pytest.raises(PrefixRefused):
        server.generate(question, prefix="[")
    assert server.generate(question, max_new_tokens=3, repetition_penalty=1.05).generated_tokens == 3
    assert "repetition_penalty" in server.endpoint.notices[-1]


def test_an_episode(server: ChatServer, folder: Path, site: Callable[[dict[str, str]], str]) -> None:
    policy = ChatPolicy(server, profile="handeye-tiny", max_pixels=MOST, max_new_tokens=96)
    policy.ready(SCREEN)
    with BrowserEnvironment(site({"/": PAGE}), viewport=SCREEN) as environment:
        episode = run_episode("Click the button.", environment, policy, limits=Limits(steps=2))
    assert episode.stop in (StopReason.STEP_LIMIT, StopReason.SUCCESS), episode.message
    model = load_model(folder, device="cpu")
    prompt = find_profile("handeye-tiny").agent
    assert prompt is not None
    first = episode.steps[0]
    view = view_of(History(episode.task, (), first.observation), prompt, model.image_size)
    ours = model.generate(prompt.compose(view), max_new_tokens=96)
    assert first.decision.text == ours.text
    for decision in (step.decision for step in episode.steps):
        assert decision.image is not None and decision.image.size == model.image_size(SCREEN)
        assert decision.tokens is not None and decision.tokens.prompt >= ours.prompt_tokens
