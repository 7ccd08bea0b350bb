"""GPUs that are parts of the CPU's memory: tensors say that they are there, and nothing mixes them unnoticed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

CPU = torch.device("cpu")
_MOVING = ("to", "cpu", "copy_")
_PLAIN = ("device", "dtype", "shape", "is_cpu", "is_cuda")
"""Attributes that are those of the tensor itself, and not of what it holds."""


class OnGpu(Tensor):
    """A tensor on a simulated GPU. Its numbers are in `held`, a tensor of the CPU."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor, device: torch.device) -> "OnGpu":
        with torch._C.DisableTorchFunction():
            made: OnGpu = torch.Tensor._make_wrapper_subclass(  # type: ignore[attr-defined]
                cls, held.shape, held.stride(), held.storage_offset(), dtype=held.dtype, device=device
            )
        made.held = held
        return made

    def __init__(self, held: Tensor, device: torch.device) -> None:
        super().__init__()

    @classmethod
    def __torch_function__(
        cls, func: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        return computed(func, args, kwargs or {})

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise AssertionError(f"{func} was not simulated")


class Simulated(TorchFunctionMode):
    """Computes what is on simulated GPUs, and refuses what real ones refuse: tensors of different devices."""

    def __torch_function__(
        self, func: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        return computed(func, args, kwargs or {})


class Mixed(Exception):
    """An operation was given tensors of different devices."""


def computed(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Do what a function of PyTorch does, on the devices of its tensors or on the one that it is asked for."""
    name = getattr(func, "__name__", "")
    if func is torch.device or (name == "__get__" and func.__self__.__name__ in _PLAIN):
        with torch._C.DisableTorchFunctionSubclass():
            return func(*args, **kwargs)
    tensors: list[Tensor] = []
    asked: list[torch.device] = []

    def held(each: Any) -> Any:
        if isinstance(each, Tensor):
            tensors.append(each)
            return each.held if isinstance(each, OnGpu) else each
        if isinstance(each, str) and each.startswith(("cuda", "cpu")):
            each = torch.device(each)
        if isinstance(each, torch.device):
            asked.append(each)
            return CPU if each.type == "cuda" else each
        return _mapped(held, each)

    args, kwargs = held(args), {key: held(value) for key, value in kwargs.items() if key != "pin_memory"}
    moving = name in _MOVING
    if not moving:
        _require_one_device(name, tensors)
    home = next((_home(each) for each in (tensors[:1] if moving else tensors) if isinstance(each, OnGpu)), CPU)
    target = CPU if name == "cpu" else asked[0] if asked else home

    def placed(result: Any) -> Any:
        if not isinstance(result, Tensor):
            return _mapped(placed, result)
        for before in tensors:
            if result is (before.held if isinstance(before, OnGpu) else before):
                if _home(before) == target:
                    return before
                result = result.clone()  # memory of two devices is never shared
        return OnGpu(result, target) if target.type == "cuda" else result

    return placed(func(*args, **kwargs))


def _mapped(change: Callable[[Any], Any], each: Any) -> Any:
    """Change what is in a list or a tuple; leave everything else."""
    if type(each) is list:
        return [change(one) for one in each]
    if type(each) is tuple:
        return tuple(change(one) for one in each)
    if isinstance(each, tuple) and type(each).__module__ == "torch.return_types":
        return type(each)([change(one) for one in each])  # type: ignore[call-arg]
    return each


def _require_one_device(name: str, tensors: Sequence[Tensor]) -> None:
    devices = {_home(each) for each in tensors if isinstance(each, OnGpu)}
    if devices:  # a GPU takes single numbers of the CPU
        devices |= {CPU for each in tensors if not isinstance(each, OnGpu) and each.dim()}
    if len(devices) > 1:
        raise Mixed(f"{name} was given tensors of {' and '.join(sorted(map(str, devices)))}")


def _home(tensor: Tensor) -> torch.device:
    with torch._C.DisableTorchFunctionSubclass():
        return tensor.device


@contextmanager
def simulated_gpus(count: int, free: Mapping[str, int] | None = None) -> Iterator[None]:
    """Have so many GPUs, which record nothing and have no kernels of ours.

    `free` gives the bytes of memory that are free, by device; all have a terabyte otherwise.
    """

    def memory(device: torch.device) -> int:
        return (free or {}).get(str(device), 10**12)

    def mask(length: int, seen: int, device: torch.device) -> Tensor:
        """Without a GPU's kernels there is no causal form but a mask."""
        return torch.ones(length, seen, dtype=torch.bool, device=device).tril(seen - length)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.version, "cuda", "13.0")
        patch.setattr(torch.cuda, "is_available", lambda: count > 0)
        patch.setattr(torch.cuda, "device_count", lambda: count)
        patch.setattr(torch.cuda, "current_device", lambda: 0)
        patch.setattr(torch.cuda, "get_device_capability", lambda device=None: (9, 0))
        patch.setattr(torch.cuda, "synchronize", lambda device=None: None)
        patch.setattr("handeye.model.architecture.context._lower_right", mask)
        patch.setattr("handeye.model.kernels.choose.choose", lambda device, dtype: None)
        patch.setattr("handeye.model.engine.steps.static_vision.StaticVision.can_run", lambda network: False)
        patch.setattr("handeye.model.hardware.plan.free_memory", memory)
        patch.setattr("handeye.model.hardware.room.total_memory", memory)
        patch.setattr("handeye.model.gguf.fill.total_memory", memory)
        with Simulated():
            yield
