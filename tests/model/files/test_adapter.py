"""Folders in which an adapter would be left out silently."""

from pathlib import Path

import pytest

from handeye.model.checkpoint import open_checkpoint
from handeye.model.errors import InvalidCheckpoint


def test_an_adapter_beside_a_model_is_not_left_out_silently(tmp_path: Path, folder: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(InvalidCheckpoint, match=r"would not be applied: remove adapter_config\.json .*as --adapter"):
        open_checkpoint(tmp_path, device="cpu")


def test_nor_is_one_beside_a_gguf_file(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}")
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    with pytest.raises(InvalidCheckpoint, match=r"would not be applied: remove adapter_config\.json .*as --adapter"):
        open_checkpoint(tmp_path, device="cpu")


def test_adapter_weights_are_not_taken_for_the_models(tmp_path: Path, folder: Path) -> None:
    for path in folder.iterdir():
        if path.suffix != ".safetensors":
            (tmp_path / path.name).symlink_to(path)
    (tmp_path / "adapter_model.safetensors").write_bytes(b"x")
    with pytest.raises(
        InvalidCheckpoint, match="holds no safetensors file: it is a LoRA adapter; give it as --adapter"
    ):
        open_checkpoint(tmp_path, device="cpu")
