"""Triton's kernels in its interpreter: the same functions, run on the CPU."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from tests.model.kernels.gpu.afresh import imported

if TYPE_CHECKING:
    from handeye.model.kernels.gpu.kernels import TritonKernels


@contextmanager
def interpreted() -> Iterator["TritonKernels"]:
    """Yield kernels that were imported afresh for the interpreter; all that was before comes back afterwards."""
    triton = pytest.importorskip("triton", reason='needs Triton: pip install "handeye[gpu]"')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(triton.knobs.runtime, "interpret", True)
        _interpret_library(patch)
        with _given_back(), imported() as gpu:
            yield gpu.TritonKernels()


@contextmanager
def _given_back() -> Iterator[None]:
    """Give Triton's language back as it was: the interpreter replaces parts of it, and keeps some of them replaced.

    What is called by a kernel replaces them anew and restores nothing, after which the process can compile no kernel.
    """
    import triton.language as tl

    before = [(each, dict(vars(each))) for each in (tl, tl.core, tl.math, tl.tensor, tl.core.tensor_descriptor_base)]
    try:
        yield
    finally:
        for changed, members in before:
            for name in vars(changed).keys() - members.keys():
                delattr(changed, name)
            for name, value in members.items():
                if vars(changed)[name] is not value:
                    setattr(changed, name, value)


def _interpret_library(patch: pytest.MonkeyPatch) -> None:
    """Interpret the part of Triton's library that is written in Triton, and compute in bfloat16 as a GPU does.

    The interpreter cuts bfloat16 off where a GPU rounds to the nearest, and multiplies matrices of its bits.
    """
    import triton.language as tl
    from triton.runtime import interpreter
    from triton.runtime.jit import JITFunction

    made = {}
    for module in (tl, tl.standard):
        for name, value in [*vars(module).items()]:
            if isinstance(value, JITFunction):
                made.setdefault(value, interpreter.InterpretedFunction(value.fn))
                patch.setattr(module, name, made[value])
    convert = interpreter._convert_float

    def rounded(data: "np.ndarray", source: object, target: object, mode: object) -> "np.ndarray":
        if source == tl.float32 and target == tl.bfloat16:
            return torch.from_numpy(data.copy()).bfloat16().view(torch.int16).numpy().view(np.uint16)
        return convert(data, source, target, mode)

    patch.setattr(interpreter, "_convert_float", rounded)
    multiply = interpreter.InterpreterBuilder.create_dot

    def widened(self: object, a: Any, b: Any, *others: object) -> object:
        return multiply(self, wide(a), wide(b), *others)

    def wide(handle: Any) -> Any:
        if handle.dtype != tl.bfloat16:
            return handle
        return interpreter.TensorHandle(
            convert(handle.data, tl.bfloat16, tl.float32, None).view(np.float32), tl.float32
        )

    patch.setattr(interpreter.InterpreterBuilder, "create_dot", widened)
