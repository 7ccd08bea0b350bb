"""The kernels of a device."""

import warnings
from functools import cache

import torch
from torch import Tensor

from handeye.model.kernels.kernels import Kernels
from handeye.model.kernels.trust import differing
from handeye.model.kernels.twin import TorchKernels


@cache
def choose(device: torch.device, dtype: torch.dtype) -> Kernels | None:
    """Return the kernels of a GPU for activations of a number format; None if a token step would be slower with them.

    So it is on other devices, without Triton, and where its attention is not sound: the twin's reads the pages of all
    sequences for each row.

    The first call for a GPU compiles the kernels and compares each with the twin. One that fails there, or differs, is
    left to the twin, and a warning says so.
    """
    if device.type != "cuda":
        return None
    try:
        from handeye.model.kernels.gpu.kernels import TritonKernels
    except ImportError:  # the extra `gpu` is not installed
        return None
    faults = differing(TritonKernels(), device, dtype)
    if faults:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in faults.items())
        warnings.warn(
            f"PyTorch does what these Triton kernels should do on {device}, which is slower ({reasons}): "
            "update triton or the driver of the GPU",
            RuntimeWarning,
            stacklevel=2,
        )
    return None if "attend" in faults else TritonKernels(without=faults)


def choose_for(x: Tensor) -> Kernels:
    """Return what multiplies activations by a packed weight: the kernels of their GPU, or PyTorch if it has none."""
    return choose(x.device, x.dtype) or TorchKernels()
