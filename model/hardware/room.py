"""Whether the weights of a model fit on a device, told before they are downloaded or read."""

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import torch

from handeye.model.catalog import RELEASED
from handeye.model.errors import OutOfMemory
from handeye.model.hardware.devices import have
from handeye.model.quantised.header import short

_BILLIONS = re.compile(r"(?<![a-z0-9.])(\d{1,4}(?:\.\d{1,3})?)b(?![a-z0-9])")
_FP8_BYTES = 1.1
"""Of a parameter of a large model in fp8: embeddings, output matrix and vision part have two."""
_QUANTISED = re.compile(
    r"awq|gptq|gguf|mlx|exl[23]|bnb|nf4|fp4|fp8|int[48]|[2-8]-?bit|w[48]a(?:4|8|16)|(?<![a-z0-9])i?q\d"
)
"""What the names of copies with smaller weights hold: the number of parameters does not tell their size."""


def require_room(name: str, device: torch.device, dtype: torch.dtype, others: Sequence[torch.device] = ()) -> None:
    """Raise `OutOfMemory` if the number of parameters in a name, such as "7B", asks for more memory than a device has.

    `others` are those over which it may be spread besides. Names without such a number, and those of quantized copies,
    tell nothing; of a folder, its files tell more.
    """
    billions = named_parameters(name)
    if billions is not None and not _is_folder(name):
        require_memory(name, billions * 1e9, device, dtype, others=others)


def require_memory(
    what: str,
    parameters: float,
    device: torch.device,
    dtype: torch.dtype,
    *,
    packed: int = 0,
    others: Sequence[torch.device] = (),
) -> None:
    """Raise `OutOfMemory` if the weights alone need more memory than a device and the `others` have together.

    `packed` are the bytes of those that are stored in fewer bits, and not counted in `parameters`.
    """
    totals = [total_memory(each) for each in (device, *others)]
    need = parameters * dtype.itemsize + packed
    total = sum(each for each in totals if each is not None)
    if None in totals or need <= total:
        return
    written = "" if packed else f" in {short(dtype)}"
    raise OutOfMemory(
        f"the weights of {what} need {need / 1e9:.1f} GB{written}, and {have((device, *others))} {total / 1e9:.1f} GB: "
        f"{_advice(parameters, packed, total, dtype)}{'' if others else spreading(device)}"
    )


def named_parameters(name: str) -> float | None:
    """Return the billions of parameters that a checkpoint's name tells; None if it does not.

    The sizes of Qwen2.5-VL are rounded in names: "7B" has 8.29. Of several numbers the smallest counts.
    """
    last = PurePosixPath(name.partition("@")[0]).name.lower()
    if _QUANTISED.search(last):
        return None
    found = min(_BILLIONS.findall(last), key=float, default=None)
    if found is None:
        return None
    known = (released.parameters for released in RELEASED if f"-{found}b-" in released.name.lower())
    return next(known, float(found))


def total_memory(device: torch.device) -> int | None:
    """Return the bytes of memory that a device has, used or not; None if the system does not say."""
    if device.type == "cuda":
        return torch.cuda.get_device_properties(device).total_memory
    try:  # an Apple GPU shares the memory of the CPU
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows, and systems that do not know the names
        return None


def free_memory(device: torch.device) -> int:
    """Return the bytes of memory that are free on a device; of a CPU, those that the system can make free.

    A system that does not say has no limit.
    """
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    try:
        said = re.search(r"^MemAvailable:\s+(\d+) kB$", Path("/proc/meminfo").read_text("ascii"), re.MULTILINE)
    except OSError:  # not Linux
        said = None
    return int(said[1]) * 1024 if said is not None else total_memory(device) or sys.maxsize


def spreading(device: torch.device) -> str:
    """Return the advice to spread a model that is too large for a GPU; nothing for a CPU."""
    return f", or spread it over several devices: device {every_device()}" if device.type == "cuda" else ""


def every_device() -> str:
    """Return the list of all GPUs, and the CPU."""
    return ",".join((*(f"cuda:{index}" for index in range(torch.cuda.device_count())), "cpu"))


def _advice(parameters: float, packed: int, total: int, dtype: torch.dtype) -> str:
    if dtype is torch.float32 and parameters * torch.bfloat16.itemsize + packed <= total:
        return "use dtype bfloat16"
    if dtype is torch.bfloat16 and not packed and parameters * _FP8_BYTES <= total:
        return "use dtype fp8"
    smaller = [each.name for each in RELEASED if each.parameters * 1e9 * dtype.itemsize <= total]
    return f"use a smaller model, such as {smaller[-1] if smaller else 'handeye-tiny'}, or one behind a server"


def _is_folder(name: str) -> bool:
    try:
        return Path(name).expanduser().is_dir()
    except (OSError, RuntimeError, ValueError):  # no name that a folder can have
        return False
