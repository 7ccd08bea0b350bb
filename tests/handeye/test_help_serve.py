"""The examples of `handeye serve`: all real but the weights, which are those of handeye-tiny."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from handeye.environments.errors import InvalidOption
from handeye.model import checkpoint
from handeye.model.errors import CannotListen

pytest.importorskip("fastapi")
pytest.importorskip("prometheus_client")

from handeye.model.serve.listen import Listener

if TYPE_CHECKING:
    from conftest import Example, Played

    Play = Callable[..., Played]

pytestmark = pytest.mark.slow


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Ask each server for its models, with and without a key, and stop it then; the list gets model, key, answers."""
    found: list[Any] = []
    load, answer = checkpoint.open_checkpoint, Listener.answer

    def open_tiny(name: str, **options: Any) -> checkpoint.Checkpoint:
        found.append((name, options["device"]))
        return load("handeye-tiny", device="cpu")

    def answer_once(listener: Listener, on_ready: Callable[[], None]) -> None:
        def ask() -> None:
            key = {"Authorization": "Bearer some-secret"}
            port = listener.endpoint.url.rpartition(":")[2]
            answers = [httpx2.get(f"http://127.0.0.1:{port}/models", headers=headers) for headers in ({}, key)]
            found.append([each.status_code for each in answers])
            listener.leave()

        def ready() -> None:
            on_ready()
            threading.Thread(target=ask).start()

        answer(listener, ready)

    monkeypatch.setattr(checkpoint, "open_checkpoint", open_tiny)
    monkeypatch.setattr(Listener, "answer", answer_once)
    yield found


@pytest.mark.example("handeye serve --model handeye-tiny")
def test_a_small_model(example: "Example", play: "Play", tmp_path: Path, asked: list[Any]) -> None:
    done = play(example.where("serve", "serve --port 0").words, folder=tmp_path)
    assert done.status == 0, done.output
    assert "handeye-tiny is served at http://127.0.0.1:" in done.output
    assert asked == [("handeye-tiny", "auto"), [200, 200]]


@pytest.mark.example("handeye serve --model Qwen/Qwen2.5-VL-7B-Instruct --device cuda --port 9000 --media screenshots")
def test_a_folder_is_shown(example: "Example", play: "Play", tmp_path: Path, asked: list[Any]) -> None:
    with pytest.raises(InvalidOption, match="there is no folder 'screenshots'"):
        play(example.words, folder=tmp_path)
    (tmp_path / "screenshots").mkdir()
    done = play(example.where("9000", "0").words, folder=tmp_path)
    assert done.status == 0, done.output
    assert asked == [("Qwen/Qwen2.5-VL-7B-Instruct", "cuda"), [200, 200]]


@pytest.mark.example("HANDEYE_API_KEY=some-secret handeye serve --host 0.0.0.0 --model Qwen/Qwen2.5-VL-7B-Instruct")
def test_other_machines_need_a_key(example: "Example", play: "Play", tmp_path: Path, asked: list[Any]) -> None:
    there = example.where("serve", "serve --port 0")
    with pytest.raises(CannotListen, match="set a key"):
        play(there.words, folder=tmp_path)
    assert asked == [], "that is known before the model is loaded"
    done = play(there.words, folder=tmp_path, environ=example.environ)
    assert done.status == 0, done.output
    assert asked[-1] == [401, 200]
    assert "some-secret" not in done.output
