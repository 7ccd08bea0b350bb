"""Writing a small checkpoint with random weights as GGUF files, and the same weights as a checkpoint of safetensors.

Metadata and names are those of llama.cpp's converter, `conversion/qwenvl.py`; the package gguf (0.19.0) writes the
files and unpacks the blocks for the other checkpoint.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, GGUFWriter, TokenType, quants
from numpy.typing import NDArray
from safetensors.torch import save_file
from tokenizers import Tokenizer

from handeye.model.config import ModelConfig
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
LAYER = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
BLOCK = {
    "norm1": "ln1",
    "norm2": "ln2",
    "attn.proj": "attn_out",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
OUTSIDE = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "visual.merger.ln_q": "v.post_ln",
    "visual.merger.mlp.0": "mm.0",
    "visual.merger.mlp.2": "mm.2",
}


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
    model, images = language_model(fields), projector(fields["vision_config"])
    add_tokenizer(model, tokenizer, fields)
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


def finish(writer: GGUFWriter, path: Path) -> None:
    writer.write_header_to_file(path)
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_plain(
    folder: Path, tokenizer: Tokenizer, fields: Mapping[str, Any], weights: dict[str, torch.Tensor]
) -> None:
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(fields))
    rule = {"min_pixels": 3136, "max_pixels": 12845056, "image_processor_type": "Qwen2VLImageProcessor"}
    (folder / "preprocessor_config.json").write_text(json.dumps(rule))
    save_file({name: value.contiguous() for name, value in weights.items()}, folder / "model.safetensors")


def split(name: str, value: torch.Tensor) -> list[tuple[str, torch.Tensor]]:
    """Return a weight under llama.cpp's name, in the parts that it wants."""
    stem, _, end = name.rpartition(".")
    if stem == "visual.patch_embed.proj":
        return [("v.patch_embd.weight", value[:, :, 0]), ("v.patch_embd.weight.1", value[:, :, 1])]
    if stem in OUTSIDE:
        return [(f"{OUTSIDE[stem]}.{end}", value)]
    _, _, number, place = stem.split(".", 3)
    if place == "attn.qkv":
        return [
            (f"v.blk.{number}.attn_{letter}.{end}", part) for letter, part in zip("qkv", value.chunk(3), strict=True)
        ]
    if stem.startswith("visual."):
        return [(f"v.blk.{number}.{BLOCK[place]}.{end}", value)]
    return [(f"blk.{number}.{LAYER[place]}.{end}", value)]


def joined(name: str, parts: list[torch.Tensor]) -> torch.Tensor:
    return torch.stack(parts, dim=2) if "patch_embed" in name else torch.cat(parts)


def language_model(fields: Mapping[str, Any]) -> GGUFWriter:
    writer = GGUFWriter(None, "qwen2vl")
    writer.add_type("model")
    writer.add_name("Some Model")
    writer.add_block_count(fields["num_hidden_layers"])
    writer.add_context_length(fields["max_position_embeddings"])
    writer.add_embedding_length(fields["hidden_size"])
    writer.add_feed_forward_length(fields["intermediate_size"])
    writer.add_head_count(fields["num_attention_heads"])
    writer.add_head_count_kv(fields["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(fields["rms_norm_eps"])
    writer.add_rope_freq_base(fields["rope_theta"])
    writer.add_rope_dimension_sections([*fields["rope_scaling"]["mrope_section"], 0])
    return writer


def add_tokenizer(writer: GGUFWriter, tokenizer: Tokenizer, fields: Mapping[str, Any]) -> None:
    """Write the tokenizer as the converter does: all that looks like `<|…|>` is a control token."""
    made = json.loads(tokenizer.to_str())
    size = fields["vocab_size"]
    words = [f"[PAD{index}]" for index in range(size)]
    kinds = [TokenType.UNUSED] * size
    for word, index in made["model"]["vocab"].items():
        words[index], kinds[index] = word, TokenType.NORMAL
    for added in made["added_tokens"]:
        control = added["special"] or added["content"].startswith("<|")
        words[added["id"]] = added["content"]
        kinds[added["id"]] = TokenType.CONTROL if control else TokenType.USER_DEFINED
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(words)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in made["model"]["merges"]])
    writer.add_eos_token_id(fields["eos_token_id"])
    writer.add_pad_token_id(fields["bos_token_id"])
    writer.add_bos_token_id(fields["bos_token_id"])
    writer.add_add_bos_token(False)


def projector(vision: Mapping[str, Any]) -> GGUFWriter:
    writer = GGUFWriter(None, "clip")
    writer.add_type("mmproj")
    writer.add_clip_has_vision_encoder(True)
    writer.add_clip_projector_type("qwen2.5vl_merger")
    writer.add_vision_use_silu(True)
    writer.add_vision_image_size(560)
    writer.add_vision_patch_size(vision["patch_size"])
    writer.add_vision_embedding_length(vision["hidden_size"])
    writer.add_vision_feed_forward_length(vision["intermediate_size"])
    writer.add_vision_projection_dim(vision["out_hidden_size"])
    writer.add_vision_block_count(vision["depth"])
    writer.add_vision_head_count(vision["num_heads"])
    writer.add_vision_attention_layernorm_eps(1e-6)
    writer.add_vision_n_wa_pattern(vision["fullatt_block_indexes"][0] + 1)
    writer.add_vision_image_mean([0.48145466, 0.4578275, 0.40821073])
    writer.add_vision_image_std([0.26862954, 0.26130258, 0.27577711])
    return writer
