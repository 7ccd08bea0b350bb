"""A checkpoint folder of the 3B's shape with random weights, or of a part of its layers."""

import json
from pathlib import Path
from typing import Any
from zlib import crc32

import torch
from safetensors.torch import save_file

from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.training.tiny.vocabulary import build_tokenizer

LAYERS, BLOCKS = 36, 32
"""Of the decoder, of the vision transformer."""
PARTS = (9, 18, 27, 36)
"""Layers that can be measured: with each nine, eight vision blocks, of which one sees the whole image."""
_IN_A_FILE = 64
"""Tensors of a file."""
_CONTROL = {"image": "image_pad", "video": "video_pad", "vision_start": "vision_start", "vision_end": "vision_end"}
_POOL = 2**24
"""Random numbers that the weights repeat: to draw 3.75 billion takes minutes."""


def fields(layers: int) -> dict[str, Any]:
    """Return the config.json of Qwen2.5-VL-3B with the first `layers` of its layers and as large a part of its blocks.

    The ids of control tokens are those of `build_tokenizer`.
    """
    tokenizer, blocks = build_tokenizer(()), layers * BLOCKS // LAYERS
    return {
        "model_type": "qwen2_5_vl",
        "vocab_size": 151936,
        "hidden_size": 2048,
        "intermediate_size": 11008,
        "num_hidden_layers": layers,
        "num_attention_heads": 16,
        "num_key_value_heads": 2,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1e6,
        "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
        "max_position_embeddings": 128000,
        "tie_word_embeddings": True,
        "torch_dtype": "bfloat16",
        "bos_token_id": None,
        "eos_token_id": None,
        "vision_config": {
            "model_type": "qwen2_5_vl",
            "depth": blocks,
            "hidden_size": 1280,
            "intermediate_size": 3420,
            "num_heads": 16,
            "out_hidden_size": 2048,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "tokens_per_second": 2,
            "window_size": 112,
            "fullatt_block_indexes": list(range(7, blocks, 8)),
        },
        **{f"{name}_token_id": tokenizer.token_to_id(f"<|{token}|>") for name, token in _CONTROL.items()},
    }


def write(folder: Path, layers: int, max_pixels: int) -> None:
    """Write the folder: weights in bfloat16 as released, a vocabulary of bytes, the limits of the area of an image."""
    said = fields(layers)
    build_tokenizer(()).save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(said))
    rule = {"min_pixels": 3136, "max_pixels": max_pixels, "image_processor_type": "Qwen2VLImageProcessor"}
    (folder / "preprocessor_config.json").write_text(json.dumps(rule))
    with torch.device("meta"):
        shapes = {name: tensor.shape for name, tensor in Qwen2_5_VL(ModelConfig.from_json(said)).state_dict().items()}
    pool = torch.randn(_POOL, generator=torch.Generator().manual_seed(0)).bfloat16()
    places: dict[str, str] = {}
    names = list(shapes)
    for start in range(0, len(names), _IN_A_FILE):  # one file after the other: all weights need not be in memory
        file = f"model-{start // _IN_A_FILE + 1:05}.safetensors"
        part = {name: _weight(name, shapes[name], pool) for name in names[start : start + _IN_A_FILE]}
        save_file(part, folder / file, metadata={"format": "pt"})
        places |= dict.fromkeys(part, file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))


def _weight(name: str, shape: torch.Size, pool: torch.Tensor) -> torch.Tensor:
    """Return a weight of a size that keeps activations near one."""
    count = shape.numel()
    start = crc32(name.encode()) % _POOL
    numbers = pool.repeat(-(-(start + count) // _POOL))[start : start + count].view(shape)
    if len(shape) > 1:
        return numbers * shape[1:].numel() ** -0.5
    return numbers * 0.1 + (0 if name.endswith("bias") else 1)
