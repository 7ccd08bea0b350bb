"""What is sent to a device that is not there."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode


class Sent(TorchFunctionMode):
    """Notes whether the program waits for a transfer, which it leaves out."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[bool] = []

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is torch.Tensor.to:
            self.waited.append(not kwargs.get("non_blocking", False))
            return args[0]
        return func(*args, **{key: value for key, value in kwargs.items() if key != "pin_memory"})
