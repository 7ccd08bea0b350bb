"""Running out of memory: knowing it, and letting go of what the failed step held."""

import re
import traceback

import torch

_WORDS = re.compile(r"out of memory|can't allocate memory|not enough memory|CUBLAS_STATUS_ALLOC_FAILED", re.IGNORECASE)
"""What PyTorch says on a CPU or an Apple GPU, where its error is a plain RuntimeError."""


def is_out_of_memory(error: Exception) -> bool:
    """Tell whether an error says that a device has too little memory."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and _WORDS.search(str(error)) is not None
    )


def release(error: BaseException) -> None:
    """Let go of the local variables of every frame that an error has passed: they hold the tensors of the step."""
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            traceback.clear_frames(one.__traceback__)
            todo += [one.__cause__, one.__context__]
