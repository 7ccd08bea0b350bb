"""What goes wrong for one request leaves the others, the slots and the server as they were."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
import torch
from PIL import Image
from torch import Tensor

from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.engine.runner import Runner
from handeye.model.serve.job import Job
from handeye.model.serve.limits import Limits
from tests.model.serve.serving import LONG, Served, serving, user, wait_until

Say = Callable[..., None]


def break_logits(monkeypatch: pytest.MonkeyPatch, served: Served, prompt: str) -> None:
    """Let the network compute NaN for the requests whose prompt has a number of tokens like this one's."""
    length = served.post(messages=[user(prompt)], max_tokens=1).json()["usage"]["prompt_tokens"]
    run = Runner.run

    def broken(runner: Runner, turns: Any) -> Tensor:
        logits = run(runner, turns).clone()
        for row, turn in enumerate(turns):
            if len(turn.request.prompt) == length:
                logits[row] = torch.nan
        return logits

    monkeypatch.setattr(Runner, "run", broken)


@pytest.mark.parametrize("stream", [False, True])
def test_nan_is_told_to_the_one_whose_it_is(served: Served, monkeypatch: pytest.MonkeyPatch, stream: bool) -> None:
    break_logits(monkeypatch, served, "break " * 30)
    with ThreadPoolExecutor(8) as pool:
        prompts = ["break " * 30, *["fine"] * 7]
        answers = list(pool.map(lambda prompt: served.post(messages=[user(prompt)], stream=stream), prompts))
    assert [answer.status_code for answer in answers] == [500, *[200] * 7]
    error = answers[0].json()["error"]
    assert error["code"] == "non_finite_output"
    assert "has no answer" in error["message"] and "another copy of the checkpoint" in error["message"]


def test_few_requests_decode_their_images_at_the_same_time(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """What they need for it is much more than what they keep."""
    prepare, lock, go = Job.prepare, threading.Lock(), threading.Event()
    now: list[Job] = []
    most: list[int] = []

    def slowly(job: Job, folder: Any) -> None:
        with lock:
            now.append(job)
            most.append(len(now))
        assert go.wait(300)
        prepare(job, folder)
        with lock:
            now.remove(job)

    monkeypatch.setattr(Job, "prepare", slowly)
    with ThreadPoolExecutor(16) as pool:
        answers = [pool.submit(served.post, max_tokens=1) for _ in range(16)]
        wait_until(lambda: len(now) == 4)
        go.set()
        assert {answer.result(300).status_code for answer in answers} == {200}
    assert max(most) == 4 and len(most) == 16


def test_nan_in_the_middle_of_a_stream(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Runner.run

    def later(runner: Runner, turns: Any) -> Tensor:
        logits = run(runner, turns).clone()
        return torch.full_like(logits, torch.nan) if len(turns[0].request.tokens) >= 12 else logits

    monkeypatch.setattr(Runner, "run", later)
    answer = served.post(stream=True, max_tokens=50, temperature=0)  # whose first tokens are whole characters
    events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line]
    assert events[-1] == "[DONE]"
    assert json.loads(events[-2])["error"]["code"] == "non_finite_output"
    assert json.loads(events[1])["choices"]


def test_too_little_memory_for_one(
    served: Served,
    monkeypatch: pytest.MonkeyPatch,
    noise: Callable[..., Image.Image],
    data_url: Callable[[Image.Image], str],
) -> None:
    prepare = Runner.prepare

    def full(runner: Runner, request: Any) -> None:
        if request.prompt.pictures:
            raise torch.OutOfMemoryError("CUDA out of memory")
        prepare(runner, request)

    monkeypatch.setattr(Runner, "prepare", full)
    shown = [user([{"type": "image_url", "image_url": {"url": data_url(noise(56, 56))}}])]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda fields: served.post(**fields), [{"messages": shown}, {}, {}, {}]))
    assert [answer.status_code for answer in answers] == [503, 200, 200, 200]
    assert answers[0].json()["error"]["code"] == "out_of_memory"
    assert "too little memory" in answers[0].json()["error"]["message"]
    assert served.service.idle and served.service.engine.used_tokens == 0


@pytest.mark.usefixtures("endless")
@pytest.mark.parametrize("stream", [False, True])
def test_a_server_that_stops_tells_everybody(named: Checkpoint, stream: bool) -> None:
    with ThreadPoolExecutor(4) as pool:
        with serving(named, limits=Limits(running=2)) as served:
            answers = [pool.submit(served.post, max_tokens=LONG, stream=stream) for _ in range(4)]
            wait_until(lambda: (served.service.engine.running, served.service.engine.waiting) == (2, 2))
        done = [answer.result() for answer in answers]
    assert all("the server is stopping" in answer.text for answer in done)
    served.service.join()
    with pytest.raises(httpx2.ConnectError):
        served.post()


@pytest.mark.parametrize("stream", [False, True])
def test_a_broken_weight_is_named(folder: Path, stream: bool) -> None:
    """The layer that holds it, so that one knows which file to fetch again."""
    broken = replace(open_checkpoint(folder, device="cpu"), name="broken")
    with serving(broken) as served:
        assert served.post(stream=stream).status_code == 200
        served.settle()
        with torch.inference_mode():
            broken.network.get_parameter("model.layers.1.self_attn.o_proj.weight").view(-1)[3] = torch.nan
        answer = served.post(stream=stream)
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "non_finite_output")
        assert "NaN or infinite numbers (model.layers.1.self_attn.o_proj.weight)" in answer.json()["error"]["message"]
        served.settle()
        assert served.service.engine.used_tokens == 0
