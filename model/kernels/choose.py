"""The kernels of a device."""

import warnings
from functools import cache

import torch

from handeye.model.kernels.kernels import Kernels
from handeye.model.kernels.trust import differing
from handeye.model.kernels.twin import TorchKernels


@cache
def choose(device: torch.device, dtype: torch.dtype) -> Kernels:
    """Return the kernels for activations of a number format: Triton's on a GPU, else the twin.

    The first call for a GPU compiles the kernels and compares each with the twin. One that fails there, or differs, is
    left to the twin, and a warning says so.
    """
    if device.type != "cuda":
        return TorchKernels()
    try:
        from handeye.model.kernels.gpu.kernels import TritonKernels
    except ImportError:  # the extra `gpu` is not installed
        return TorchKernels()
    faults = differing(TritonKernels(), device, dtype)
    if faults:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in faults.items())
        warnings.warn(
            f"PyTorch does what these Triton kernels should do on {device}, which is slower ({reasons}): "
            "update triton or the driver of the GPU",
            RuntimeWarning,
            stacklevel=2,
        )
    return TritonKernels(without=faults)
