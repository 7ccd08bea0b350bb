"""Writing a small checkpoint with random weights as GGUF files, and the same weights as a checkpoint of safetensors.

The package gguf (0.19.0) unpacks the blocks for the other checkpoint.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, GGUFWriter, quants
from numpy.typing import NDArray
from safetensors.torch import save_file
from tokenizers import Tokenizer

from handeye.model.architecture.config import ModelConfig
from tests.model.gguf.llama_cpp import add_tokenizer, finish, language_model, projector, split
from tests.model.random_checkpoint import build_tokenizer, config_fields, random_weights

Change = Callable[[GGUFWriter], None]
Rename = Callable[[str], str]

SCALES = {
    "Q4_0": {0: 1},
    "Q4_1": {0: 1, 2: -7.5},
    "Q5_0": {0: 1},
    "Q5_1": {0: 1, 2: -15.5},
    "Q8_0": {0: 1},
    "Q2_K": {80: 1, 82: 1.5},
    "Q3_K": {108: 1},
    "Q4_K": {0: 1, 2: 7.5},
    "Q5_K": {0: 1, 2: 15.5},
    "Q6_K": {208: 1},
    "IQ4_NL": {0: 1},
    "IQ4_XS": {0: 1},
}
"""Where the float16 numbers of a block are, by its format; and how many scales a minimum is, for a mean of zero."""


class Files(NamedTuple):
    """The same checkpoint twice."""

    language: Path
    vision: Path
    plain: Path
    """A folder with a safetensors file of the unpacked weights."""


def random_blocks(name: str, rows: int, width: int, seed: int) -> NDArray[np.uint8]:
    """Return random rows of a format, whose weights are finite and of a size that keeps activations near one."""
    generator = np.random.default_rng(seed)
    kind = GGMLQuantizationType[name]
    weights, size = GGML_QUANT_SIZES[kind]
    blocks = generator.integers(0, 256, (rows * width // weights, size), dtype=np.uint8)

    def scaled(factor: float) -> NDArray[np.float32]:
        d = generator.uniform(0.5, 1.0, len(blocks)) * factor
        for place, times in SCALES[name].items():
            blocks[:, place : place + 2] = (d * times).astype(np.float16)[:, None].view(np.uint8)
        found: NDArray[np.float32] = quants.dequantize(blocks, kind)
        return found

    scaled(width**-0.5 / float(scaled(1.0).std()))
    return blocks.reshape(rows, -1)


def stored(name: str, value: torch.Tensor, format: str, seed: int) -> tuple[NDArray[Any], torch.Tensor]:
    """Return a tensor as a file stores it, and as it is when it is unpacked."""
    if value.dim() == 1 or format == "F32":
        return value.numpy(), value
    if format == "F16":
        return value.half().numpy(), value.half().float()
    if format == "BF16":
        return quants.quantize(value.numpy(), GGMLQuantizationType.BF16), value.bfloat16().float()
    raw = random_blocks(format, value.shape[0], value.shape[1], seed)
    return raw, torch.from_numpy(quants.dequantize(raw, GGMLQuantizationType[format]))


def fields_of(tokenizer: Tokenizer, *, tied: bool = False, width: int = 256) -> dict[str, Any]:
    """Return a config.json whose matrices are as wide as the blocks of all formats need."""
    fields = config_fields(tokenizer, tied=tied)
    part = width // fields["num_attention_heads"] // 16
    fields |= {"hidden_size": width, "intermediate_size": 2 * width}
    fields["rope_scaling"] = {"type": "mrope", "mrope_section": [2 * part, 3 * part, 3 * part]}
    fields["vision_config"] |= {"out_hidden_size": width}
    return fields


def write_pair(
    folder: Path,
    *,
    formats: Callable[[str], str] = lambda name: "Q4_K",
    vision: str = "F16",
    tied: bool = False,
    fields: Mapping[str, Any] | None = None,
    change: Change = lambda writer: None,
    change_vision: Change = lambda writer: None,
    rename: Rename = str,
) -> Files:
    """Write both checkpoints. `formats` gives the format of a matrix of the language model by its released name.

    `change` and `change_vision` change the metadata after it was made, `rename` the names of tensors.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = build_tokenizer()
    fields = fields_of(tokenizer, tied=tied) if fields is None else fields
    files = Files(folder / "Some-Model-Q4_K_M.gguf", folder / "mmproj-F16.gguf", folder / "plain")
    model, images = language_model(fields, "Some Model"), projector(fields["vision_config"])
    add_tokenizer(model, json.loads(tokenizer.to_str()), fields)
    unpacked = {}
    for seed, (name, value) in enumerate(random_weights(ModelConfig.from_json(fields)).items()):
        seen = name.startswith("visual.")
        writer, format = (images, vision) if seen else (model, formats(name))
        parts = split(name, value)
        made = [stored(name, part, format, seed + 1000 * index) for index, (_, part) in enumerate(parts)]
        for (theirs, _), (raw, _) in zip(parts, made, strict=True):
            kind = None if raw.dtype != np.uint8 else GGMLQuantizationType[format]
            writer.add_tensor(rename(theirs), np.ascontiguousarray(raw), raw_dtype=kind)
        unpacked[name] = joined(name, [each for _, each in made])
    change(model)
    change_vision(images)
    finish(model, files.language)
    finish(images, files.vision)
    write_plain(files.plain, tokenizer, fields, unpacked)
    return files


def write_plain(
    folder: Path, tokenizer: Tokenizer, fields: Mapping[str, Any], weights: dict[str, torch.Tensor]
) -> None:
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(fields))
    rule = {"min_pixels": 3136, "max_pixels": 12845056, "image_processor_type": "Qwen2VLImageProcessor"}
    (folder / "preprocessor_config.json").write_text(json.dumps(rule))
    save_file({name: value.contiguous() for name, value in weights.items()}, folder / "model.safetensors")


def joined(name: str, parts: list[torch.Tensor]) -> torch.Tensor:
    return torch.stack(parts, dim=2) if "patch_embed" in name else torch.cat(parts)
