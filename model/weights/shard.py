"""A file of weights, opened for each device that its tensors are read to."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import torch
from safetensors import safe_open


class Shard:
    """Opens a safetensors file once for each device, and once more for each tensor that is copied on a CPU.

    A CPU maps the file, and the parts of a mapping that were read count as memory in use until it ends. That is right
    for tensors which stay parts of it; what is only copied from it would take the memory twice.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stack = ExitStack()
        self._opened: dict[torch.device, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self._stack.close()

    @contextmanager
    def opened(self, device: torch.device, *, copied: bool) -> Iterator[Any]:
        """Give the open file, whose tensors are read to a device; `copied` says that nothing of it will stay."""
        if copied and device.type == "cpu":
            with safe_open(self._file, framework="pt") as once:
                yield once
            return
        if device not in self._opened:
            self._opened[device] = self._stack.enter_context(safe_open(self._file, "pt", device=str(device)))
        yield self._opened[device]
