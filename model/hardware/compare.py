"""What is wrong with what a kernel of a GPU has computed: it is compared before it is used."""

import torch
from torch import Tensor

_STEPS, _LEAST = 5, 2**-16
"""Results around 1 may differ by so many steps of their number format, and by sums in another order in float32."""


def difference(found: Tensor, expected: Tensor, dtype: torch.dtype) -> str | None:
    """Return how a result differs from another one by more than a number format allows; None if it does not.

    What may differ is a part of the largest result. It waits for the device.
    """
    most = float((found.float() - expected.float()).abs().max())
    allowed = max(_STEPS * torch.finfo(dtype).eps, _LEAST) * max(1.0, float(expected.abs().max()))
    # NaN too
    return None if most <= allowed else f"a result differs by {most:.2g}, more than {allowed:.2g}"


def first_line(error: Exception) -> str:
    """Return the first line of what an error says, and its class."""
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
