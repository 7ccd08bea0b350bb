"""Running out of memory: knowing it, and letting go of what the failed step held."""

import errno
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import torch

from handeye.model.errors import OutOfMemory

_WORDS = re.compile(
    r"out of memory|(?:can't|cannot) allocate memory|not enough memory|CUBLAS_STATUS_ALLOC_FAILED", re.IGNORECASE
)
"""What PyTorch says on a CPU or an Apple GPU, where its error is a plain RuntimeError."""
_Given = ParamSpec("_Given")
_Loaded = TypeVar("_Loaded")


def is_out_of_memory(error: Exception) -> bool:
    """Tell whether an error says that a device has too little memory."""
    if isinstance(error, OSError):  # of a file that is mapped
        return error.errno == errno.ENOMEM
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and _WORDS.search(str(error)) is not None
    )


@contextmanager
def needing(said: str) -> Iterator[None]:
    """Raise `OutOfMemory`, which says `said`, where a step of a function that is `keeping_nothing` finds no memory."""
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        raise OutOfMemory(said) from None


def keeping_nothing(load: Callable[_Given, _Loaded]) -> Callable[_Given, _Loaded]:
    """Make a function that loads a model raise `OutOfMemory` where it finds no memory, and then hold nothing of it.

    An error holds the frames that it has passed, and they what was loaded until then, so another one is raised after
    the first one was handled.
    """

    @wraps(load)
    def loaded(*values: _Given.args, **options: _Given.kwargs) -> _Loaded:
        try:
            return load(*values, **options)
        except OutOfMemory as error:
            said = str(error)
            release(error)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            said = "the model needs more memory than there is: use a smaller model, or free memory"
            release(error)
        raise OutOfMemory(said)

    return loaded


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
