"""A checkpoint in GGUF files and the same weights in a safetensors file: the same answers."""

import gc
import os
import re
import subprocess
import sys
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from gguf import GGUFWriter
from PIL import Image

from handeye.actions.geometry import Box, Point
from handeye.model.architecture.joined import JoinedLinear, StackedLinear, released_layers
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.architecture.windows import Grid
from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import assemble
from handeye.model.errors import InvalidCheckpoint, OutOfMemory, UnreadableAnswer, UnsupportedDtype
from handeye.model.gguf import fill
from handeye.model.gguf.packed import BlockEmbedding, BlockLinear
from handeye.model.runtime import Model
from tests.model.gguf.random_pair import Files, fields_of, write_pair
from tests.model.random_checkpoint import build_tokenizer

Noise = Callable[..., Image.Image]


def q4_k_m(name: str) -> str:
    """A mixture as llama.cpp's Q4_K_M is one."""
    return "Q6_K" if re.search(r"embed|lm_head|v_proj|1\.mlp\.down", name) else "Q4_K"


MIXTURES: dict[str, tuple[Callable[[str], str], str, bool]] = {
    "F32": (lambda name: "F32", "F32", False),
    "F16": (lambda name: "F16", "F16", True),
    "BF16": (lambda name: "BF16", "BF16", False),
    "Q8_0": (lambda name: "Q8_0", "F16", True),
    "Q4_0": (lambda name: "Q8_0" if "embed" in name else "Q4_0", "F32", False),
    "Q4_K_M": (q4_k_m, "F16", False),
    "Q4_K_M, tied": (q4_k_m, "F16", True),
    "Q5_K_M": (lambda name: q4_k_m(name).replace("Q4", "Q5"), "BF16", False),
    "Q6_K": (lambda name: "Q6_K", "F16", True),
    "Q3_K_L": (lambda name: "Q5_K" if "down" in name else "Q3_K", "F16", False),
    "Q2_K": (lambda name: "Q3_K" if "o_proj" in name else "Q2_K", "F16", True),
    "IQ4_XS": (lambda name: "IQ4_NL" if "down" in name else "IQ4_XS", "F16", False),
    "Q5_1": (lambda name: "Q4_1" if "q_proj" in name else "Q5_0" if "up" in name else "Q5_1", "F16", False),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The mixture that most users have."""
    return write_pair(tmp_path_factory.mktemp("pair"), formats=q4_k_m)


def logits(checkpoint: Checkpoint, messages: list[Message]) -> torch.Tensor:
    network = checkpoint.network
    prompt = assemble(messages, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)
    ids = torch.tensor([prompt.ids(checkpoint.config.image_token_id)])
    pictures = [checkpoint.preprocessor.patches(picture) for picture in prompt.pictures]
    patches = checkpoint.preprocessor.normalise(torch.cat(pictures), network.compute)
    positions = torch.arange(ids.shape[1]).expand(3, 1, -1)
    hidden = network.model(network.embed(ids, patches, [picture.grid for picture in prompt.pictures]), positions)
    return network.logits(hidden)


@pytest.mark.slow
@pytest.mark.parametrize("mixture", MIXTURES)
def test_logits_are_those_of_the_unpacked_weights(tmp_path: Path, noise: Noise, mixture: str) -> None:
    formats, vision, tied = MIXTURES[mixture]
    files = write_pair(tmp_path / "a", formats=formats, vision=vision, tied=tied)
    ours, theirs = open_checkpoint(files.language, device="cpu"), open_checkpoint(files.plain, device="cpu")
    assert ours.config.text == theirs.config.text
    assert ours.config.vision == theirs.config.vision
    assert ours.closing == theirs.closing
    assert ours.preprocessor.rule == theirs.preprocessor.rule
    assert ours.network.dtype is ours.network.compute is torch.float32
    messages = [Message("user", (noise(150, 260), "click the button in the dialog"))]
    with torch.inference_mode():
        found, wanted = logits(ours, messages), logits(theirs, messages)
    assert float((found - wanted).abs().max()) <= 1e-5 * float(wanted.abs().max())


def test_replies_are_those_of_the_unpacked_weights(files: Files, noise: Noise) -> None:
    ours, theirs = (Model(open_checkpoint(path, device="cpu")) for path in (files.language, files.plain))
    first = [Message("user", (noise(200, 120), "click the button"))]
    for messages in (first, [*first, Message("assistant", ("done",)), Message("user", ("and now?",))]):
        found, wanted = (model.generate(messages, max_new_tokens=24) for model in (ours, theirs))
        assert found.token_ids == wanted.token_ids
        assert found.cached_tokens == wanted.cached_tokens


def short(checkpoint: Checkpoint) -> Checkpoint:
    """Return a checkpoint whose context is full after a few tokens of nonsense."""
    text = replace(checkpoint.config.text, max_position_embeddings=160)
    return replace(checkpoint, config=replace(checkpoint.config, text=text))


def test_it_asks_and_grounds_by_the_folders_name(files: Files, noise: Noise) -> None:
    model = Model(short(open_checkpoint(files.language.parent, device="cpu")))
    image = noise(100, 80)
    assert isinstance(model.ask([image], "what is this?"), str)
    assert model.origins == ("Some-Model-Q4_K_M", "Some-Model")
    try:
        places = model.ground(image, "the button")
    except UnreadableAnswer:  # random weights write nonsense
        return
    assert all(isinstance(place, Box | Point) for place in places)


def test_matrices_stay_as_they_are_stored(files: Files) -> None:
    network = open_checkpoint(files.language, device="cpu").network
    kinds = {name: type(where.layer).__name__ for name, where in released_layers(network).items()}
    assert kinds["model.embed_tokens"] == BlockEmbedding.__name__
    assert {kinds[f"model.layers.1.mlp.{name}_proj"] for name in ("gate", "up", "down")} == {BlockLinear.__name__}
    assert kinds["visual.blocks.0.attn.qkv"] == StackedLinear.__name__
    stored = sum(tensor.numel() * tensor.itemsize for tensor in network.state_dict().values())
    size = files.language.stat().st_size + files.vision.stat().st_size
    patches = network.visual.patch_embed.proj.weight
    assert stored <= size + patches.numel() * 2  # only the patch embedding is widened, and it counts in a small network


@pytest.mark.parametrize("format", ["F32", "F16", "BF16"])
def test_plain_numbers_become_bfloat16(tmp_path: Path, format: str, noise: Noise) -> None:
    """In as many bytes or fewer; and they are joined and decoded like any other checkpoint's."""
    files = write_pair(tmp_path / "a", formats=lambda name: format, vision=format)
    ours, theirs = (open_checkpoint(path, device="cpu", dtype="bfloat16") for path in (files.language, files.plain))
    assert ours.network.dtype is torch.bfloat16
    assert torch.equal(ours.network.lm_head.weight, theirs.network.lm_head.weight)
    assert isinstance(ours.network.model.layers[0].mlp.gate_up_proj, JoinedLinear)
    messages = [Message("user", (noise(60, 60), "click"))]
    with torch.inference_mode():
        assert torch.allclose(logits(ours, messages), logits(theirs, messages), atol=0.05)


def test_it_is_not_quantised_again(files: Files) -> None:
    with pytest.raises(UnsupportedDtype, match="has its own number formats: leave out dtype fp8"):
        open_checkpoint(files.language, device="cpu", dtype="fp8")


def test_float16_is_never_computed_with(files: Files) -> None:
    """Activations beyond its range: what a vision part in float16 is known for."""
    network = open_checkpoint(files.language, device="cpu").network
    patches = torch.full((16, 3 * 2 * 14 * 14), 1e5)
    with torch.inference_mode():
        cells = network.visual(patches, [Grid(1, 4, 4)])
        wide = network.visual.blocks[0].mlp.down_proj(torch.full((1, 84), 1e6))
    assert cells.dtype is torch.float32
    assert bool(cells.isfinite().all() and wide.isfinite().all())
    assert float(wide.abs().max()) > 65504


def swapped(name: str) -> str:
    """Give up and down the names that converters before May 2025 gave them in the vision part."""
    return re.sub(
        r"^(v\.blk\.\d+\.ffn_)(up|down)\.", lambda found: found[1] + {"up": "down.", "down": "up."}[found[2]], name
    )


def test_files_of_older_converters(tmp_path: Path, noise: Noise) -> None:
    """Swapped names, a placeholder, no width of the feed-forward layers, and 0 for the blocks that see everything."""

    def older(writer: GGUFWriter) -> None:
        writer.add_tensor("v.position_embd.weight", np.zeros((10, 10), dtype=np.float32))
        writer.kv_data[0]["clip.vision.feed_forward_length"].value = 0
        writer.kv_data[0]["clip.vision.n_wa_pattern"].value = 0

    fields = fields_of(build_tokenizer())
    fields["vision_config"] |= {"depth": 9, "fullatt_block_indexes": [7]}
    files = write_pair(tmp_path / "a", fields=fields, change_vision=older, rename=swapped)
    ours, theirs = open_checkpoint(files.language, device="cpu"), open_checkpoint(files.plain, device="cpu")
    assert ours.config.vision == theirs.config.vision
    messages = [Message("user", (noise(150, 260), "click"))]
    with torch.inference_mode():
        found, wanted = logits(ours, messages), logits(theirs, messages)
    assert float((found - wanted).abs().max()) <= 1e-5 * float(wanted.abs().max())


def test_every_fault_is_named_in_one_line(tmp_path: Path) -> None:
    names = {
        "blk.0.ffn_up.weight": "blk.0.ffn_upp.weight",
        "blk.2.attn_q.bias": "blk.2.attn_k_norm.bias",
        "v.blk.1.attn_k.weight": "v.blk.1.attn_kk.weight",
        "v.patch_embd.weight.1": "v.patch_embd.weight.2",
    }
    files = write_pair(tmp_path / "a", rename=lambda name: names.get(name, name))
    with pytest.raises(InvalidCheckpoint) as caught:
        open_checkpoint(files.language, device="cpu")
    text = str(caught.value)
    assert "the weights in Some-Model-Q4_K_M.gguf, mmproj-F16.gguf do not match their metadata" in text
    for name in ("layers.0.mlp.up_proj.weight", "layers.2.self_attn.q_proj.bias", "blocks.1.attn.k.weight"):
        assert name in text.partition("unexpected")[0]
    for name in names.values():
        assert name in text.partition("unexpected")[2]
    assert "\n" not in text


def test_a_tensor_twice(tmp_path: Path) -> None:
    def repeated(writer: GGUFWriter) -> None:
        writer.add_tensor("v.post_ln.weight", np.zeros(64, dtype=np.float32))

    files = write_pair(tmp_path / "a", change=repeated)
    with pytest.raises(
        InvalidCheckpoint, match=r"mmproj-F16\.gguf holds v\.post_ln\.weight, which v\.post_ln\.weight in Some"
    ):
        open_checkpoint(files.language, device="cpu")


def test_a_tensor_of_another_shape(tmp_path: Path) -> None:
    def narrower(writer: GGUFWriter) -> None:
        writer.kv_data[0]["qwen2vl.feed_forward_length"].value = 256

    files = write_pair(tmp_path / "a", change=narrower)
    with pytest.raises(InvalidCheckpoint, match=r"layers\.\{0-2\}\.mlp\.gate_proj\.weight is \[512, 256\]|wrong shape"):
        open_checkpoint(files.language, device="cpu")


@pytest.mark.slow
def test_too_little_memory(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fill, "total_memory", lambda device: 1000)
    with pytest.raises(OutOfMemory, match=r"need 0\.0 GB, and cpu has 0\.0 GB: use a file with fewer bits"):
        open_checkpoint(files.language, device="cpu")
    monkeypatch.undo()
    made: list[weakref.ref[Qwen2_5_VL]] = []

    def full(self: Qwen2_5_VL, *arguments: object, **options: object) -> None:
        made.append(weakref.ref(self))
        raise MemoryError

    monkeypatch.setattr(Qwen2_5_VL, "load_state_dict", full)
    with pytest.raises(OutOfMemory, match="more than cpu has free") as caught:
        open_checkpoint(files.language, device="cpu")
    assert caught.value.__context__ is None
    gc.collect()
    assert [network() for network in made] == [None]  # nothing is kept of what was loaded


MEASURE = """
import sys
from handeye.model.checkpoint import open_checkpoint

def memory(key):
    return int(next(line for line in open("/proc/self/status") if line.startswith(key)).split()[1]) * 1024

open_checkpoint(sys.argv[1], device="cpu")  # what is imported, and what torch keeps
open("/proc/self/clear_refs", "w").write("5")  # begins a new peak
before = memory("VmRSS")
opened = open_checkpoint(sys.argv[2], device="cpu")
print(memory("VmHWM") - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_loading_takes_little_memory_beside_the_mapped_files(files: Files, tmp_path: Path) -> None:
    """The peak: all that is not a view of the files."""
    fields = fields_of(build_tokenizer(), width=1024)
    large = write_pair(tmp_path / "a", fields=fields | {"vocab_size": 4096})
    command = [sys.executable, "-c", MEASURE, str(files.language), str(large.language)]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=True)
    size = large.language.stat().st_size + large.vision.stat().st_size
    assert size > 15e6
    assert int(done.stdout) < size / 10
