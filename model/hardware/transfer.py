"""From the host to a device."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def send(numbers: NDArray[Any], device: torch.device) -> Tensor:
    """Return a copy of numbers of the host on a device.

    With CUDA it arrives while the program goes on: it is sent from memory that stays in its place until then. Elsewhere
    nothing keeps that memory, so the program waits.
    """
    kept = device.type == "cuda"
    kind = torch.from_numpy(np.empty(0, numbers.dtype)).dtype
    copied = torch.empty(numbers.shape, dtype=kind, pin_memory=kept)
    copied.numpy()[...] = numbers
    return copied.to(device, non_blocking=kept)
