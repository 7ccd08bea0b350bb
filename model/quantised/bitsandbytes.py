"""bitsandbytes: four bits that name one of sixteen numbers (nf4), or int8 rows.

Source: bitsandbytes, `functional.py` (`QuantState`, `dequantize_4bit`, `int8_vectorwise_dequant`).
"""

import json
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import Section
from handeye.model.quantised.header import FLOATS, Found
from handeye.model.quantised.linear import PackedLinear, by_rows, scaled

_BLOCKS = (32, 64, 128, 256, 512, 1024, 2048, 4096)
_NESTED = 256
"""Scales that share a scale of their own."""
_LONGEST = 4096
"""Bytes of `quant_state`; a real one has less than 200."""
_STATE = "quant_state.bitsandbytes__nf4"


class NF4Linear(PackedLinear):
    """Blocks of a weight in row-major order, two numbers a byte, the first in the upper half.

    `weight` (out * in / 2, 1); `absmax`, a scale for each block, float32, or with double quantisation one of the 256
    numbers of `nested_quant_map`, scaled by `nested_absmax` and moved by an offset; `quant_map`, the sixteen numbers.
    """

    weight: Tensor
    absmax: Tensor
    quant_map: Tensor
    quant_state: Tensor
    nested_absmax: Tensor | None
    nested_quant_map: Tensor | None

    def __init__(self, in_features: int, out_features: int, found: Found, *, bias: bool) -> None:
        super().__init__(in_features, out_features, bias=bias)
        self._block, self._offset = 64, 0.0  # as in the file, from `check` on
        count = in_features * out_features
        # the size of a block is in `quant_state`, which is read later
        blocks = found.shape("absmax") if "absmax" in found else (-(-count // 64),)
        nested = found.any("nested_absmax", "nested_quant_map")
        self.hold("weight", (-(-count // 2), 1), found.dtype("weight", torch.uint8))
        self.hold("absmax", blocks, found.dtype("absmax", torch.uint8 if nested else torch.float32))
        self.hold("quant_map", (16,), found.dtype("quant_map", torch.float32))
        self.hold("quant_state", found.shape("quant_state")[:1], found.dtype("quant_state", torch.uint8))
        self.lack("nested_absmax", "nested_quant_map")
        if nested:
            self.hold("nested_absmax", (-(-math.prod(blocks) // _NESTED),), found.dtype("nested_absmax", torch.float32))
            self.hold("nested_quant_map", (256,), found.dtype("nested_quant_map", torch.float32))

    def check(self, name: str) -> None:
        """Read the sizes of blocks and the offset of their scales from the stored state."""
        own = [self.out_features, self.in_features]
        if self.quant_state.numel() > _LONGEST:
            raise InvalidCheckpoint(f"{name}.weight.{_STATE} is too long: download the checkpoint again")
        try:
            state = Section(json.loads(bytes(self.quant_state.tolist())), f"{name}.weight.{_STATE}")
        except (ValueError, RecursionError):
            raise InvalidCheckpoint(f"{name}.weight.{_STATE} is not JSON: download the checkpoint again") from None
        state.choice("quant_type", "", ("nf4",))
        if state.get("shape") != own:
            raise state.invalid("shape", f"but config.json makes it {own}: they belong to different checkpoints")
        self._block = state.choice("blocksize", 0, _BLOCKS)
        if self.absmax.shape != (-(-math.prod(own) // self._block),):
            raise state.invalid(
                "blocksize", f"but there are {self.absmax.numel()} blocks: download the checkpoint again"
            )
        if self.nested_absmax is not None:
            state.choice("nested_blocksize", 0, (_NESTED,))
            offset = state.get("nested_offset")
            if not isinstance(offset, float) or not math.isfinite(offset):
                raise state.invalid("nested_offset", "not a number: download the checkpoint again")
            self._offset = float(offset)

    def dense(self, dtype: torch.dtype) -> Tensor:
        """Return the weight (out, in)."""
        packed, scales, block = self.weight.flatten(), self._scales(), self._block

        def rows(start: int, stop: int) -> Tensor:
            first, last = start * self.in_features, stop * self.in_features
            octets = packed[first // 2 : -(-last // 2)]
            chosen = torch.stack((octets >> 4, octets & 15), dim=-1).flatten()
            numbers = self.quant_map[chosen.int()]
            own = scales[first // block : -(-last // block)]
            full = len(numbers) // block * block  # the last block of a weight may be shorter
            numbers[:full].view(-1, block).mul_(own[: full // block, None])
            numbers[full:].mul_(own[-1])
            return numbers[: last - first].view(stop - start, -1).to(dtype)

        if self.in_features * 128 % block:  # a block of rows would end within one of numbers
            return rows(0, self.out_features)
        return by_rows(self.out_features, self.in_features, rows)

    def _scales(self) -> Tensor:
        if self.nested_absmax is None or self.nested_quant_map is None:
            return self.absmax
        factors = self.nested_absmax.repeat_interleave(_NESTED)[: len(self.absmax)]
        return self.nested_quant_map[self.absmax.int()] * factors + self._offset


class RowLinear(PackedLinear):
    """`weight` (out, in) of int8 numbers, and `SCB` (out,), the largest of each row, which 127 stands for."""

    weight: Tensor
    SCB: Tensor
    weight_format: Tensor | None

    def __init__(self, in_features: int, out_features: int, found: Found, *, bias: bool) -> None:
        super().__init__(in_features, out_features, bias=bias)
        self.hold("weight", (out_features, in_features), found.dtype("weight", torch.int8))
        self.hold("SCB", (out_features,), found.dtype("SCB", *reversed(FLOATS)))
        self.lack("weight_format")
        if "weight_format" in found:
            self.hold("weight_format", (), found.dtype("weight_format", torch.uint8))

    def check(self, name: str) -> None:
        """Refuse the orders of numbers that were made for one kind of GPU."""
        if self.weight_format is not None and int(self.weight_format):
            raise InvalidCheckpoint(
                f"{name}.weight_format is {int(self.weight_format)}, an order for one kind of GPU: save the checkpoint "
                "again with a later bitsandbytes"
            )

    def dense(self, dtype: torch.dtype) -> Tensor:
        """Return the weight (out, in)."""
        return scaled(self.weight, self.SCB.float()[:, None] / 127, dtype)


@dataclass(frozen=True, slots=True)
class BitsAndBytes:
    """How a checkpoint of bitsandbytes is packed."""

    four: bool
    """Whether numbers have four bits instead of eight."""
    method: str = "bitsandbytes"

    @classmethod
    def read(cls, fields: Section) -> "BitsAndBytes":
        """Read `quantization_config`. Raises `InvalidCheckpoint`, which names the option."""
        four = fields.flag("load_in_4bit" if "load_in_4bit" in fields else "_load_in_4bit", default=False)
        if four:
            fields.choice("bnb_4bit_quant_type", "fp4", ("nf4",))
            fields.choice("bnb_4bit_quant_storage", "uint8", ("uint8",))
        return cls(four)

    def name(self, stored: str) -> str | None:
        """Return the name under which a stored tensor is assigned: those of the state are beside the weight."""
        layer, _, part = stored.partition(".weight.")
        return f"{layer}.{'quant_state' if part == _STATE else part}" if part else stored

    def layer(self, module: nn.Linear, found: Found) -> PackedLinear | None:
        """Return an empty layer for a module that is stored packed; None if it is not."""
        bias = module.bias is not None or "bias" in found
        if self.four:
            if not found.any("absmax", "quant_map", "quant_state", "nested_absmax", "nested_quant_map"):
                return None
            return NF4Linear(module.in_features, module.out_features, found, bias=bias)
        if not found.any("SCB", "weight_format"):
            return None
        return RowLinear(module.in_features, module.out_features, found, bias=bias)
