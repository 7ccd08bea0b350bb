"""GPTQ: four or eight bits, a scale and a zero for each group of inputs, packed along the inputs.

With act-order (`desc_act`) the inputs of a group are not neighbours: `g_idx` says which group each is of.
Source: GPTQModel, `gptqmodel/nn_modules/qlinear/__init__.py` and `gptqmodel/utils/model.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import Section
from handeye.model.quantised.awq import group_count, group_size
from handeye.model.quantised.grouped import GroupedLinear
from handeye.model.quantised.header import FLOATS, Found
from handeye.model.quantised.integers import unpack
from handeye.model.quantised.linear import PackedLinear

_ONES = {4: 0x11111111, 8: 0x01010101}
"""A one in each number of a word."""


class GPTQLinear(GroupedLinear):
    """`qweight` (in * bits / 32, out), `qzeros` (G, out * bits / 32), `scales` (G, out), `g_idx` (in,)."""

    qweight: Tensor
    qzeros: Tensor
    scales: Tensor
    g_idx: Tensor | None

    def __init__(
        self, in_features: int, out_features: int, found: Found, scheme: "GPTQ", groups: int, *, bias: bool
    ) -> None:
        super().__init__(in_features, out_features, bias=bias)
        self.bits, self.shifted = scheme.bits, scheme.shifted
        each = 32 // scheme.bits
        self.hold("qweight", (in_features // each, out_features), found.dtype("qweight", torch.int32))
        self.hold("qzeros", (groups, out_features // each), found.dtype("qzeros", torch.int32))
        self.hold("scales", (groups, out_features), found.dtype("scales", *FLOATS))
        self.lack("g_idx")
        self._neighbours = True
        if scheme.ordered or "g_idx" in found:
            self.hold("g_idx", (in_features,), found.dtype("g_idx", torch.int32))

    def check(self, name: str) -> None:
        """Refuse groups that are not there, and notice whether the inputs of each are neighbours."""
        groups, self._neighbours = self.g_idx, True
        if groups is None:
            return
        count = len(self.scales)
        if not bool(((groups >= 0) & (groups < count)).all()):
            raise InvalidCheckpoint(
                f"{name}.g_idx names a group outside 0 to {count - 1}: download the checkpoint again"
            )
        plain = torch.arange(self.in_features, device=groups.device) // (self.in_features // count)
        self._neighbours = torch.equal(groups.long(), plain)

    def numbers(self, start: int, stop: int) -> Tensor:
        """Return the numbers of some outputs."""
        return unpack(self.qweight[:, start:stop].t(), self.bits)

    def zeros(self) -> Tensor:
        """Return the zeros."""
        return unpack(self.qzeros + _ONES[self.bits] if self.shifted else self.qzeros, self.bits).t()

    def steps(self) -> Tensor:
        """Return the scales."""
        return self.scales.t()

    def members(self) -> Tensor | None:
        """Return the group of each input, if those of a group are not neighbours."""
        return None if self._neighbours or self.g_idx is None else self.g_idx.long()


@dataclass(frozen=True, slots=True)
class GPTQ:
    """How a GPTQ checkpoint is packed."""

    bits: int
    group: int | None
    """Inputs that share a scale; None: all."""
    ordered: bool
    """Whether the inputs were taken in the order of their activations, so that `g_idx` is needed."""
    shifted: bool
    """Whether zeros are stored one lower, as in the first version of the format."""
    method: str = "gptq"

    @classmethod
    def read(cls, fields: Section) -> "GPTQ":
        """Read `quantization_config`. Raises `InvalidCheckpoint`, which names the option."""
        fields.choice("pack_dtype", "int32", ("int32",))
        fields.choice("is_marlin_format", default=False, known=(False,))
        key = "checkpoint_format" if "checkpoint_format" in fields else "format"
        overrides = fields.get("dynamic") or {}
        if not isinstance(overrides, Mapping) or any(not str(each).startswith("-:") for each in overrides):
            raise fields.invalid("dynamic", "but layers with options of their own are not read: use another copy")
        return cls(
            bits=fields.choice("bits", 4, tuple(_ONES)),
            group=group_size(fields),
            ordered=fields.flag("desc_act", default=False),
            shifted=fields.choice(key, "gptq", ("gptq", "gptq_v2")) == "gptq",
        )

    def name(self, stored: str) -> str | None:
        """Return the name under which a stored tensor is assigned."""
        return stored

    def layer(self, module: nn.Linear, found: Found) -> PackedLinear | None:
        """Return an empty layer for a module that is stored packed; None if it is not."""
        if not found.any("qweight", "qzeros", "scales"):
            return None
        each = 32 // self.bits
        if module.in_features % each or module.out_features % each:
            raise found.invalid(
                f"it is {module.out_features}x{module.in_features}, and GPTQ packs {each} numbers together"
            )
        groups = group_count(module, self.group, found)
        bias = module.bias is not None or "bias" in found
        return GPTQLinear(module.in_features, module.out_features, found, self, groups, bias=bias)
