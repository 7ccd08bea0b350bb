"""The same files in llama.cpp itself: the same tokens, and logits that differ by its rounding of activations."""

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path

import httpx2
import pytest
import torch

from handeye.model.checkpoint import open_checkpoint
from handeye.model.gguf.container import read_container
from handeye.model.gguf.formats import FORMATS
from tests.model.gguf.random_pair import Files, write_pair

SERVE = Path(__file__).parents[2] / "agent" / "servers" / "llama_cpp_serve.py"
TEXT = "click the button in the dialog and type 12 words, naïve 你好"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("xllamacpp") is None, reason="needs pip install xllamacpp"),
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """A checkpoint with a matrix in each format."""
    names = cycle(format.name for format in FORMATS.values())

    def formats(name: str) -> str:
        return "F32" if name.endswith(("norm.weight", ".bias")) else next(names)

    return write_pair(tmp_path_factory.mktemp("pair"), formats=formats)


@pytest.fixture(scope="module")
def url(files: Files) -> Iterator[str]:
    command = [sys.executable, str(SERVE), str(files.language), "--mmproj", str(files.vision)]
    log = files.language.with_name("log.txt")
    with log.open("wb") as said:
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True)
    assert server.stdin is not None and server.stdout is not None
    try:
        address = server.stdout.readline().strip()
        assert address, log.read_text("utf-8", "replace")
        yield address
    finally:
        server.stdin.close()
        server.kill()
        server.wait()
        server.stdout.close()


def test_every_format_means_the_same_there(files: Files, url: str) -> None:
    """It rounds activations to eight bits before it multiplies: a few hundredths in the logarithm of a probability."""
    stored = read_container(files.language).tensors.values()
    assert {tensor.format for tensor in stored if len(tensor.shape) == 2} == {*FORMATS.values()}
    checkpoint = open_checkpoint(files.language, device="cpu")
    ids = checkpoint.tokenizer.encode(TEXT)
    assert httpx2.post(f"{url}/tokenize", json={"content": TEXT}).json()["tokens"] == ids
    network = checkpoint.network
    with torch.inference_mode():
        positions = torch.arange(len(ids)).expand(3, 1, -1)
        hidden = network.model(network.embed(torch.tensor([ids])), positions)
        ours = torch.log_softmax(network.logits(hidden)[0, -1], dim=-1)
    asked = {"prompt": ids, "n_predict": 1, "n_probs": 40, "temperature": 0}
    answer = httpx2.post(f"{url}/completion", json=asked, timeout=120).json()
    theirs = answer["completion_probabilities"][0]["top_logprobs"]
    assert theirs[0]["id"] == int(ours.argmax())
    assert max(abs(each["logprob"] - float(ours[each["id"]])) for each in theirs) < 0.25
    assert theirs[0]["logprob"] - theirs[-1]["logprob"] > 1
