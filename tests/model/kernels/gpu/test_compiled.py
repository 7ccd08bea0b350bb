"""Every kernel is compiled to machine code for two GPUs, for which no GPU is needed.

The kernels are called as always, with tensors of the CPU: what would be launched is compiled instead.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch

from handeye.model.kernels.int4 import Int4
from handeye.model.quantised.elements import FLOAT8
from tests.model.kernels.gpu.afresh import imported
from tests.model.kernels.gpu.interpreted import interpreted
from tests.model.kernels.inputs import BLOCK, DTYPES

SHARED = {80: 163 * 1024, 86: 99 * 1024, 90: 227 * 1024}
"""Bytes of shared memory that a program may have, by compute capability: A100, RTX 30, H100."""


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("capability", SHARED)
def test_all_compile(capability: int, dtype: torch.dtype, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with compiling(capability, tmp_path, monkeypatch) as compiled, imported() as gpu:
        kernels = gpu.TritonKernels()
        x, gate_up = torch.empty(3, 3584, dtype=dtype), torch.empty(3, 2 * 18944, dtype=dtype)
        kernels.norm(x, x, x[0], 1e-6)
        kernels.norm(x, None, x[0], 1e-6)
        kernels.gate(gate_up, "silu")
        kernels.gate(torch.empty(3, 2 * 3420, dtype=dtype), "silu", 3424)
        kernels.rotate(torch.empty(3, 3, 16, 80, dtype=dtype), torch.empty(3, 80), torch.empty(3, 80))
        pages, turns = torch.empty(1, 4, 64, 128, dtype=dtype), torch.empty(3, 128, dtype=dtype)
        kernels.turn(torch.empty(3, 36 * 128, dtype=dtype), turns, turns, torch.empty(3).long(), pages, pages)
        lengths = torch.empty(3).int()
        kernels.attend(torch.empty(3, 28, 128, dtype=dtype), pages, pages, torch.empty(3, 512).int(), lengths)
        weight, scale = torch.empty(512, 3584).to(FLOAT8), torch.empty(512, 1)
        four = Int4(torch.empty(512, 1792).byte(), torch.empty(28, 512).half(), torch.empty(28, 512).byte(), None)
        for rows in (1, 3):
            gpu.linear8(x[:rows], weight, scale, None, native=capability >= 89)
            kernels.linear4(x[:rows], four, None)
        gpu.dense8(weight, scale, dtype, native=capability >= 89)
        kernels.dense4(four, dtype)
    assert len(compiled) == 14
    for each in compiled:
        assert each.asm["cubin"]
        assert each.metadata.shared <= SHARED[capability], each.metadata.name


@pytest.mark.slow
@pytest.mark.parametrize("capability", SHARED)
def test_the_vision_part_reads_several_numbers_at_once(
    capability: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its inner width is no multiple of 16 bytes; reading number by number takes a multiple of the instructions."""
    with compiling(capability, tmp_path, monkeypatch) as compiled, imported() as gpu:
        kernels, x = gpu.TritonKernels(), torch.empty(3, 1280).bfloat16()
        kernels.norm(x, x, x[0], 1e-6)
        kernels.gate(torch.empty(3, 2 * 3420).bfloat16(), "silu", 3424)
        kernels.rotate(torch.empty(3, 3, 16, 80).bfloat16(), torch.empty(3, 80), torch.empty(3, 80))
    assert len(compiled) == 3
    for each in compiled:
        moves = re.findall(r"(?:ld|st)\.global\S*", each.asm["ptx"])
        assert moves and all(".v2." in move or ".v4." in move for move in moves), each.metadata.name


@pytest.mark.slow
def test_one_compiles_after_another_was_interpreted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages, table = torch.zeros(2, 1, 1, BLOCK, 64), torch.zeros(1, 1).int()
    with interpreted() as kernels:
        kernels.attend(torch.zeros(1, 2, 64), *pages, table, torch.ones(1).int())
    with compiling(80, tmp_path, monkeypatch) as compiled, imported() as gpu:
        gpu.TritonKernels().norm(x := torch.empty(3, 64), x, x[0], 1e-6)
    assert len(compiled) == 1


@contextmanager
def compiling(capability: int, cache: Path, patch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Yield what was compiled for a GPU, instead of being launched."""
    triton = pytest.importorskip("triton", reason='needs Triton: pip install "handeye[gpu]"')
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource
    from triton.runtime.jit import JITFunction, mangle_type

    if not isinstance(triton.language.sum, JITFunction):
        pytest.skip("TRITON_INTERPRET is set, so nothing can be compiled")
    found: list[Any] = []

    def compile_instead(kernel: Any, *args: Any, grid: object, warmup: bool, **named: Any) -> None:
        given = dict(zip(kernel.arg_names, args, strict=False)) | named
        signature: dict[str, str] = {}
        constants: dict[tuple[int, ...], object] = {}
        attributes: dict[tuple[int, ...], list[list[object]]] = {}
        for place, parameter in enumerate(kernel.params):
            value = given.pop(parameter.name)
            signature[parameter.name] = "constexpr" if parameter.is_constexpr else mangle_type(value)
            if parameter.is_constexpr:
                constants[place,] = value
            elif hasattr(value, "data_ptr") or (isinstance(value, int) and value % 16 == 0):
                attributes[place,] = [["tt.divisibility", 16]]
        source = ASTSource(kernel, signature, constants, attributes)
        found.append(triton.compile(source, target=GPUTarget("cuda", capability, 32), options=given))

    patch.setattr(triton.knobs.cache, "dir", str(cache))
    patch.setattr(triton.knobs.runtime, "interpret", False)
    patch.setattr(JITFunction, "run", compile_instead)
    yield found
