"""What llama.cpp's converter writes of a checkpoint of Qwen2.5-VL's architecture: metadata and the names of tensors.

Read in ggml-org/llama.cpp, `conversion/qwenvl.py` and `tools/mtmd/models/qwen2vl.cpp` (06e514f). The package gguf
(0.19.0) writes the files.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from gguf import GGUFWriter, TokenType

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
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


def language_model(fields: Mapping[str, Any], name: str) -> GGUFWriter:
    """Begin the file of the language model of a config.json."""
    writer = GGUFWriter(None, "qwen2vl")
    writer.add_type("model")
    writer.add_name(name)
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


def add_tokenizer(writer: GGUFWriter, tokenizer: Mapping[str, Any], fields: Mapping[str, Any]) -> None:
    """Write a tokenizer.json as the converter does: all that looks like `<|…|>` is a control token."""
    size = fields["vocab_size"]
    words = [f"[PAD{index}]" for index in range(size)]
    kinds = [TokenType.UNUSED] * size
    for word, index in tokenizer["model"]["vocab"].items():
        words[index], kinds[index] = word, TokenType.NORMAL
    for added in tokenizer["added_tokens"]:
        control = added["special"] or added["content"].startswith("<|")
        words[added["id"]] = added["content"]
        kinds[added["id"]] = TokenType.CONTROL if control else TokenType.USER_DEFINED
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(words)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in tokenizer["model"]["merges"]])
    writer.add_bos_token_id(fields["bos_token_id"])
    writer.add_eos_token_id(fields["eos_token_id"])
    writer.add_pad_token_id(fields.get("pad_token_id", fields["bos_token_id"]))
    writer.add_add_bos_token(False)


def projector(vision: Mapping[str, Any], mean: Sequence[float] = MEAN, std: Sequence[float] = STD) -> GGUFWriter:
    """Begin the file of the vision part. Every so many blocks one sees the whole image, which is all that is stored."""
    period = vision["fullatt_block_indexes"][0] + 1
    writer = GGUFWriter(None, "clip")
    writer.add_type("mmproj")
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
    writer.add_vision_image_mean(list(mean))
    writer.add_vision_image_std(list(std))
    return writer


def split(name: str, value: torch.Tensor) -> list[tuple[str, torch.Tensor]]:
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


def finish(writer: GGUFWriter, path: Path) -> None:
    """Write a file that was begun."""
    writer.write_header_to_file(path)
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
