"""compressed-tensors: one byte a number (FP8, int8), or four or eight bits packed in words along the inputs.

Only the weights are read in fewer bits: activations keep the format of the network, whatever the file says of theirs.
Source: compressed-tensors, `compressors/{naive_quantized,pack_quantized}/`.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import Section
from handeye.model.quantised.elements import FLOAT8, ByteLinear
from handeye.model.quantised.grouped import GroupedLinear
from handeye.model.quantised.header import FLOATS, Found
from handeye.model.quantised.integers import unpack
from handeye.model.quantised.linear import PackedLinear

_OF_ACTIVATIONS = ("input_scale", "input_zero_point", "output_scale", "output_zero_point")
_FLOAT_FORMATS = ("float-quantized", "naive-quantized")
_INT_FORMATS = ("int-quantized", "naive-quantized", "pack-quantized")


class WordLinear(GroupedLinear):
    """`weight_packed` (out, in * bits / 32), `weight_scale` (out, G), `weight_shape`, and perhaps `weight_zero_point`.

    Numbers are stored with an offset of half their range, zeros too. Zeros are packed along the outputs, or one a byte
    and without the offset in older files. `weight_g_idx` says of which group each input is, in files with act-order.
    """

    weight_packed: Tensor
    weight_scale: Tensor
    weight_shape: Tensor
    weight_zero_point: Tensor | None
    weight_g_idx: Tensor | None

    def __init__(
        self, in_features: int, out_features: int, found: Found, scheme: "CompressedTensors", groups: int, *, bias: bool
    ) -> None:
        super().__init__(in_features, out_features, bias=bias)
        self.bits = scheme.bits
        each = 32 // scheme.bits
        self.hold("weight_packed", (out_features, -(-in_features // each)), found.dtype("weight_packed", torch.int32))
        self.hold("weight_scale", (out_features, groups), found.dtype("weight_scale", *FLOATS))
        self.hold("weight_shape", (2,), found.dtype("weight_shape", torch.int64, torch.int32))
        self.lack("weight_zero_point", "weight_g_idx")
        if not scheme.symmetric or "weight_zero_point" in found:
            number = found.dtype("weight_zero_point", torch.int32, torch.int8)
            rows = -(-out_features // each) if number is torch.int32 else out_features
            self.hold("weight_zero_point", (rows, groups), number)
        if "weight_g_idx" in found:
            self.hold("weight_g_idx", (in_features,), found.dtype("weight_g_idx", torch.int32, torch.int64))

    def check(self, name: str) -> None:
        """Refuse another shape than that of the layer, and groups that are not there."""
        shape, own = tuple(self.weight_shape.tolist()), (self.out_features, self.in_features)
        if shape != own:
            raise InvalidCheckpoint(
                f"{name}.weight_shape is {list(shape)}, but its config.json makes it {list(own)}: they belong to "
                "different checkpoints"
            )
        groups, count = self.weight_g_idx, self.weight_scale.shape[1]
        if groups is not None and not bool(((groups >= 0) & (groups < count)).all()):
            raise InvalidCheckpoint(
                f"{name}.weight_g_idx names a group outside 0 to {count - 1}: download the checkpoint again"
            )

    def numbers(self, start: int, stop: int) -> Tensor:
        """Return the numbers of some outputs."""
        return unpack(self.weight_packed[start:stop], self.bits)[:, : self.in_features]

    def zeros(self) -> Tensor | int:
        """Return the zeros, with the offset."""
        offset, zeros = 1 << (self.bits - 1), self.weight_zero_point
        if zeros is None:
            return offset
        if zeros.dtype is torch.int32:
            return unpack(zeros.t(), self.bits).t()[: self.out_features]
        return zeros.to(torch.int16) + offset

    def steps(self) -> Tensor:
        """Return the scales."""
        return self.weight_scale

    def members(self) -> Tensor | None:
        """Return the group of each input, of files with act-order."""
        return None if self.weight_g_idx is None else self.weight_g_idx.long()


@dataclass(frozen=True, slots=True)
class CompressedTensors:
    """How a checkpoint of compressed-tensors is packed."""

    floating: bool
    """Whether numbers are e4m3 floats instead of whole."""
    bits: int
    group: int | None
    """Inputs that share a scale; None: all."""
    symmetric: bool
    packed: bool
    """Whether numbers are packed in words."""
    method: str = "compressed-tensors"

    @classmethod
    def read(cls, fields: Section) -> "CompressedTensors":
        """Read `quantization_config`. Raises `InvalidCheckpoint`, which names the option."""
        fields.choice("quantization_status", "compressed", ("compressed",))
        fields.part("sparsity_config").choice("format", "dense", ("dense",))
        if fields.get("kv_cache_scheme"):
            raise fields.invalid("kv_cache_scheme", "but keys and values are not read in fewer bits: use another copy")
        if fields.part("transform_config").get("config_groups"):
            raise fields.invalid("transform_config", "but transformed activations are not supported: use another copy")
        groups = fields.get("config_groups")
        if not isinstance(groups, dict) or len(groups) != 1:
            raise fields.invalid("config_groups", "but only one group is supported: use a copy with one")
        group = fields.part("config_groups").part(*groups)
        weights = group.part("weights")
        floating = weights.choice("type", "int", ("int", "float")) == "float"
        holder = group if "format" in group else fields
        known = _FLOAT_FORMATS if floating else _INT_FORMATS
        packed = holder.choice("format", known[0], known) == "pack-quantized"
        bits = weights.choice("num_bits", 8, (4, 8) if packed else (8,))
        size = weights.get("group_size")
        default = "tensor" if size is None else "channel" if size == -1 else "group"
        strategies = ("group", "channel") if packed else ("channel", "tensor")
        strategy = weights.choice("strategy", default, strategies)
        return cls(
            floating=floating,
            bits=bits,
            group=weights.count("group_size", 128) if strategy == "group" else None,
            symmetric=weights.flag("symmetric", default=True),
            packed=packed,
        )

    def name(self, stored: str) -> str | None:
        """Return the name under which a stored tensor is assigned; None for the scales of activations."""
        return None if stored.rpartition(".")[2] in _OF_ACTIVATIONS else stored

    def layer(self, module: nn.Linear, found: Found) -> PackedLinear | None:
        """Return an empty layer for a module that is stored packed; None if it is not."""
        if not found.any("weight_packed", "weight_scale"):
            return None
        bias = module.bias is not None or "bias" in found
        if not self.packed:
            number = FLOAT8 if self.floating else torch.int8
            return ByteLinear(
                module.in_features, module.out_features, found, number, bias=bias, symmetric=self.symmetric
            )
        if self.group is not None and module.in_features % self.group:
            raise found.invalid(f"its {module.in_features} inputs are not a multiple of group_size, {self.group}")
        groups = 1 if self.group is None else module.in_features // self.group
        return WordLinear(module.in_features, module.out_features, found, self, groups, bias=bias)
