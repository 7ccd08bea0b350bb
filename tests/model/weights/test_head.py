"""The output matrix: what the files hold, whatever config.json says; as the reference reads them."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from handeye.model.checkpoint import open_checkpoint

Write = Callable[..., Path]

NEW = {
    "none": lambda weights: weights.pop("lm_head.weight", None),
    "the same": lambda weights: weights.update({"lm_head.weight": weights["model.embed_tokens.weight"].clone()}),
    "another": lambda weights: weights.update({"lm_head.weight": weights["model.embed_tokens.weight"].flip(0)}),
    "instead of the embeddings": lambda weights: weights.update(
        {"lm_head.weight": weights.pop("model.embed_tokens.weight")}
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("stored", NEW)
@pytest.mark.parametrize("shards", [1, 2])
def test_a_tied_config(write: Write, tmp_path: Path, stored: str, shards: int) -> None:
    from transformers import Qwen2_5_VLForConditionalGeneration

    folder = write(tmp_path / "a", tied=True)
    weights = load_file(folder / "model.safetensors")
    NEW[stored](weights)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    if shards == 2:  # in files of any names
        names = sorted(weights)
        (folder / "model.safetensors").unlink()
        for index in range(2):
            save_file({name: weights[name] for name in names[index::2]}, folder / f"part-{index}.safetensors")
    checkpoint = open_checkpoint(folder, device="cpu")
    network = checkpoint.network
    assert checkpoint.config == network.config
    assert checkpoint.config.text.tie_word_embeddings is (stored != "another")
    hidden = torch.randn(3, 64, generator=torch.Generator().manual_seed(0))
    ours = network.logits(hidden)
    if shards == 1:
        reference = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)
        assert torch.equal(network.model.embed_tokens.weight, reference.model.language_model.embed_tokens.weight)
        assert torch.allclose(ours, reference.lm_head(hidden), atol=1e-6)


@pytest.mark.parametrize(("root", "text"), [(True, False), (False, True), (True, None), (None, True)])
def test_root_and_decoder_disagree(
    write: Write, tmp_path: Path, nested_fields: dict[str, Any], root: bool | None, text: bool | None
) -> None:
    """Tied if either says so: the files then need no head."""
    changed = copy.deepcopy(nested_fields)
    changed.pop("tie_word_embeddings")
    changed |= {} if root is None else {"tie_word_embeddings": root}
    changed["text_config"] |= {} if text is None else {"tie_word_embeddings": text}
    folder = write(tmp_path / "a", fields=changed)
    assert "lm_head.weight" not in load_file(folder / "model.safetensors")
    assert open_checkpoint(folder, device="cpu").config.text.tie_word_embeddings
