"""What the host has to know of logits to choose tokens from them, brought there in one go.

Shapes: V tokens of the vocabulary, R rows of logits as the network gave them, C rows that were changed, F of the
likeliest tokens.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from handeye.model.errors import NonFiniteOutput
from handeye.model.hardware.transfer import send

_EXACT = ("cpu", "cuda")
"""Devices that compute in fp64."""
_FEW = 512
"""Tokens among which one is looked for before all are sorted, which takes long."""


class Top(NamedTuple):
    """The likeliest token of a row; NaN counts as greater than all other logits."""

    logit: float
    token: int


class Head(NamedTuple):
    """The likeliest tokens of a row from which one is drawn."""

    logit: float
    """The greatest."""
    probabilities: Tensor
    """Theirs, fp64 (F,), the greatest first; on the host."""
    ids: Tensor
    """Theirs, (F,), on the host."""
    rest: Tensor
    """The probabilities of all tokens, fp64 (V,), on the device: reading them means to wait for it once more."""


class Changed(NamedTuple):
    """Logits from which a token is chosen."""

    logits: Tensor
    """(V,), after penalties and constraints."""
    temperature: float
    """0 asks for the likeliest token, otherwise one is drawn."""


def likely(rows: Tensor, changed: Sequence[Changed]) -> tuple[list[Top], list[Top | Head]]:
    """Return what is likeliest in rows (R, V), and in C others; the device is waited for only once.

    Only a device without fp64 is waited for several times, since what is drawn from is computed on the host.
    """
    parts = [*rows.max(dim=-1)]
    if not changed:
        return _tops(_brought(parts)), []
    if greedy := [each.logits for each in changed if each.temperature == 0]:
        parts += torch.stack(greedy).max(dim=-1)
    drawn = [each for each in changed if each.temperature]
    shares, heads = _heads(drawn) if drawn else ((), ())
    found = _brought([*parts, *heads])
    tops: Iterator[Top | Head] = iter(_tops(found[2 : len(parts)]) if greedy else ())
    few = zip(*found[len(parts) :], shares, strict=True)
    drawn_from = (Head(float(logit), likeliest, ids, rest) for logit, likeliest, ids, rest in few)
    return _tops(found[:2]), [next(drawn_from if each.temperature else tops) for each in changed]


def finite(logit: float) -> None:
    """Check the greatest logit of a row.

    Raises:
        NonFiniteOutput: the row holds NaN or an infinite value.
    """
    if not math.isfinite(logit):
        raise NonFiniteOutput(f"the greatest logit is {logit}")


def _tops(found: Sequence[Tensor]) -> list[Top]:
    """Return the likeliest tokens of rows, by the greatest logits (R,) and their ids (R,), both on the host."""
    logits, ids = found
    return [*map(Top, logits.tolist(), ids.tolist())]


def _heads(drawn: Sequence[Changed]) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor]]:
    """Return the probabilities (C, V), and the greatest logits (C,), likeliest probabilities (C, F) and ids (C, F)."""
    logits = torch.stack([each.logits for each in drawn])
    home = logits.device if logits.device.type in _EXACT else torch.device("cpu")
    exact = logits.to(home).double()
    greatest = exact.amax(dim=-1, keepdim=True)
    temperatures = send(np.array([[each.temperature] for each in drawn], dtype=np.float64), home)
    # The greatest becomes 0 before the division: near temperature 0 all others become -inf, whose probability is 0.
    # In fp64 no temperature is too small: the smallest of fp32 would be rounded to 0.
    shares = torch.softmax(exact.sub_(greatest).div_(temperatures), dim=-1)
    few, ids = shares.topk(min(_FEW, shares.shape[1]))
    return shares, (greatest[:, 0], few, ids)


def _brought(parts: Sequence[Tensor]) -> Sequence[Tensor]:
    """Return tensors on the host, joined on the way; those of a CPU are there."""
    if parts[0].is_cpu:
        return parts
    home, drawn = parts[-1].device, parts[-1].dim() > 1
    # Moved first, as an Apple GPU has no fp64 to convert to.
    # fp32 holds whole numbers up to 2**24, which are more than any vocabulary has tokens
    kind = torch.float64 if drawn else torch.float32
    joined = torch.cat([part.to(home).to(kind).flatten() for part in parts]).cpu()
    pieces = joined.split_with_sizes([part.numel() for part in parts])
    return [piece.view(part.shape).to(part.dtype) for piece, part in zip(pieces, parts, strict=True)]
