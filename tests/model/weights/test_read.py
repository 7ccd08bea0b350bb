"""Strict loading: every layout, and every fault by name."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.errors import InvalidCheckpoint
from handeye.model.weights.mismatch import Mismatch
from handeye.model.weights.names import released_name
from handeye.model.weights.read import find_tensors

Write = Callable[..., Path]


def in_memory_name(name: str) -> str:
    """Return the name that the in-memory form gives a tensor."""
    if name.startswith("visual."):
        return f"model.{name}"
    return name.replace("model.", "model.language_model.", 1) if name.startswith("model.") else name


def edit(folder: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors")


def same_weights(one: Checkpoint, other: Checkpoint) -> bool:
    return all(
        torch.equal(mine, theirs)
        for mine, theirs in zip(one.network.parameters(), other.network.parameters(), strict=True)
    )


@pytest.mark.parametrize("shards", [1, 3])
def test_both_layouts_of_names(write: Write, tmp_path: Path, checkpoint: Checkpoint, shards: int) -> None:
    folder = write(tmp_path / "a", rename=in_memory_name, shards=shards)
    assert "model.language_model.norm.weight" in {tensor.name for tensor in find_tensors(folder).values()}
    assert same_weights(open_checkpoint(folder, device="cpu"), checkpoint)


def test_shards(write: Write, tmp_path: Path, checkpoint: Checkpoint) -> None:
    assert same_weights(open_checkpoint(write(tmp_path / "a", shards=4), device="cpu"), checkpoint)


def test_names_of_every_layout() -> None:
    assert released_name("model.visual.blocks.0.norm1.weight") == "visual.blocks.0.norm1.weight"
    assert released_name("model.language_model.layers.0.mlp.up_proj.weight") == "model.layers.0.mlp.up_proj.weight"
    assert released_name("vision_tower.merger.ln_q.weight") == "visual.merger.ln_q.weight"
    assert released_name("language_model.model.norm.weight") == "model.norm.weight"
    assert released_name("language_model.lm_head.weight") == "lm_head.weight"
    for name in ("visual.merger.ln_q.weight", "model.norm.weight", "lm_head.weight"):
        assert released_name(name) == name


def test_tied_embeddings_need_no_head_and_ignore_one(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path / "a", tied=True)
    assert "lm_head.weight" not in find_tensors(folder)
    before = open_checkpoint(folder, device="cpu")
    edit(folder, lambda weights: weights.update({"lm_head.weight": weights["model.embed_tokens.weight"].clone()}))
    assert same_weights(open_checkpoint(folder, device="cpu"), before)


def test_the_number_format_is_the_one_asked_for(folder: Path) -> None:
    assert open_checkpoint(folder, device="cpu", dtype="bfloat16").network.dtype is torch.bfloat16


def test_every_fault_is_named_in_one_line(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path / "a")

    def spoil(weights: dict[str, torch.Tensor]) -> None:
        for layer in range(3):
            del weights[f"model.layers.{layer}.mlp.up_proj.weight"]
        del weights["model.norm.weight"]
        weights["visual.blocks.9.norm1.weight"] = torch.ones(64)
        weights["extra"] = torch.ones(1)
        weights["visual.merger.mlp.2.bias"] = torch.ones(65)

    edit(folder, spoil)
    with pytest.raises(InvalidCheckpoint) as caught:
        open_checkpoint(folder, device="cpu")
    text = str(caught.value)
    assert "missing: model.layers.{0-2}.mlp.up_proj.weight, model.norm.weight" in text
    assert "unexpected: extra, visual.blocks.9.norm1.weight" in text
    assert "wrong shape: visual.merger.mlp.2.bias is [65] and should be [64]" in text
    assert "\n" not in text


def test_ranges_of_layers() -> None:
    wanted = {f"layers.{index}.w": (1,) for index in (0, 1, 2, 5, 7, 8)}
    assert str(Mismatch.between(wanted, {})) == "missing: layers.{0-2,5,7-8}.w"
    assert not Mismatch.between(wanted, dict(wanted))


def resave(folder: Path, name: str, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    """Write a changed copy of the weights under another file name."""
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / name)


def brighten(weights: dict[str, torch.Tensor]) -> None:
    weights["model.norm.weight"] += 1


def test_one_file_counts_before_the_shards_of_an_index(write: Write, tmp_path: Path) -> None:
    """As in the reference: a newer model.safetensors beside an older index."""
    folder = write(tmp_path / "a", shards=3)
    whole = write(tmp_path / "b")
    edit(whole, brighten)
    (folder / "model.safetensors").write_bytes((whole / "model.safetensors").read_bytes())
    assert same_weights(open_checkpoint(folder, device="cpu"), open_checkpoint(whole, device="cpu"))
    edit(folder, lambda weights: weights.pop("lm_head.weight"))
    with pytest.raises(InvalidCheckpoint, match=r"model\.safetensors was read, not the shards beside it.*lm_head"):
        open_checkpoint(folder, device="cpu")


@pytest.mark.parametrize("name", ["a-consolidated.safetensors", "z-old.safetensors"])
def test_files_beside_model_safetensors_are_not_read(write: Write, tmp_path: Path, name: str) -> None:
    folder = write(tmp_path / "a")
    before = open_checkpoint(folder, device="cpu")
    resave(folder, name, brighten)
    assert same_weights(open_checkpoint(folder, device="cpu"), before)


def test_two_files_with_the_same_tensors_are_refused(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path / "a")
    resave(folder, "one.safetensors", brighten)
    (folder / "model.safetensors").rename(folder / "two.safetensors")
    with pytest.raises(
        InvalidCheckpoint, match=r"is in two files, .*one\.safetensors and two\.safetensors: leave only"
    ):
        open_checkpoint(folder, device="cpu")


def test_shards_of_two_sizes_without_an_index_are_refused(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path / "a", shards=2)
    for shard in write(tmp_path / "b", shards=3).glob("*.safetensors"):
        shard.rename(folder / shard.name)
    (folder / "model.safetensors.index.json").unlink()
    with pytest.raises(InvalidCheckpoint, match="is in two files"):
        open_checkpoint(folder, device="cpu")


def test_shards_without_an_index_are_read(write: Write, tmp_path: Path, checkpoint: Checkpoint) -> None:
    folder = write(tmp_path / "a", shards=2)
    (folder / "model.safetensors.index.json").unlink()
    assert same_weights(open_checkpoint(folder, device="cpu"), checkpoint)


def test_a_tensor_under_both_of_its_names_is_refused(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path / "a")
    edit(folder, lambda weights: weights.update({"model.visual.merger.ln_q.weight": torch.ones(64)}))
    with pytest.raises(InvalidCheckpoint, match=r"same tensor under two names, .*visual\.merger\.ln_q\.weight"):
        open_checkpoint(folder, device="cpu")


def test_other_formats_are_named(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path / "a")
    (folder / "model.safetensors").rename(folder / "model-q4.npz")
    with pytest.raises(InvalidCheckpoint, match=r"no safetensors file: the format of model-q4\.npz is not supported"):
        open_checkpoint(folder, device="cpu")


@pytest.mark.parametrize("size", [4, 300, 200_000])
def test_a_truncated_shard_is_named(write: Write, tmp_path: Path, size: int) -> None:
    folder = write(tmp_path / "a", shards=2)
    shard = folder / "model-00002-of-00002.safetensors"
    shard.write_bytes(shard.read_bytes()[:size])
    with pytest.raises(InvalidCheckpoint, match=r"model-00002-of-00002\.safetensors is damaged or truncated"):
        open_checkpoint(folder, device="cpu")


def test_a_missing_shard_is_named(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path / "a", shards=2)
    (folder / "model-00001-of-00002.safetensors").unlink()
    with pytest.raises(InvalidCheckpoint, match=r"model-00001-of-00002\.safetensors is missing"):
        open_checkpoint(folder, device="cpu")


def test_without_safetensors(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path / "a")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(InvalidCheckpoint, match="holds no safetensors file"):
        open_checkpoint(folder, device="cpu")


def test_quantized_tensors_are_refused(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path / "a")
    edit(folder, lambda weights: weights.update({"model.norm.weight": torch.ones(64, dtype=torch.int8)}))
    with pytest.raises(InvalidCheckpoint, match=r"model\.norm\.weight .* is stored as int8, which its config"):
        open_checkpoint(folder, device="cpu")


@pytest.mark.parametrize("names", [{"a": "../elsewhere.safetensors"}, {"a": 3}, [], None])
def test_an_index_that_is_none(write: Write, tmp_path: Path, names: object) -> None:
    folder = write(tmp_path / "a")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))
    with pytest.raises(InvalidCheckpoint, match=r"index\.json"):
        open_checkpoint(folder, device="cpu")
