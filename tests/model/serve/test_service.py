"""The thread of the engine: what fails on it is told, and does not end it unless it has to."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
import torch

from handeye.model.checkpoint import Checkpoint
from handeye.model.engine.engine import Engine
from handeye.model.engine.runner import Runner
from handeye.model.serve.errors import Refused
from handeye.model.serve.limits import Limits
from handeye.model.serve.metrics import Metrics
from handeye.model.serve.service import Service
from tests.model.serve.serving import LONG, Served, send, serving, wait_until


@pytest.fixture
def own(named: Checkpoint) -> Iterator[Served]:
    """A server for this test, which lets two requests get on at the same time."""
    with serving(named, limits=Limits(running=2)) as served:
        yield served


def once(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
    """Let a method fail the first time that it is called."""
    real: Callable[..., Any] = getattr(owner, name)

    def fail(*values: Any) -> Any:
        monkeypatch.setattr(owner, name, real)
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr(owner, name, fail)


def test_an_error_of_our_own_is_told_to_all_and_the_server_goes_on(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    once(monkeypatch, Engine, "step")
    answer = served.post()
    assert answer.status_code == 500
    assert "RuntimeError" in answer.text and "secret" not in answer.text
    served.settle()
    assert served.post().status_code == 200


@pytest.mark.usefixtures("endless")
def test_an_order_that_fails_is_told_to_all_and_the_server_goes_on(
    own: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gone = send(own, stream=True)
    with ThreadPoolExecutor() as pool:
        other = pool.submit(own.post, max_tokens=LONG)
        wait_until(lambda: own.service.engine.running == 2)
        once(monkeypatch, Engine, "cancel")
        gone.close()
        assert other.result(300).status_code == 500
    own.settle()
    assert "an order failed" in caplog.text
    assert own.service.engine.used_tokens == 0
    assert own.post().status_code == 200


@pytest.mark.parametrize("stream", [False, True])
def test_an_end_that_cannot_be_passed_on_is_told(own: Served, monkeypatch: pytest.MonkeyPatch, stream: bool) -> None:
    once(monkeypatch, Metrics, "count")
    assert "the server failed: RuntimeError" in own.post(stream=stream).text
    assert own.post(stream=stream).status_code == 200


def break_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine fail, and beginning anew as well."""

    def fail(engine: Engine) -> bool:
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr(Engine, "step", fail)
    monkeypatch.setattr(Engine, "forget", fail)


@pytest.mark.parametrize("stream", [False, True])
def test_an_engine_that_has_ended_says_so(
    own: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, stream: bool
) -> None:
    """To those that wait, to those that come, and to whoever asks for its health."""
    break_down(monkeypatch)
    with ThreadPoolExecutor() as pool:
        answers = [*pool.map(lambda number: own.post(stream=stream), range(4))]
    answers.append(own.post(stream=stream))
    own.service.join()
    for answer in (*answers[1:], httpx2.get(f"{own.root}/health", trust_env=False)):
        assert answer.status_code in (500, 503)
        assert "secret" not in answer.text
    for answer in (answers[-1], httpx2.get(f"{own.root}/health", trust_env=False)):
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "engine_ended"
        assert "RuntimeError" in answer.json()["error"]["message"]
        assert "start the server again" in answer.json()["error"]["message"]
    assert "the engine has ended" in caplog.text
    assert own.service.idle


@pytest.mark.parametrize("lasting", [False, True])
def test_a_device_that_has_failed_for_good_ends_the_engine(
    own: Served, monkeypatch: pytest.MonkeyPatch, lasting: bool
) -> None:
    """Each request would fail, and the server look well."""

    def fail(*values: Any, **options: Any) -> Any:
        raise torch.AcceleratorError("CUDA error: an illegal memory access was encountered")

    with monkeypatch.context() as patch:
        patch.setattr(Runner, "run", fail)
        if lasting:
            patch.setattr("handeye.model.serve.service.torch.zeros", fail)
        assert own.post().status_code == 500
        own.settle()
    health = httpx2.get(f"{own.root}/health", trust_env=False)
    if lasting:
        assert (health.status_code, health.json()["error"]["code"]) == (503, "engine_ended")
        assert "AcceleratorError" in own.post().json()["error"]["message"]
    else:
        assert health.status_code == own.post().status_code == 200


@pytest.mark.usefixtures("endless")
def test_whoever_waits_for_an_engine_that_ends_is_told(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor() as pool:
        waiting = [pool.submit(own.post, max_tokens=LONG, stream=number % 2 == 0) for number in range(4)]
        wait_until(lambda: (own.service.engine.running, own.service.engine.waiting) == (2, 2))

        def end(engine: Engine) -> bool:
            raise SystemExit

        monkeypatch.setattr(Engine, "step", end)
        answers = [answer.result(300) for answer in waiting]
    assert all("the engine has ended with an error (SystemExit)" in answer.text for answer in answers)
    assert own.service.engine.used_tokens == 0


def test_a_service_that_was_stopped_takes_nothing(named: Checkpoint) -> None:
    service = Service(named)
    service.start()
    service.stop()
    service.stop()
    service.join()
    assert service.refusal is not None
    with pytest.raises(Refused, match="the server is stopping"):
        service.submit(None, lambda: None)  # type: ignore[arg-type]
