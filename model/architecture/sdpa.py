"""PyTorch's attention, by those of its kernels that suit prompts and screens.

Shapes: B sequences, L new tokens, S tokens in all, H heads, K key-value heads, E head width.
"""

import threading
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

_KERNELS = [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]
"""Without cuDNN's, which PyTorch prefers on an H100: it makes a plan for each new length, which takes as long as to
read a prompt and is kept for ever. Every prompt has another length, and so has every token of a reply."""
_FORMATS = (torch.bfloat16, torch.float16)
_CHOOSING = threading.Lock()
"""PyTorch keeps which kernels may be used for the whole process, not for each thread."""


def sdpa(q: Tensor, k: Tensor, v: Tensor, *, mask: Tensor | None = None, causal: bool = False) -> Tensor:
    """Mix values; takes (B, H, L, E), (B, K, S, E) twice, returns (B, H, L, E).

    mask: what each token sees, bool (L, S), or what is added to the scores.
    causal: each token sees those up to itself; L is S.
    """
    grouped = q.shape[1] != k.shape[1]
    if not q.is_cuda:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal, enable_gqa=grouped)
    if grouped and not _flashes(q.device, q.dtype):  # only that kernel takes groups; the last one stores all scores
        k, v = (each.repeat_interleave(q.shape[1] // k.shape[1], dim=1) for each in (k, v))
        grouped = False
    with _CHOOSING, sdpa_kernel(_KERNELS):
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal, enable_gqa=grouped)


@cache
def _flashes(device: torch.device, dtype: torch.dtype) -> bool:
    """Tell whether a GPU has PyTorch's flash attention for a number format: from Ampere on."""
    return dtype in _FORMATS and torch.cuda.get_device_capability(device) >= (8, 0)
