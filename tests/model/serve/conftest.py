"""A server of a small checkpoint with random weights, and OpenAI's own client."""

import base64
import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import openai
import pytest
from PIL import Image
from torch import Tensor

from handeye.model.checkpoint import Checkpoint
from handeye.model.engine.sampling.sample import Sampling
from tests.model.serve.serving import Served, serving

Say = Callable[..., None]


@pytest.fixture(scope="session")
def named(checkpoint: Checkpoint) -> Checkpoint:
    """The checkpoint, under a name."""
    return replace(checkpoint, name="small")


@pytest.fixture(scope="session")
def served(named: Checkpoint) -> Iterator[Served]:
    """The server, for all tests."""
    with serving(named) as served:
        yield served


@pytest.fixture
def client(served: Served) -> Iterator[openai.OpenAI]:
    """OpenAI's client, which tries nothing twice."""
    with openai.OpenAI(base_url=served.url, api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, checkpoint: Checkpoint) -> Say:
    """Make the model say a text, token by token, and end its turn."""

    def script(text: str, *, ends: bool = True) -> None:
        ids = [*checkpoint.tokenizer.encode(text), *([min(checkpoint.closing)] if ends else [])]

        def chooser(sampling: Sampling, prompt: object = ()) -> Callable[[Tensor], int]:
            left = iter(ids)
            return lambda logits: next(left)

        monkeypatch.setattr(Sampling, "chooser", chooser)

    return script


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch, checkpoint: Checkpoint) -> None:
    """A model that never ends its turn."""
    (letter,) = checkpoint.tokenizer.encode("a")
    monkeypatch.setattr(Sampling, "chooser", lambda sampling, prompt=(): lambda logits: letter)


@pytest.fixture(scope="session")
def data_url() -> Callable[[Image.Image], str]:
    """Write an image as a data URL."""

    def write(image: Image.Image) -> str:
        file = io.BytesIO()
        image.save(file, "PNG")
        return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"

    return write
