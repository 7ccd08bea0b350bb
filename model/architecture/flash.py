"""flash-attn, where it is installed: its authors' kernels for the attention of many tokens on a GPU.

PyTorch brings kernels of its own, which are used otherwise.

Shapes: B sequences, L new tokens, S tokens in all, H heads, K key-value heads, E head width.
Source: FlashAttention-2 (Dao 2023), FlashAttention-3 (Shah et al. 2024).
"""

import warnings
from functools import cache
from importlib import import_module
from typing import Protocol

import torch
from torch import Tensor

from handeye.model.architecture.sdpa import sdpa
from handeye.model.hardware.compare import difference, first_line
from handeye.model.hardware.memory import is_out_of_memory

MODULES = ("flash_attn_interface", "fa3_fwd_interface", "flash_attn")
"""Where flash-attn 3 has its function, its wheel `fa3-fwd`, and flash-attn 2; the first that works is taken."""
_FORMATS = (torch.bfloat16, torch.float16)


class Flash(Protocol):
    """Attention of flash-attn."""

    def __call__(self, q: Tensor, k: Tensor, v: Tensor, *, causal: bool) -> Tensor:
        """Mix values; takes (B, H, L, E), (B, K, S, E) twice, returns (B, H, L, E).

        causal: the L tokens are the last of the S, and each sees those up to itself; otherwise all.
        """
        ...


def flash(q: Tensor) -> Flash | None:
    """Return the attention of flash-attn for queries like these; None where PyTorch's has to do.

    It is not used in training: some builds have no backward pass. The first call for a GPU compares it with PyTorch;
    one that fails there, or differs, is not used, and a warning says so.
    """
    if not q.is_cuda or q.dtype not in _FORMATS or torch.is_grad_enabled():
        return None
    return _usable(q.device, q.dtype, q.shape[-1])


@cache
def _usable(device: torch.device, dtype: torch.dtype, width: int) -> Flash | None:
    for name in MODULES:
        try:
            function = import_module(name).flash_attn_func
        except Exception as error:  # noqa: BLE001 (made for another PyTorch, it may raise anything)
            if isinstance(error, ModuleNotFoundError) and error.name == name:
                continue
            fault: str | None = first_line(error)
        else:
            found = _transposed(function)
            fault = _fault(found, device, dtype, width)
            if fault is None:
                return found
        warnings.warn(
            f"PyTorch's attention is used on {device} and not that of {name} ({fault}): install a build of flash-attn "
            "for this GPU and this PyTorch, or remove it",
            RuntimeWarning,
            stacklevel=2,
        )
    return None


class _Function(Protocol):
    """`flash_attn_func`, of (B, L, H, E) and (B, S, K, E) twice. Causal, its mask is at the lower right."""

    def __call__(self, q: Tensor, k: Tensor, v: Tensor, *, causal: bool) -> Tensor | tuple[Tensor, ...]: ...


def _transposed(function: _Function) -> Flash:
    def attend(q: Tensor, k: Tensor, v: Tensor, *, causal: bool) -> Tensor:
        mixed = function(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), causal=causal)
        y = mixed[0] if isinstance(mixed, tuple) else mixed  # early builds of version 3 return more
        return y.transpose(1, 2)

    return attend


def _fault(attend: Flash, device: torch.device, dtype: torch.dtype, width: int) -> str | None:
    """Return why attention cannot be used, on small random input."""
    generator = torch.Generator().manual_seed(0)
    q, k, v = (
        torch.randn(1, heads, length, width, generator=generator).to(device, dtype)
        for heads, length in ((6, 70), (2, 200), (2, 200))
    )
    seen = torch.ones(70, 200, dtype=torch.bool).tril(130).to(device)
    for causal, mask in ((True, seen), (False, None)):
        try:
            found = attend(q, k, v, causal=causal)
        except Exception as error:
            if is_out_of_memory(error):  # which may pass
                raise
            return first_line(error)
        expected = sdpa(q.float(), k.float(), v.float(), mask=mask)
        if (fault := difference(found, expected, dtype)) is not None:
            return fault
    return None
