"""A checkpoint's folder as one thing."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from handeye.actions.geometry import Size
from handeye.model.architecture.network import count_parameters
from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.errors import InvalidCheckpoint, UnsupportedDtype
from handeye.model.hardware import device

Write = Callable[..., Path]


def test_everything_is_read(checkpoint: Checkpoint) -> None:
    tokenizer = checkpoint.tokenizer
    assert checkpoint.closing == {tokenizer.id("<|im_end|>"), tokenizer.id("<|endoftext|>")}
    assert checkpoint.preprocessor.rule.max_pixels == 12_845_056
    assert not any(parameter.requires_grad for parameter in checkpoint.network.parameters())
    assert not checkpoint.network.training


def test_weights_are_those_of_the_file(checkpoint: Checkpoint, folder: Path) -> None:
    stored = load_file(folder / "model.safetensors")
    for name, tensor in checkpoint.network.state_dict().items():
        assert torch.equal(tensor, stored[name])


def test_of_a_large_model_on_a_cpu_half_the_bytes_are_kept(
    folder: Path, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    parameters = sum(parameter.numel() for parameter in checkpoint.network.parameters())
    assert checkpoint.network.dtype is torch.float32
    assert count_parameters(checkpoint.config) == parameters
    monkeypatch.setattr(device, "_SMALL", parameters)
    assert open_checkpoint(folder, device="cpu").network.dtype is torch.bfloat16
    assert open_checkpoint(folder, device="cpu", dtype="float32").network.dtype is torch.float32


@pytest.mark.slow
def test_opening_brings_in_no_compiler() -> None:
    """It takes longer to import than the shipped checkpoint to open."""
    code = (
        "import sys; from handeye.model.checkpoint import open_checkpoint; open_checkpoint(sys.argv[1], device='cpu');"
        "print(*{'torch._dynamo', 'torch._inductor', 'sympy'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, "handeye-tiny"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "\n"


def test_the_nested_config(write: Write, tmp_path: Path, nested_fields: dict[str, Any], checkpoint: Checkpoint) -> None:
    assert open_checkpoint(write(tmp_path / "a", fields=nested_fields), device="cpu").config == checkpoint.config


def test_other_limits_of_pixels(folder: Path) -> None:
    opened = open_checkpoint(folder, device="cpu", max_pixels=1280 * 784)
    assert opened.preprocessor.image_size(Size(1920, 1080)) == (1316, 728)
    assert open_checkpoint(folder, device="cpu", max_pixels=784).preprocessor.image_size(Size(99, 99)) == (28, 28)
    larger = open_checkpoint(folder, device="cpu", min_pixels=90 * 784)
    assert larger.preprocessor.image_size(Size(99, 99)) == (280, 280)
    with pytest.raises(ValueError, match="at least 784"):
        open_checkpoint(folder, device="cpu", max_pixels=783)
    with pytest.raises(ValueError, match="min_pixels must be at most max_pixels, 784"):
        open_checkpoint(folder, device="cpu", min_pixels=785, max_pixels=784)


def test_float16_is_refused(folder: Path) -> None:
    with pytest.raises(UnsupportedDtype):
        open_checkpoint(folder, device="cpu", dtype="float16")


def test_another_architecture_is_refused(write: Write, tmp_path: Path, fields: dict[str, Any]) -> None:
    folder = write(tmp_path / "a")
    (folder / "config.json").write_text(json.dumps({**fields, "model_type": "llama"}))
    with pytest.raises(InvalidCheckpoint, match=r"only Qwen2\.5-VL"):
        open_checkpoint(folder, device="cpu")


def test_a_tokenizer_of_another_checkpoint(write: Write, tmp_path: Path, fields: dict[str, Any]) -> None:
    folder = write(tmp_path / "a")
    (folder / "config.json").write_text(json.dumps({**fields, "vocab_size": 100}))
    with pytest.raises(InvalidCheckpoint, match="different checkpoints"):
        open_checkpoint(folder, device="cpu")


def test_without_a_generation_config_the_end_of_a_turn_closes(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path / "a")
    (folder / "generation_config.json").unlink()
    opened = open_checkpoint(folder, device="cpu")
    assert opened.closing == {opened.tokenizer.id("<|im_end|>"), opened.tokenizer.id("<|endoftext|>")}


@pytest.mark.parametrize("content", ["{", "[]", '{"eos_token_id": "no"}'])
def test_a_broken_generation_config(write: Write, tmp_path: Path, content: str) -> None:
    folder = write(tmp_path / "a")
    (folder / "generation_config.json").write_text(content)
    with pytest.raises(InvalidCheckpoint, match=r"generation_config\.json"):
        open_checkpoint(folder, device="cpu")
