"""AWQ: four bits, a scale and a zero for each group of inputs, packed along the outputs in an order of their own.

Source: AutoAWQ, `awq/modules/linear/gemm.py` and `awq/utils/packing_utils.py`.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from handeye.model.files.fields import Section
from handeye.model.quantised.grouped import GroupedLinear
from handeye.model.quantised.header import FLOATS, Found
from handeye.model.quantised.integers import unpack
from handeye.model.quantised.linear import PackedLinear


class AWQLinear(GroupedLinear):
    """`qweight` (in, out / 8), `qzeros` (G, out / 8), `scales` (G, out)."""

    bits = 4
    qweight: Tensor
    qzeros: Tensor
    scales: Tensor

    def __init__(self, in_features: int, out_features: int, found: Found, groups: int, *, bias: bool) -> None:
        super().__init__(in_features, out_features, bias=bias)
        self.hold("qweight", (in_features, out_features // 8), found.dtype("qweight", torch.int32))
        self.hold("qzeros", (groups, out_features // 8), found.dtype("qzeros", torch.int32))
        self.hold("scales", (groups, out_features), found.dtype("scales", *FLOATS))

    def numbers(self, start: int, stop: int) -> Tensor:
        """Return the numbers of some outputs."""
        return _columns(self.qweight[:, start // 8 : stop // 8]).t()

    def zeros(self) -> Tensor:
        """Return the zeros."""
        return _columns(self.qzeros).t()

    def steps(self) -> Tensor:
        """Return the scales."""
        return self.scales.t()


@dataclass(frozen=True, slots=True)
class AWQ:
    """How an AWQ checkpoint is packed."""

    group: int | None
    """Inputs that share a scale; None: all."""
    method: str = "awq"

    @classmethod
    def read(cls, fields: Section) -> "AWQ":
        """Read `quantization_config`. Raises `InvalidCheckpoint`, which names the option."""
        fields.choice("bits", 4, (4,))
        key = "version" if "version" in fields else "checkpoint_format" if "checkpoint_format" in fields else "format"
        fields.choice(key, "gemm", ("gemm",))
        fields.choice("zero_point", default=True, known=(True,))
        return cls(group_size(fields))

    def name(self, stored: str) -> str | None:
        """Return the name under which a stored tensor is assigned."""
        return stored

    def layer(self, module: nn.Linear, found: Found) -> PackedLinear | None:
        """Return an empty layer for a module that is stored packed; None if it is not."""
        if not found.any("qweight", "qzeros", "scales"):
            return None
        if module.out_features % 8:
            raise found.invalid(f"it has {module.out_features} outputs, and AWQ packs eight together")
        groups = group_count(module, self.group, found)
        bias = module.bias is not None or "bias" in found
        return AWQLinear(module.in_features, module.out_features, found, groups, bias=bias)


def group_size(fields: Section) -> int | None:
    """Return `group_size`, or None for -1 or null, which mean all inputs. Raises `InvalidCheckpoint`."""
    if fields.get("group_size") in (None, -1):
        return None
    return fields.count("group_size", 128)


def group_count(module: nn.Linear, group: int | None, found: Found) -> int:
    """Return the number of groups that a module's inputs make. Raises `InvalidCheckpoint` if there is a rest."""
    if group is None:
        return 1
    if module.in_features % group:
        raise found.invalid(f"its {module.in_features} inputs are not a multiple of group_size, {group}")
    return module.in_features // group


def _columns(words: Tensor) -> Tensor:
    """Return the numbers (K, out) in words (K, out / 8); those of eight outputs lie in the order 0 4 1 5 2 6 3 7."""
    numbers = unpack(words, 4)
    return numbers.view(len(numbers), -1, 2, 4).transpose(2, 3).flatten(1)
