"""The parts of a token step and of the vision part in plain PyTorch, on any device: what the kernels of a GPU are
compared with.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from handeye.model.architecture.activations import activation
from handeye.model.architecture.layers import rms_norm
from handeye.model.architecture.positions import rotate
from handeye.model.kernels.int4 import Int4
from handeye.model.kernels.kernels import BLOCK, Normed
from handeye.model.quantised.linear import scaled


class TorchKernels:
    """See `Kernels`."""

    def norm(self, x: Tensor, residual: Tensor | None, weight: Tensor, eps: float) -> Normed:
        """Add and norm."""
        total = x if residual is None else residual + x
        return Normed(rms_norm(total, weight, eps), total)

    def gate(self, gate_up: Tensor, act: str, width: int | None = None) -> Tensor:
        """Apply the gate."""
        gate, up = gate_up.chunk(2, dim=-1)
        y = activation(act)(gate) * up
        return y if width is None or width == y.shape[1] else F.pad(y, (0, width - y.shape[1]))

    def rotate(self, qkv: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Rotate q and k of patches."""
        return rotate(qkv[:, :2].float(), cos[:, None, None], sin[:, None, None]).to(qkv.dtype)

    def turn(self, qkv: Tensor, cos: Tensor, sin: Tensor, slots: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Rotate q and k, and store k and v."""
        key_heads, width = keys.shape[1], keys.shape[3]
        rows = qkv.view(len(qkv), -1, width)  # (R, H + 2K, E)
        turned = rotate(rows[:, :-key_heads], cos[:, None], sin[:, None])
        keys[0].index_copy_(1, slots, turned[:, -key_heads:].transpose(0, 1))
        values[0].index_copy_(1, slots, rows[:, -key_heads:].transpose(0, 1))
        return turned[:, :-key_heads].contiguous()

    def attend(self, q: Tensor, keys: Tensor, values: Tensor, tables: Tensor, lengths: Tensor) -> Tensor:
        """Mix the values that each row sees. All blocks of the tables are gathered, whatever the lengths."""
        inside = torch.arange(BLOCK, device=q.device)
        # what is beyond a row's tokens may be anything, also no block at all
        blocks = tables.long().clamp(0, keys.shape[2] // BLOCK - 1)
        slots = (blocks[:, :, None] * BLOCK + inside).flatten(1)  # (R, S)
        unseen = torch.arange(slots.shape[1], device=q.device) >= lengths[:, None]
        hidden = unseen[:, None, :, None]
        k, v = (pages[0][:, slots].transpose(0, 1).masked_fill(hidden, 0) for pages in (keys, values))  # (R, K, S, E)
        grouped = q.view(len(q), keys.shape[1], -1, q.shape[2])  # (R, K, H/K, E)
        mixed = F.scaled_dot_product_attention(grouped, k, v, attn_mask=~unseen[:, None, None, :])
        return mixed.masked_fill((lengths == 0)[:, None, None, None], 0).reshape(q.shape)

    def linear8(self, x: Tensor, weight: Tensor, scale: Tensor, bias: Tensor | None) -> Tensor:
        """Multiply by e4m3 numbers."""
        return F.linear(x, self.dense8(weight, scale, x.dtype), bias)

    def linear4(self, x: Tensor, weight: Int4, bias: Tensor | None) -> Tensor:
        """Multiply by numbers of four bits."""
        return F.linear(weight.arranged(x), self.dense4(weight, x.dtype), bias)

    def dense8(self, weight: Tensor, scale: Tensor, dtype: torch.dtype) -> Tensor:
        """Unpack e4m3 numbers."""
        return scaled(weight, scale, dtype)

    def dense4(self, weight: Int4, dtype: torch.dtype) -> Tensor:
        """Unpack numbers of four bits."""
        return weight.dense(dtype)
