"""Triton's kernels in its interpreter: the same functions, run on the CPU."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

if TYPE_CHECKING:
    from handeye.model.kernels.gpu.kernels import TritonKernels

PACKAGE = "handeye.model.kernels.gpu"


@pytest.fixture(scope="module")
def triton_kernels() -> Iterator["TritonKernels"]:
    """Kernels that were imported afresh for the interpreter; the modules of before come back afterwards."""
    triton = pytest.importorskip("triton", reason='needs Triton: pip install "handeye[gpu]"')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(triton.knobs.runtime, "interpret", True)
        _interpret_library(patch)
        for name in [name for name in sys.modules if name.startswith(f"{PACKAGE}.")]:
            patch.delitem(sys.modules, name)
        from handeye.model.kernels.gpu.kernels import TritonKernels

        yield TritonKernels()
        for name in [name for name in sys.modules if name.startswith(f"{PACKAGE}.")]:
            del sys.modules[name]


def _interpret_library(patch: pytest.MonkeyPatch) -> None:
    """Interpret the part of Triton's library that is written in Triton, and round as a GPU does.

    The interpreter cuts bfloat16 off where a GPU rounds to the nearest.
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
