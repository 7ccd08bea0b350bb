"""Triton's kernels in its interpreter: the same functions, run on the CPU."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from tests.model.kernels.gpu.afresh import imported

if TYPE_CHECKING:
    from handeye.model.kernels.gpu.kernels import TritonKernels


@pytest.fixture(scope="module")
def triton_kernels() -> Iterator["TritonKernels"]:
    """Kernels that were imported afresh for the interpreter; the modules of before come back afterwards."""
    triton = pytest.importorskip("triton", reason='needs Triton: pip install "handeye[gpu]"')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(triton.knobs.runtime, "interpret", True)
        _interpret_library(patch)
        with imported() as gpu:
            yield gpu.TritonKernels()


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
