"""Our own server, driven by our own client: the replies are those of the model here."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import httpx2
import psutil
import pytest
from PIL import Image

from handeye.actions.geometry import Size
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.servers.errors import KeyRefused, ServerFailed
from handeye.agent.servers.request import data_url
from handeye.agent.servers.scale import check_scale
from handeye.agent.servers.server import ChatServer
from handeye.environments.doctor.finding import Status
from handeye.model import load_model
from handeye.model.conversation.messages import Message
from handeye.model.errors import ContextTooLong
from tests.agent.servers.handeye_serve import Process, handeye_serve

pytest.importorskip("fastapi")
pytest.importorskip("prometheus_client")
pytestmark = pytest.mark.slow

MOST = 37632
"""The checkpoint's own limit of the area of images, in pixels."""
PAGE = """<!doctype html><style>* { margin: 0 }</style><div style="background: yellow">Click the button.</div>
<button style="position: absolute; left: 40px; top: 90px" onclick="this.remove()">Click Me!</button>"""


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """The server."""
    with handeye_serve(tmp_path_factory.mktemp("serve"), "--device", "cpu") as process:
        yield process


@pytest.fixture
def server(process: Process) -> Iterator[ChatServer]:
    with ChatServer(process.url) as server:
        yield server.seeing(56 * 56, MOST)


def test_it_answers_as_the_model_does_here(server: ChatServer, noise: Callable[[int, int], Image.Image]) -> None:
    model = load_model("handeye-tiny", device="cpu")
    for picture in (noise(160, 210), noise(300, 200), noise(50, 50)):
        messages = [Message("system", ("You operate a screen.",)), Message("user", ("Task: Click OK.\n", picture))]
        heard: list[str] = []
        theirs = server.generate(messages, max_new_tokens=24, repetition_penalty=1.1, on_text=heard.append)
        ours = model.generate(messages, max_new_tokens=24, repetition_penalty=1.1)
        assert theirs.text == ours.text == "".join(heard)
        assert (theirs.prompt_tokens, theirs.generated_tokens) == (ours.prompt_tokens, ours.generated_tokens)
        assert theirs.finish == ours.finish
    assert server.notices == ()


def test_a_reply_begins_with_a_prefix(server: ChatServer) -> None:
    model = load_model("handeye-tiny", device="cpu")
    messages = [Message("user", ("Click OK.",))]
    ours = model.generate(messages, max_new_tokens=12, prefix='[{"type": "click"').text
    assert server.generate(messages, max_new_tokens=12, prefix='[{"type": "click"').text == ours


def test_images_arrive_as_they_are_sent(server: ChatServer) -> None:
    assert check_scale(server, Size(160, 210)).status is Status.OK


def test_a_prompt_that_is_too_long_is_named(server: ChatServer) -> None:
    with pytest.raises(ContextTooLong, match="reads at most"):
        server.generate([Message("user", ("word " * 9000,))])


def test_an_episode_is_that_of_the_model_here(process: Process, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    command = [sys.executable, "-m", "handeye", "run", "Click the button.", "--url", "page.html"]
    command += ["--viewport", "160x210", "--max-steps", "2"]
    said = []
    for name, own in (("served", ("--server", process.url)), ("here", ("--model", "handeye-tiny"))):
        done = subprocess.run([*command, *own, "--out", name], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode in (0, 1, 3), done.stderr
        said.append([step.decision.text for step in read_trajectory(tmp_path / name).steps])
    assert said[0] == said[1]
    assert len(said[0]) > 0


@pytest.mark.parametrize("where", [(), ("--ray", "local")], ids=["processes", "ray"])
def test_the_workers_of_an_eval_share_it(tmp_path: Path, where: tuple[str, ...]) -> None:
    needed = ("miniwob", *(["ray"] if where else []))
    if any(find_spec(name) is None for name in needed):
        pytest.skip(f"needs {' and '.join(needed)}")
    key = "open-sesame"
    with handeye_serve(tmp_path, "--device", "cpu", "--max-pixels", str(336 * 448), HANDEYE_API_KEY=key) as process:
        command = [sys.executable, "-m", "handeye", "eval", "miniwob", "--tasks", "click-test,click-dialog"]
        command += ["--episodes", "2", "--max-steps", "2", "--workers", "2", "--server", process.url, "--out", "out"]
        environ = {**os.environ, "HANDEYE_SERVER_KEY": key}
        done = subprocess.run([*command, *where], cwd=tmp_path, env=environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    episodes = [json.loads(line) for line in (tmp_path / "out" / "episodes.jsonl").read_text().splitlines()]
    assert len(episodes) == 4
    assert all(episode["stop"] != "failed" and episode["steps"] > 0 for episode in episodes)


def test_a_key_is_asked_for(tmp_path: Path) -> None:
    with handeye_serve(tmp_path, "--device", "cpu", HANDEYE_API_KEY="open-sesame") as process:
        with ChatServer(process.url) as server, pytest.raises(KeyRefused):
            server.generate([Message("user", ("Hi",))])
        with ChatServer(process.url, key="open-sesame") as server:
            assert server.generate([Message("user", ("Hi",))], max_new_tokens=2).generated_tokens == 2
        assert "open-sesame" not in process.said


def test_a_server_that_is_killed_is_named(tmp_path: Path) -> None:
    with handeye_serve(tmp_path, "--device", "cpu") as process, ChatServer(process.url, retries=0) as server:
        question = [Message("user", ("Hi",))]
        assert server.generate(question, max_new_tokens=2).text
        with pytest.raises(ServerFailed, match=r"the connection to the server at .* was lost"):
            server.generate(
                question, max_new_tokens=3000, temperature=1.0, seed=1, on_text=lambda text: process.process.kill()
            )


def test_five_hundred_requests_at_once(tmp_path: Path, noise: Callable[..., Image.Image]) -> None:
    """All are answered or refused, in 2 GB, and a second time in no more memory than the first."""
    picture = data_url(noise(160, 210), Size(168, 196))

    async def ask(client: httpx2.AsyncClient, url: str, number: int) -> int:
        shown = [{"type": "image_url", "image_url": {"url": picture}}] if number % 5 == 0 else []
        turn = {"role": "user", "content": [*shown, {"type": "text", "text": f"request {number}"}]}
        body = {"model": "handeye-tiny", "messages": [turn], "max_tokens": 8, "stream": number % 2 == 0}
        answer = await client.post(f"{url}/chat/completions", json=body, timeout=600)
        assert ("[DONE]" in answer.text) == (answer.is_success and number % 2 == 0)
        return answer.status_code

    async def burst(url: str) -> Counter[int]:
        limits = httpx2.Limits(max_connections=None)
        async with httpx2.AsyncClient(trust_env=False, limits=limits) as client:
            return Counter(await asyncio.gather(*(ask(client, url, number) for number in range(500))))

    with handeye_serve(tmp_path, "--device", "cpu") as process:
        statuses = asyncio.run(burst(process.url))
        assert statuses[200] >= 256 and set(statuses) <= {200, 429}
        used = psutil.Process(process.process.pid).memory_info().rss
        assert sum(asyncio.run(burst(process.url)).values()) == 500
        after = psutil.Process(process.process.pid).memory_info()
        assert after.rss < used * 1.1
        peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.process.pid}/status").read_text())
        assert peak is not None and int(peak[1]) < 2_000_000
        health = httpx2.get(process.url.replace("/v1", "/metrics"), trust_env=False).text
        assert "handeye_running 0.0" in health and "handeye_slots_used 0.0" in health


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_whoever_waits_is_told(number: int, tmp_path: Path) -> None:
    with handeye_serve(tmp_path, "--device", "cpu") as process, ChatServer(process.url, retries=0) as server:
        whole = psutil.Process(process.process.pid)
        heard: list[str] = []

        def hear(text: str) -> None:
            if not heard:
                process.process.send_signal(number)
            heard.append(text)

        with pytest.raises(Exception, match="the server is stopping"):
            server.generate([Message("user", ("Hi",))], max_new_tokens=4000, on_text=hear)
        assert process.process.wait(300) == (0 if number == signal.SIGINT else 128 + number)
        assert "Traceback" not in process.said
        assert not whole.is_running()
