"""The device and the number format of the network."""

import math
import platform

import torch

from handeye.model.errors import UnknownDevice, UnsupportedDtype

_NAMES = "use auto, cpu, cuda, cuda:1 or mps"
_SMALL = 10**9
"""Parameters below which a model costs little in float32."""


def choose_device(name: str) -> torch.device:
    """Return the device: "auto" (a GPU if there is one), "cpu", "cuda", "cuda:1", "mps".

    Raises:
        UnknownDevice: this machine has no such device.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except (RuntimeError, TypeError):
        raise UnknownDevice(f"{name!r} is not a device: {_NAMES}") from None
    match device.type:
        case "cpu" if not device.index:  # cpu:0 is the same
            return torch.device("cpu")
        case "cpu":
            raise UnknownDevice(f"{name!r} is not a device, there is only one CPU: use cpu")
        case "cuda":
            _require_gpu(device)
            return device
        case "mps" if device.index:
            raise UnknownDevice(f"{name!r} is not a device, there is only one Apple GPU: use mps")
        case "mps" if torch.backends.mps.is_available():
            return device
        case "mps":
            raise UnknownDevice(
                "PyTorch finds no Apple GPU on this machine: use cpu, or cuda if there is an NVIDIA GPU"
            )
        case _:
            raise UnknownDevice(f"{name!r} is not a device of this model: {_NAMES}")


def _require_gpu(device: torch.device) -> None:
    if torch.version.cuda is None and torch.version.hip is None:
        raise UnknownDevice(
            "this PyTorch was built without CUDA: use cpu, or install a PyTorch with CUDA (pip install torch)"
        )
    count = torch.cuda.device_count()
    if count == 0:
        raise UnknownDevice("PyTorch finds no GPU: use cpu, or see handeye doctor model for what is missing")
    if (device.index or 0) >= count:
        known = "cuda:0" if count == 1 else f"cuda:0 to cuda:{count - 1}"
        raise UnknownDevice(f"PyTorch does not find {device} on this machine: use {known}")


def choose_dtype(name: str, device: torch.device, parameters: float = math.inf) -> torch.dtype:
    """Return the number format: "auto", "bfloat16", "float32", "fp8" or "int8".

    "auto" is bfloat16, the format of the released weights; on a CPU it is float32 for a model of less than a billion
    `parameters`, which by default is taken to have more. "fp8" is the format of the decoder's layers only:
    torch.float8_e4m3fn; "int8", on a CPU, that of the vision part's too.

    Raises:
        UnsupportedDtype: the format is float16, whose range is too small for this model, is unknown, or is int8 on a
            device that has no products of whole numbers here.
    """
    match name:
        case "auto":
            return torch.float32 if device.type == "cpu" and parameters < _SMALL else torch.bfloat16
        case "bfloat16" | "bf16":
            return torch.bfloat16
        case "float32" | "fp32":
            return torch.float32
        case "fp8":
            return torch.float8_e4m3fn
        case "int8" if device.type != "cpu":
            raise UnsupportedDtype("int8 is a number format of the CPU here: use fp8 on a GPU, or a copy in int8")
        case "int8" if not _multiplies_int8():
            raise UnsupportedDtype("PyTorch has no fast products of int8 for this CPU: use bfloat16")
        case "int8":
            return torch.int8
        case "float16" | "fp16" | "half":
            raise UnsupportedDtype(
                "float16 is not supported: activations of this model exceed its range, so every answer becomes '!!!!'; "
                "use bfloat16 or float32"
            )
        case _:
            raise UnsupportedDtype(f"{name!r} is not a number format of this model: use bfloat16, float32, fp8 or int8")


def compute_dtype(dtype: torch.dtype, device: torch.device) -> torch.dtype:
    """Return the number format to compute in with weights of a format: float32 on a CPU that is slow in bfloat16.

    Without instructions for it (AVX-512 or AMX, or BF16 on Arm), PyTorch multiplies bfloat16 matrices many times more
    slowly than float32 ones.
    """
    if dtype is not torch.bfloat16 or device.type != "cpu":
        return dtype
    built = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    fast = built and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.bfloat16 if fast else torch.float32


def _multiplies_int8() -> bool:
    built = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return bool(built) and platform.machine().lower() in ("x86_64", "amd64")
