"""Every way of being fast, against the plain forward pass, which reads all tokens again for each new one.

The plain pass is that of the modules on whole sequences: no cache, no batch, no chunks, no guesses.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import PIL.Image
import pytest
import torch

from handeye.model.architecture.positions import token_positions
from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import Prompt, assemble
from handeye.model.engine import runner
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Request
from handeye.model.engine.steps.static import StaticDecoder
from handeye.model.engine.steps.static_vision import StaticVision
from handeye.model.kernels.repack import repack
from handeye.model.kernels.twin import TorchKernels
from tests.model.engine.asking import asked, replies
from tests.model.quantised.packed_checkpoint import FORMS, write_packed

Noise = Callable[..., PIL.Image.Image]
TOKENS = 24
DECODERS = ("modules", "token", "static")


@contextmanager
def decoding(kind: str) -> Iterator[None]:
    """Have single tokens read by the modules, by the decoder of a CPU, or by that whose work a GPU records.

    With the last, what encodes images is also that of a GPU.
    """
    chosen = {
        "modules": lambda network, pages: None,
        "token": runner.choose_decoder,
        "static": lambda network, pages: StaticDecoder(network, pages, TorchKernels()),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "choose_decoder", chosen[kind])
        encoder = (lambda network: StaticVision(network, TorchKernels())) if kind == "static" else lambda network: None
        patch.setattr(runner, "choose_encoder", encoder)
        yield


def prompts(checkpoint: Checkpoint, noise: Noise) -> list[Prompt]:
    """Return the prompts of two episodes, each with a step that goes on from the step before, and one of text."""
    first, second, third = (noise(112, 84, seed) for seed in range(3))
    episode = [Message("user", ("the task: click the button, click the button", first))]
    further = [*episode, Message("assistant", ("click [3, 4]",)), Message("user", (second, "click [3, 4] did it"))]
    other = [Message("user", ("another task", third, first))]
    text = [Message("user", ("scroll down, then scroll down, then scroll down",))]
    return [
        assemble(each, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)
        for each in (episode, further, other, text)
    ]


def requests(checkpoint: Checkpoint, noise: Noise) -> list[Request]:
    return [asked(checkpoint, prompt, TOKENS) for prompt in prompts(checkpoint, noise)]


def plain(checkpoint: Checkpoint, prompt: Prompt) -> list[int]:
    """Return the likeliest tokens by the plain forward pass."""
    network, config = checkpoint.network, checkpoint.config
    tokens = prompt.ids(config.image_token_id, config.video_token_id)
    grids = [picture.grid for picture in prompt.pictures]
    patches = [checkpoint.preprocessor.patches(picture) for picture in prompt.pictures]
    pixels = checkpoint.preprocessor.normalise(torch.cat(patches), network.compute) if patches else None
    start = len(tokens)
    with torch.inference_mode():
        for _ in range(TOKENS):
            ids = torch.tensor(tokens)
            positions = token_positions(ids, grids, config).index[:, None]
            hidden = network.model(network.embed(ids[None], pixels, grids), positions)
            tokens = [*tokens, int(network.logits(hidden[0, -1])[: checkpoint.tokenizer.size].argmax())]
    return tokens[start:]


@pytest.fixture(scope="module")
def opened(folder: Path) -> Checkpoint:
    return replace(open_checkpoint(folder, device="cpu", dtype="float32"), closing=frozenset())


@pytest.fixture(scope="module")
def expected(opened: Checkpoint, noise: Noise) -> list[list[int]]:
    return [plain(opened, prompt) for prompt in prompts(opened, noise)]


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("guess", [False, True])
@pytest.mark.parametrize("chunk", [None, pytest.param(7, marks=pytest.mark.slow)])
@pytest.mark.parametrize("together", [False, True])
def test_the_greedy_tokens_are_those_of_the_plain_pass(
    opened: Checkpoint,
    expected: list[list[int]],
    noise: Noise,
    decoder: str,
    guess: bool,
    chunk: int | None,
    together: bool,
) -> None:
    """Alone and in batches, whole and in chunks, with and without guesses; twice, so that prefixes are kept."""
    with decoding(decoder):
        engine = Engine(opened.network, opened.tokenizer.size, chunk=chunk, guess=guess)
        for _ in range(2):
            assert replies(engine, requests(opened, noise), together=together) == expected


def test_these_replies_use_what_they_are_to_show(opened: Checkpoint, noise: Noise) -> None:
    made = requests(opened, noise)
    replies(Engine(opened.network, opened.tokenizer.size), made, together=False)
    assert made[1].cached > len(made[0].prompt) // 2
    assert sum(request.guessed for request in made) > 0


@pytest.mark.slow
@pytest.mark.parametrize("decoder", ["token", "static"])
@pytest.mark.parametrize("form", ["w4a16", "awq", "gptq-act-order", "fp8", "nf4-double", "int8"])
def test_packed_weights_are_as_the_dense_ones(form: str, decoder: str, tmp_path: Path, noise: Noise) -> None:
    """Of the same checkpoint, packed and unpacked; four bits also in the layout of a GPU."""
    packed, dense = (
        replace(open_checkpoint(path, device="cpu", dtype="float32"), closing=frozenset())
        for path in write_packed(tmp_path, FORMS[form])
    )
    wanted = [plain(dense, prompt) for prompt in prompts(dense, noise)]
    for layout in ("of the file", "of a GPU"):
        if layout == "of a GPU":
            repack(packed.network, "cpu")
        with decoding(decoder):
            engine = Engine(packed.network, packed.tokenizer.size)
            assert replies(engine, requests(packed, noise), together=True) == wanted
