"""Writing folders of adapters, as peft writes them."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file

LAYERS: Mapping[str, tuple[int, int]] = {
    "model.layers.0.self_attn.q_proj": (64, 64),
    "model.layers.0.self_attn.v_proj": (32, 64),
    "model.layers.1.mlp.down_proj": (64, 96),
    "model.layers.2.self_attn.o_proj": (64, 64),
    "lm_head": (384, 64),
    "visual.blocks.2.attn.qkv": (192, 64),
    "visual.merger.mlp.2": (64, 256),
}
"""Layers of the small checkpoint, and their outputs and inputs."""


def matrices(layers: Mapping[str, tuple[int, int]], rank: int, seed: int) -> dict[str, torch.Tensor]:
    """Return two random matrices for each layer, by the released name: `NAME.A` and `NAME.B`."""
    generator = torch.Generator().manual_seed(seed)
    found = {}
    for name, (outputs, inputs) in layers.items():
        found[f"{name}.A"] = torch.randn(rank, inputs, generator=generator) * inputs**-0.5
        found[f"{name}.B"] = torch.randn(outputs, rank, generator=generator) * 0.3
    return found


def write_adapter(
    folder: Path,
    *,
    layers: Sequence[str] = tuple(LAYERS),
    rank: int = 4,
    seed: int = 1,
    rename: Callable[[str], str] = str,
    more: Mapping[str, torch.Tensor] | None = None,
    ranks: Mapping[str, int] | None = None,
    **fields: object,
) -> dict[str, torch.Tensor]:
    """Write an adapter's folder; return its matrices, as `matrices` does. `fields` go into adapter_config.json."""
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, torch.Tensor] = {}
    for index, name in enumerate(layers):
        found |= matrices({name: LAYERS[name]}, (ranks or {}).get(name, rank), seed * 100 + index)
    written = {f"base_model.model.{rename(name[:-2])}.lora_{name[-1]}.weight": tensor for name, tensor in found.items()}
    save_file({**written, **(more or {})}, folder / "adapter_model.safetensors", {"format": "pt"})
    config = {"peft_type": "LORA", "r": rank, "lora_alpha": 16, "bias": "none", "use_rslora": False, **fields}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return found
