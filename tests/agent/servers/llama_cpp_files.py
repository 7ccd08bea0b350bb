"""Write a checkpoint of Qwen2.5-VL's architecture as llama.cpp reads it: a language model, and a projector of images.

The names are those of the package gguf (0.19.0, `constants.py`); which parts there are was read in ggml-org/llama.cpp
`tools/mtmd/models/qwen2vl.cpp` (06e514f). Weights are written as 32-bit floats, so that replies differ from those of
handeye's engine by rounding alone.

Usage: llama_cpp_files.py CHECKPOINT TEMPLATE FOLDER
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf import GGUFWriter, TokenType
from safetensors.torch import load_file

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
"""Names of weights outside the layers."""
NO_MERGE = ["þ ÿ"]
"""A merge of two bytes that UTF-8 does not have: llama.cpp wants at least one, and handeye-tiny has none."""


def write(checkpoint: Path, template: str, folder: Path) -> None:
    config = json.loads((checkpoint / "config.json").read_text("utf-8"))
    weights = {name: value.float() for name, value in load_file(checkpoint / "model.safetensors").items()}
    model = language_model(config)
    add_tokenizer(model, checkpoint, config, template)
    images = projector(config, json.loads((checkpoint / "preprocessor_config.json").read_text("utf-8")))
    for name, value in weights.items():
        writer = images if name.startswith("visual.") else model
        for theirs, part in renamed(name, value):
            writer.add_tensor(theirs, np.ascontiguousarray(part.numpy()))
    for writer, name in ((model, "handeye-tiny.gguf"), (images, "mmproj.gguf")):
        writer.write_header_to_file(folder / name)
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


def language_model(config: dict[str, Any]) -> GGUFWriter:
    """Begin the file of the language model."""
    writer = GGUFWriter(None, "qwen2vl")
    writer.add_name("handeye-tiny")
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_rope_dimension_sections([*config["rope_scaling"]["mrope_section"], 0])
    return writer


def add_tokenizer(writer: GGUFWriter, checkpoint: Path, config: dict[str, Any], template: str) -> None:
    tokenizer = json.loads((checkpoint / "tokenizer.json").read_text("utf-8"))
    size = config["vocab_size"]
    words = [f"[PAD{index}]" for index in range(size)]
    kinds = [TokenType.UNUSED] * size
    for word, index in tokenizer["model"]["vocab"].items():
        words[index], kinds[index] = word, TokenType.NORMAL
    for added in tokenizer["added_tokens"]:
        words[added["id"]] = added["content"]
        kinds[added["id"]] = TokenType.CONTROL if added["special"] else TokenType.USER_DEFINED
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(words)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in tokenizer["model"]["merges"]] or NO_MERGE)
    writer.add_bos_token_id(config["bos_token_id"])
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_pad_token_id(config["pad_token_id"])
    writer.add_add_bos_token(False)
    writer.add_chat_template(template)


def projector(config: dict[str, Any], preprocessor: dict[str, Any]) -> GGUFWriter:
    """Begin the file of the vision part. Every so many blocks one sees the whole image, which is all that is stored."""
    vision = config["vision_config"]
    period = vision["fullatt_block_indexes"][0] + 1
    assert vision["fullatt_block_indexes"] == list(range(period - 1, vision["depth"], period))
    writer = GGUFWriter(None, "clip")
    writer.add_clip_has_vision_encoder(True)
    writer.add_clip_projector_type("qwen2.5vl_merger")
    writer.add_vision_use_silu(True)
    writer.add_vision_image_size(560)  # of the image that warms it up
    writer.add_vision_patch_size(vision["patch_size"])
    writer.add_vision_embedding_length(vision["hidden_size"])
    writer.add_vision_feed_forward_length(vision["intermediate_size"])
    writer.add_vision_projection_dim(vision["out_hidden_size"])
    writer.add_vision_block_count(vision["depth"])
    writer.add_vision_head_count(vision["num_heads"])
    writer.add_vision_attention_layernorm_eps(1e-6)
    writer.add_vision_n_wa_pattern(period)
    writer.add_vision_image_mean(preprocessor["image_mean"])
    writer.add_vision_image_std(preprocessor["image_std"])
    return writer


def renamed(name: str, value: torch.Tensor) -> list[tuple[str, torch.Tensor]]:
    """Return a weight under llama.cpp's name, in the parts that it wants."""
    stem, _, end = name.rpartition(".")
    if stem == "visual.patch_embed.proj":  # a plane for each of the two frames
        return [("v.patch_embd.weight", value[:, :, 0]), ("v.patch_embd.weight.1", value[:, :, 1])]
    if stem in OUTSIDE:
        return [(f"{OUTSIDE[stem]}.{end}", value)]
    _, _, number, place = stem.split(".", 3)  # model.layers.0.mlp.up_proj, visual.blocks.0.mlp.up_proj
    if place == "attn.qkv":
        return [
            (f"v.blk.{number}.attn_{letter}.{end}", part) for letter, part in zip("qkv", value.chunk(3), strict=True)
        ]
    if stem.startswith("visual."):
        return [(f"v.blk.{number}.{BLOCK[place]}.{end}", value)]
    return [(f"blk.{number}.{LAYER[place]}.{end}", value)]


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]).read_text("utf-8"), Path(sys.argv[3]))
