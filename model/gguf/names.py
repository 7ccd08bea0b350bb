"""The names that llama.cpp gives to tensors, and those of the released files.

Sources: gguf's `constants.py` 0.19.0 and llama.cpp's `conversion/qwenvl.py`. The converter leaves every matrix
as it is, except in the vision part: queries, keys and values are apart, and the patch embedding has a plane for each
frame.
"""

import re

_LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_BLOCK = {
    "ln1": "norm1",
    "ln2": "norm2",
    "attn_q": "attn.q",
    "attn_k": "attn.k",
    "attn_v": "attn.v",
    "attn_out": "attn.proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OUTSIDE = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
    "v.patch_embd.weight": "visual.patch_embed.proj.weight.0",
    "v.patch_embd.weight.1": "visual.patch_embed.proj.weight.1",
    "v.post_ln.weight": "visual.merger.ln_q.weight",
    "mm.0.weight": "visual.merger.mlp.0.weight",
    "mm.0.bias": "visual.merger.mlp.0.bias",
    "mm.2.weight": "visual.merger.mlp.2.weight",
    "mm.2.bias": "visual.merger.mlp.2.bias",
}
_INSIDE = re.compile(r"(v\.)?blk\.(\d{1,4})\.(\w+)\.(weight|bias)")
UNUSED = frozenset(("v.position_embd.weight", "rope_freqs.weight"))
"""Placeholders of older converters: the first is all zeros, the second all ones."""
FRAMES = ("visual.patch_embed.proj.weight.0", "visual.patch_embed.proj.weight.1")


def our_name(name: str) -> str:
    """Return the name of a tensor here, which is that of the released files; an unknown one stays.

    Of what is one tensor there, the parts have names of their own: queries, keys and values of the vision part
    (`attn.k.weight`), and the frames of the patch embedding (`FRAMES`).
    """
    found = _INSIDE.fullmatch(name)
    if found is None:
        return _OUTSIDE.get(name, name)
    vision, number, place, end = found.groups()
    inner = (_BLOCK if vision else _LAYER).get(place)
    if inner is None:
        return name
    return f"{'visual.blocks' if vision else 'model.layers'}.{number}.{inner}.{end}"
