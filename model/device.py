"""The device and the number format of the network."""

import torch

from handeye.model.errors import UnknownDevice, UnsupportedDtype


def choose_device(name: str) -> torch.device:
    """Return the device: "auto" (a GPU if there is one), "cpu", "cuda", "cuda:1", "mps".

    Raises:
        UnknownDevice: this machine has no such device.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise UnknownDevice(f"{name!r} is not a device: use auto, cpu, cuda, cuda:1 or mps") from None
    match device.type:
        case "cpu":
            return device
        case "cuda" if torch.cuda.device_count() > (device.index or 0):
            return device
        case "mps" if torch.backends.mps.is_available():
            return device
        case _:
            raise UnknownDevice(f"PyTorch does not find {name} on this machine: use another device, or auto")


def choose_dtype(name: str, device: torch.device) -> torch.dtype:
    """Return the number format: "auto" (bfloat16 on a GPU, float32 on a CPU), "bfloat16" or "float32".

    Raises:
        UnsupportedDtype: the format is float16, whose range is too small for this model, or is unknown.
    """
    match name:
        case "auto":
            return torch.float32 if device.type == "cpu" else torch.bfloat16
        case "bfloat16" | "bf16":
            return torch.bfloat16
        case "float32" | "fp32":
            return torch.float32
        case "float16" | "fp16" | "half":
            raise UnsupportedDtype(
                "float16 is not supported: activations of this model exceed its range, so every answer becomes '!!!!'; "
                "use bfloat16 or float32"
            )
        case _:
            raise UnsupportedDtype(f"{name!r} is not a number format of this model: use bfloat16 or float32")
