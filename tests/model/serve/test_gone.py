"""A client that is gone is not answered any more, whatever its request was doing."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from torch import Tensor

from handeye.model.checkpoint import Checkpoint
from handeye.model.engine.runner import Runner, Turn
from handeye.model.serve.job import Job
from handeye.model.serve.limits import Limits
from tests.model.serve.serving import LONG, Served, send, serving, user, wait_until

pytestmark = pytest.mark.usefixtures("endless")


@pytest.fixture
def alone(named: Checkpoint) -> Iterator[Served]:
    """A server that answers one request after the other, for this test."""
    with serving(named, limits=Limits(running=1)) as served:
        yield served


@pytest.mark.parametrize("stream", [False, True])
def test_in_the_middle_of_its_reply(alone: Served, stream: bool) -> None:
    connection = send(alone, stream=stream)
    wait_until(lambda: alone.service.engine.running == 1)
    assert alone.service.engine.used_tokens > LONG
    connection.close()
    alone.settle()
    assert (alone.service.engine.running, alone.service.engine.used_tokens) == (0, 0)
    assert alone.metric("handeye_requests_total") == 1
    assert alone.post().status_code == 200


def test_after_the_first_words(alone: Served) -> None:
    connection = send(alone, stream=True)
    while b"content" not in connection.recv(1000):
        pass
    connection.close()
    alone.settle()
    assert alone.service.engine.used_tokens == 0


@pytest.mark.parametrize("stream", [False, True])
def test_while_it_waits(alone: Served, stream: bool) -> None:
    first = send(alone)
    wait_until(lambda: alone.service.engine.running == 1)
    second = send(alone, stream=stream)
    wait_until(lambda: alone.service.engine.waiting == 1)
    second.close()
    wait_until(lambda: alone.service.engine.waiting == 0)
    assert alone.service.engine.running == 1
    first.close()
    alone.settle()


def test_before_its_prompt_is_made(alone: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()
    prepare = Job.prepare

    def slowly(job: Job, folder: Any) -> None:
        begun.set()
        assert go.wait(300)
        prepare(job, folder)

    monkeypatch.setattr(Job, "prepare", slowly)
    connection = send(alone)
    assert begun.wait(300)
    connection.close()
    wait_until(lambda: alone.metric("handeye_refused_total") == 1)
    go.set()
    assert alone.post(max_tokens=1).status_code == 200
    assert alone.metric("handeye_requests_total") == 1


def test_with_half_of_a_request(alone: Served) -> None:
    with socket.create_connection(alone.place) as connection:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {alone.place[0]}\r\nContent-Length: 1000\r\n\r\n{{"
        connection.sendall(head.encode())
    assert alone.post(max_tokens=1).status_code == 200


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_only_reads_counts_as_gone(alone: Served, stream: bool) -> None:
    """On the wire it looks like one that was killed, and it is told by the end of its connection."""
    connection = send(alone, stream=stream)
    wait_until(lambda: alone.service.engine.running == 1)
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(300)
    while connection.recv(10_000):
        pass
    alone.settle()
    assert (alone.service.engine.running, alone.service.engine.used_tokens) == (0, 0)
    assert alone.metric("handeye_generated_tokens_total") < LONG
    connection.close()


CLIENT = """
import json, sys, urllib.request
asked = urllib.request.Request(sys.argv[1], sys.argv[2].encode(), {"Content-Type": "application/json"})
with urllib.request.urlopen(asked) as answer:
    for line in answer:
        print(line.decode(), flush=True)
"""


def test_a_client_that_is_killed_in_the_middle_of_a_stream(alone: Served) -> None:
    body = json.dumps({"model": "small", "messages": [user("Hello")], "max_tokens": LONG, "stream": True})
    command = [sys.executable, "-c", CLIENT, f"{alone.url}/chat/completions", body]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout is not None
        heard = 0
        while heard < 5:
            heard += client.stdout.readline().startswith("data: ")
        client.kill()
        alone.settle()
    assert (alone.service.engine.running, alone.service.engine.used_tokens) == (0, 0)
    assert alone.metric("handeye_generated_tokens_total") < LONG
    assert alone.post(max_tokens=1).status_code == 200


STAGES: dict[str, Callable[[Turn], bool]] = {
    "prompt": lambda turn: turn.request.rest is not None and turn.request.rest.shape[1] < len(turn.request.prompt),
    "reply": lambda turn: len(turn.request.tokens) > 2 and not turn.guesses,
    "guesses": lambda turn: bool(turn.guesses),
}


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("stream", [False, True])
def test_the_slots_are_free_and_the_others_go_on(
    named: Checkpoint, monkeypatch: pytest.MonkeyPatch, stage: str, stream: bool
) -> None:
    """Whether it goes while its prompt is read, its reply is written, or what may follow is guessed."""
    run = Runner.run
    reached, go = threading.Event(), threading.Event()
    words = "one of these words after the other " * 4

    def held(runner: Runner, turns: Sequence[Turn]) -> Tensor:
        mine = [turn for turn in turns if len(turn.request.prompt) > 60]
        if not reached.is_set() and any(map(STAGES[stage], mine)):
            reached.set()
            assert go.wait(300)
        return run(runner, turns)

    with serving(named, limits=Limits(chunk=24)) as served, ThreadPoolExecutor() as pool:
        monkeypatch.setattr(Runner, "run", held)
        other = pool.submit(served.post, max_tokens=300)
        connection = send(served, stream=stream, messages=[user(words)])
        assert reached.wait(300)
        connection.close()
        wait_until(lambda: not served.service._orders.empty())  # the server has noticed
        go.set()
        answer = other.result(300)
        assert answer.json()["choices"][0]["message"]["content"] == "a" * 300
        served.settle()
        assert (served.service.engine.running, served.service.engine.used_tokens) == (0, 0)
        assert served.metric("handeye_generated_tokens_total") < 300 + LONG
        assert served.post(messages=[user(words)]).status_code == 200


@pytest.mark.slow
def test_a_client_that_takes_nothing_does_not_hold_up_the_end(
    named: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handeye.model.serve.listen._PATIENCE", 0.2)
    with serving(named) as served:
        connection = send(served, buffer=1024, stream=True, logprobs=True, top_logprobs=20)
        wait_until(lambda: any(len(request.tokens) > 1500 for request in served.service.engine._scheduler._running))
    assert served.service.refusal is not None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(served.place)
    connection.close()
