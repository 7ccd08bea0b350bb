"""Folders with a LoRA adapter are refused with what to do."""

import json
from pathlib import Path

import pytest

from handeye.model.checkpoint import open_checkpoint
from handeye.model.errors import InvalidCheckpoint


@pytest.mark.parametrize(
    ("config", "base"),
    [({"base_model_name_or_path": "acme/base"}, "acme/base"), ({}, "another model"), ([], "another model")],
)
def test_an_adapter_alone(tmp_path: Path, config: object, base: str) -> None:
    (tmp_path / "adapter_config.json").write_text(json.dumps(config))
    (tmp_path / "adapter_model.safetensors").write_bytes(b"x")
    with pytest.raises(InvalidCheckpoint, match=f"holds only a LoRA adapter for {base}: merge it") as caught:
        open_checkpoint(tmp_path, device="cpu")
    assert "\n" not in str(caught.value)


def test_an_adapter_beside_a_model_is_not_left_out_silently(tmp_path: Path, folder: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(InvalidCheckpoint, match=r"would not be applied.*remove adapter_config\.json"):
        open_checkpoint(tmp_path, device="cpu")


def test_adapter_weights_are_not_taken_for_the_models(tmp_path: Path, folder: Path) -> None:
    for path in folder.iterdir():
        if path.suffix != ".safetensors":
            (tmp_path / path.name).symlink_to(path)
    (tmp_path / "adapter_model.safetensors").write_bytes(b"x")
    with pytest.raises(InvalidCheckpoint, match="holds no safetensors file: it is a LoRA adapter"):
        open_checkpoint(tmp_path, device="cpu")
