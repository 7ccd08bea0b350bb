"""Writing a small checkpoint in each quantised format, and the same with the weights that it stands for."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from tests.model.quantised.test_bitsandbytes import STATE, TABLE, state
from tests.model.quantised.test_compressed_tensors import options
from tests.model.random_checkpoint import build_tokenizer, config_fields, write_checkpoint

GROUP = 32


class Packed(NamedTuple):
    """A weight as a file holds it, and what it stands for (out, in)."""

    parts: Mapping[str, Tensor]
    dense: Tensor


class Form(NamedTuple):
    """A format: its quantization_config, and how it packs a weight (out, in)."""

    options: Mapping[str, Any]
    pack: Callable[[Tensor], Packed]


def _words(numbers: Tensor, bits: int = 4) -> Tensor:
    """Pack whole numbers along the last axis, the first in the lowest bits."""
    each = numbers.long().unflatten(-1, (-1, 32 // bits)) << torch.arange(0, 32, bits)
    return each.sum(-1).to(torch.uint32).view(torch.int32)


def _integers(
    weight: Tensor, bits: int, *, symmetric: bool, group: int = GROUP
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return numbers (out, in) from 0 on, zeros (out, G), scales (out, G) and what they stand for."""
    most = 2**bits - 1
    grouped = weight.unflatten(1, (-1, group))
    low, high = grouped.amin(-1), grouped.amax(-1)
    if symmetric:
        high = torch.maximum(high, -low) * (1 + 1 / most)
        low = -high
    scales = ((high - low) / most).half()
    zeros = torch.full_like(scales, 2 ** (bits - 1)) if symmetric else (-low / scales).round().clamp(1, most)
    numbers = (grouped / scales[..., None].float() + zeros[..., None]).round().clamp(0, most)
    dense = ((numbers - zeros[..., None]) * scales[..., None].float()).flatten(1)
    return numbers.flatten(1), zeros, scales, dense


def _bytes(weight: Tensor, number: torch.dtype, largest: float) -> Packed:
    scales = weight.abs().amax(1, keepdim=True) / largest
    numbers = weight / scales if number.is_floating_point else (weight / scales).round()
    kept = numbers.to(number)
    return Packed({"weight": kept, "weight_scale": scales}, kept.float() * scales)


def _pack_words(weight: Tensor, *, symmetric: bool) -> Packed:
    numbers, zeros, scales, dense = _integers(weight, 4, symmetric=symmetric)
    parts = {"weight_packed": _words(numbers), "weight_scale": scales, "weight_shape": torch.tensor(weight.shape)}
    if not symmetric:
        parts["weight_zero_point"] = _words(zeros.t()).t().contiguous()
    return Packed(parts, dense)


def _pack_awq(weight: Tensor, group: int = GROUP) -> Packed:
    numbers, zeros, scales, dense = _integers(weight, 4, symmetric=False, group=group)

    def packed(each: Tensor) -> Tensor:  # (out, K)
        return _words(each.t().unflatten(1, (-1, 8))[..., [0, 2, 4, 6, 1, 3, 5, 7]].flatten(1))

    return Packed({"qweight": packed(numbers), "qzeros": packed(zeros), "scales": scales.t().contiguous()}, dense)


def _pack_gptq(weight: Tensor, bits: int, *, ordered: bool) -> Packed:
    columns = weight.shape[1]
    order = torch.arange(columns) * 7 % columns if ordered else torch.arange(columns)
    numbers, zeros, scales, dense = _integers(weight[:, order], bits, symmetric=False)
    back = order.argsort()
    parts = {
        "qweight": _words(numbers[:, back], bits).t().contiguous(),
        "qzeros": _words(zeros.t() - 1, bits),
        "scales": scales.t().contiguous(),
        "g_idx": (torch.arange(columns) // GROUP)[back].to(torch.int32),
    }
    return Packed(parts, dense[:, back])


def _pack_nf4(weight: Tensor, *, nested: bool) -> Packed:
    table, blocks = torch.tensor(TABLE), weight.reshape(-1, 64)
    scales = blocks.abs().amax(1)
    parts = {"weight.quant_map": table, STATE: state(*weight.shape, 64, nested=nested, nested_offset=0.25)}
    if nested:
        codes = torch.linspace(-1, 1, 256)
        factor = (scales - 0.25).abs().max()
        chosen = ((scales - 0.25) / factor - codes[:, None]).abs().argmin(0)
        parts |= {"weight.absmax": chosen.to(torch.uint8), "weight.nested_quant_map": codes}
        parts["weight.nested_absmax"] = factor.repeat(-(-len(scales) // 256))
        scales = codes[chosen] * factor + 0.25
    else:
        parts["weight.absmax"] = scales
    numbers = (blocks[..., None] / scales[:, None, None] - table).abs().argmin(-1)
    pairs = numbers.view(-1, 2)
    parts["weight"] = (pairs[:, :1] << 4 | pairs[:, 1:]).to(torch.uint8)
    return Packed(parts, (table[numbers] * scales[:, None]).view(weight.shape))


def _pack_rows(weight: Tensor) -> Packed:
    packed = _bytes(weight, torch.int8, 127)
    parts = {"weight": packed.parts["weight"], "SCB": packed.parts["weight_scale"][:, 0] * 127}
    return Packed({**parts, "weight_format": torch.tensor(0, dtype=torch.uint8)}, packed.dense)


_W4 = {"num_bits": 4, "type": "int", "strategy": "group", "group_size": GROUP}
_AWQ = {"quant_method": "awq", "bits": 4, "group_size": GROUP, "version": "gemm", "zero_point": True}
_GPTQ = {"quant_method": "gptq", "group_size": GROUP, "sym": False, "checkpoint_format": "gptq"}
_NF4 = {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": "nf4"}
FORMS = {
    "fp8": Form(
        options("float-quantized", num_bits=8, type="float", strategy="channel", symmetric=True),
        lambda weight: _bytes(weight, torch.float8_e4m3fn, 448),
    ),
    "w8a8": Form(
        options("int-quantized", num_bits=8, type="int", strategy="channel", symmetric=True),
        lambda weight: _bytes(weight, torch.int8, 127),
    ),
    "w4a16": Form(options("pack-quantized", **_W4, symmetric=True), lambda weight: _pack_words(weight, symmetric=True)),
    "w4a16-asymmetric": Form(
        options("pack-quantized", **_W4, symmetric=False), lambda weight: _pack_words(weight, symmetric=False)
    ),
    "awq": Form({**_AWQ, "modules_to_not_convert": ["visual"]}, _pack_awq),
    "gptq": Form({**_GPTQ, "bits": 4, "desc_act": False}, lambda weight: _pack_gptq(weight, 4, ordered=False)),
    "gptq-act-order": Form({**_GPTQ, "bits": 4, "desc_act": True}, lambda weight: _pack_gptq(weight, 4, ordered=True)),
    "gptq-8": Form({**_GPTQ, "bits": 8, "desc_act": False}, lambda weight: _pack_gptq(weight, 8, ordered=False)),
    "nf4": Form(_NF4, lambda weight: _pack_nf4(weight, nested=False)),
    "nf4-double": Form({**_NF4, "bnb_4bit_use_double_quant": True}, lambda weight: _pack_nf4(weight, nested=True)),
    "int8": Form({"quant_method": "bitsandbytes", "load_in_8bit": True}, _pack_rows),
}
"""Every format that is read."""
WIDE: Mapping[str, Any] = {
    "hidden_size": 256,
    "intermediate_size": 768,
    "rope_scaling": {"mrope_section": [8, 12, 12]},
    "vision_config": {**config_fields(build_tokenizer())["vision_config"], "out_hidden_size": 256},
}
"""A decoder that outweighs the vision part, as the released ones do, and has room for groups of 128."""


def awq(group: int) -> Form:
    """Return AWQ in groups of a size, which divides the sizes of the layers."""
    return Form({**_AWQ, "group_size": group}, lambda weight: _pack_awq(weight, group))


def is_packed(name: str) -> bool:
    """Tell whether a weight of a checkpoint is packed: those of the decoder's linear layers."""
    return name.startswith("model.layers.") and name.endswith("_proj.weight")


def is_of_any_layer(name: str) -> bool:
    """Tell whether a weight is that of a linear layer, of the vision part too."""
    vision = name.startswith("visual.") and name.endswith(".weight")
    return is_packed(name) or (vision and ("mlp." in name or "attn." in name))


def write_packed(
    folder: Path, form: Form, which: Callable[[str], bool] = is_packed, **changes: object
) -> tuple[Path, Path]:
    """Write a packed checkpoint and, with the weights that it stands for, an ordinary one; return both folders.

    `which` tells whether a weight is packed; `changes` are made in config.json. The context is short, so that replies
    of random weights are.
    """
    fields = {**config_fields(build_tokenizer()), "max_position_embeddings": 128, **changes}
    dense = write_checkpoint(folder / "dense", fields=fields)
    weights = load_file(dense / "model.safetensors")
    packed = {name: form.pack(weight) for name, weight in weights.items() if which(name)}
    save_file({**weights, **{name: each.dense for name, each in packed.items()}}, dense / "model.safetensors")
    short = folder / "packed"
    shutil.copytree(dense, short)
    (short / "config.json").write_text(json.dumps({**fields, "quantization_config": form.options}))
    stored = {name: weight for name, weight in weights.items() if name not in packed}
    for name, each in packed.items():
        stored |= {f"{name.removesuffix('weight')}{part}": tensor for part, tensor in each.parts.items()}
    save_file(stored, short / "model.safetensors", {"format": "pt"})
    return short, dense
