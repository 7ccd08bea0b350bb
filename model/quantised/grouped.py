"""A linear layer of whole numbers of few bits, with a scale and a zero for each group of inputs."""

from abc import abstractmethod

import torch
from torch import Tensor

from handeye.model.quantised.integers import grouped
from handeye.model.quantised.linear import PackedLinear, by_rows


class GroupedLinear(PackedLinear):
    """A weight of `(number - zero) * scale`; the formats differ in where a number is, and in how zeros are stored."""

    bits: int

    @abstractmethod
    def numbers(self, start: int, stop: int) -> Tensor:
        """Return the numbers of some outputs, (stop - start, in), uint8; `start` is a multiple of 8."""

    @abstractmethod
    def zeros(self) -> Tensor | int:
        """Return what stands for zero, (out, G), or the same for all, whole."""

    @abstractmethod
    def steps(self) -> Tensor:
        """Return the scales, (out, G)."""

    def members(self) -> Tensor | None:
        """Return the group of each input, (in,), int64; None: as many neighbours each."""
        return None

    def dense(self, dtype: torch.dtype) -> Tensor:
        """Return the weight (out, in)."""
        zeros, steps, members = self.zeros(), self.steps(), self.members()

        def rows(start: int, stop: int) -> Tensor:
            zero = zeros if isinstance(zeros, int) else zeros[start:stop]
            return grouped(self.numbers(start, stop), zero, steps[start:stop], dtype, members)

        return by_rows(self.out_features, self.in_features, rows)
