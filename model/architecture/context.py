"""What the new tokens of a forward pass see: the seam between the decoder and what keeps keys and values.

Shapes: B sequences, L new tokens of each, S tokens in all (seen before and new), H heads, K key-value heads, E head
width.
"""

from functools import lru_cache
from typing import Protocol

import torch
from torch import Tensor

from handeye.model.architecture.flash import flash
from handeye.model.architecture.sdpa import sdpa


class Context(Protocol):
    """Tells what each new token sees, and takes in the keys and values of the new ones."""

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Mix the values that each token sees; takes (B, H, L, E), (B, K, L, E) twice, returns the shape of `q`.

        `q` has a row for each new token, or, after `last`, for those that need a result.
        """
        ...

    def last(self, x: Tensor) -> Tensor:
        """Return of rows (B, L, ...) those of the last tokens of each sequence, whose results are needed."""
        ...


class Causal:
    """Each sequence is whole: a token sees the tokens of its sequence up to itself. Nothing is kept.

    Padding on the right of a sequence is harmless, because no token sees later ones.
    """

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Mix the values of the tokens up to each."""
        return attention(q, k, v)

    def last(self, x: Tensor) -> Tensor:
        """Return the row of the last token of each sequence, (B, 1, ...)."""
        return x[:, -1:]


CAUSAL = Causal()
_MOST_SHIFTS = 2**22
"""Numbers of a mask for all heads of a group, with which a CPU is faster: 16 MB."""


def attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attend from the last L of S tokens, each to the tokens up to itself.

    Takes (B, H, L, E) and (B, K, S, E) twice, returns (B, H, L, E).
    """
    length, seen, groups = q.shape[2], k.shape[2], q.shape[1] // k.shape[1]
    if length == 1:  # the heads of a group share their keys, so they take the place of the tokens of a prompt
        return sdpa(q.reshape(*k.shape[:2], groups, -1), k, v).view(q.shape)
    if (attend := flash(q)) is not None:
        return attend(q, k, v, causal=True)
    if length == seen:
        return sdpa(q, k, v, causal=True)
    if q.device.type == "cpu" and groups * length * seen <= _MOST_SHIFTS:
        shifts = _shifts(length, seen, groups, q.dtype)
        grouped = q.reshape(*k.shape[:2], groups * length, -1)
        return sdpa(grouped, k, v, mask=shifts).view(q.shape)
    return sdpa(q, k, v, mask=_lower_right(length, seen, q.device))


def _lower_right(length: int, seen: int, device: torch.device) -> Tensor:
    """Return what the last `length` of `seen` tokens see, (L, S): each row one more than the row before."""
    if device.type != "cuda":
        return torch.ones(length, seen, dtype=torch.bool, device=device).tril(seen - length)
    # A GPU's kernels know this form, so no mask is made. Imported late, because it brings in torch's compiler.
    from torch.nn.attention.bias import causal_lower_right

    return causal_lower_right(length, seen)


@lru_cache(maxsize=2)  # the layers of a network ask for the same
def _shifts(length: int, seen: int, groups: int, dtype: torch.dtype) -> Tensor:
    """Return the same for all heads of a group, (H/K * L, S) on a CPU, as what is added to the scores."""
    with torch.inference_mode(mode=False):
        hidden = torch.full((length, seen), -torch.inf, dtype=dtype)
        return hidden.triu_(seen - length + 1).repeat(groups, 1)
