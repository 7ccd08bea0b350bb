"""The parts of a token step and of the vision part on a GPU: Triton's kernels against PyTorch, and against a copy.

    python benchmarks/kernels.py
    python benchmarks/kernels.py --rows 1 8 --tokens 32768

For the shapes of the 3B and the 7B in bfloat16: microseconds of each part for one layer, replayed from a CUDA graph,
the bytes that have to be read and written, and the part of a copy's bandwidth that this is, all measured in one run.
The calls of a graph have input of their own, so that large input does not come from the cache. A last table of each
shape is of weights that are unpacked, as for a prompt: their time does not depend on the rows. The vision part of both
has one for a screen of 1920x1080.

The last columns are the greatest difference from the same part in float32, relative to the greatest result. Without a
GPU they are all that is printed, for a tiny shape and the vision part.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import median
from typing import NamedTuple

import torch
from torch import Tensor

from handeye.model.kernels.choose import choose
from handeye.model.kernels.int4 import Int4
from handeye.model.kernels.kernels import BLOCK, Kernels
from handeye.model.kernels.twin import TorchKernels
from handeye.model.quantised.elements import FLOAT8

GROUP = 128
REPLAYS = 10
"""In each run, so that the GPU never waits for what the host launches."""
LARGE, COPIES = 2**28, 32
"""Bytes that no cache holds, and the most copies of small input; there are two of any."""


class Shape(NamedTuple):
    """Sizes of a decoder layer, and of what it reads."""

    width: int
    heads: int
    key_heads: int
    head: int
    inner: int
    rows: int = 1
    tokens: int = 40

    @property
    def matrices(self) -> dict[str, tuple[int, int]]:
        """Outputs and inputs of each product."""
        mixed = self.heads * self.head
        return {
            "q, k, v": (mixed + 2 * self.key_heads * self.head, self.width),
            "out": (self.width, mixed),
            "gate, up": (2 * self.inner, self.width),
            "down": (self.width, self.inner),
        }


class Draw:
    """Makes the same input in any number format: numbers that are exact in bfloat16."""

    def __init__(self, device: torch.device, dtype: torch.dtype) -> None:
        self._device, self.dtype = device, dtype
        self._generator = torch.Generator(device).manual_seed(0)

    def normal(self, *shape: int) -> Tensor:
        """Draw numbers around 0."""
        drawn = torch.empty(shape, device=self._device, dtype=torch.bfloat16).normal_(generator=self._generator)
        return drawn.to(self.dtype)

    def whole(self, below: int, *shape: int) -> Tensor:
        """Draw bytes."""
        return torch.randint(below, shape, generator=self._generator, dtype=torch.uint8, device=self._device)

    def tables(self, rows: int, blocks: int) -> Tensor:
        """Draw tables without a common block, (rows, blocks)."""
        order = torch.randperm(rows * blocks, generator=self._generator, device=self._device)
        return order.int().view(rows, blocks)


class Case(NamedTuple):
    """A part of a step, with its input."""

    bytes: int
    """Read and written, in bfloat16."""
    run: Callable[[Kernels], Tensor]


def norm(shape: Shape, draw: Draw) -> Case:
    """Add and norm."""
    x, residual, weight = (
        draw.normal(shape.rows, shape.width),
        draw.normal(shape.rows, shape.width),
        draw.normal(shape.width),
    )
    return Case(8 * x.numel(), lambda kernels: kernels.norm(x, residual, weight, 1e-6).y)


def gate(shape: Shape, draw: Draw) -> Case:
    """Apply the gate."""
    gate_up, width = draw.normal(shape.rows, 2 * shape.inner), -(-shape.inner // 8) * 8
    return Case(3 * gate_up.numel(), lambda kernels: kernels.gate(gate_up, "silu", width))


def rotate(shape: Shape, draw: Draw) -> Case:
    """Rotate q and k of patches."""
    qkv = draw.normal(shape.rows, 3, shape.heads, shape.head)
    angles = draw.normal(shape.rows, shape.head).float()
    moved = 8 * qkv[:, 0].numel() + 8 * angles.numel()
    return Case(moved, lambda kernels: kernels.rotate(qkv, angles, angles))


def turn(shape: Shape, draw: Draw) -> Case:
    """Rotate q and k, and store k and v."""
    qkv = draw.normal(shape.rows, (shape.heads + 2 * shape.key_heads) * shape.head)
    angles = draw.normal(shape.rows, shape.head)
    slots = torch.arange(shape.rows, device=qkv.device) * BLOCK
    keys, values = draw.normal(2, 1, shape.key_heads, shape.rows * BLOCK, shape.head)
    return Case(4 * qkv.numel(), lambda kernels: kernels.turn(qkv, angles, angles, slots, keys, values))


def attend(shape: Shape, draw: Draw) -> Case:
    """Mix the values that each row sees."""
    blocks = -(-shape.tokens // BLOCK)
    q, tables = draw.normal(shape.rows, shape.heads, shape.head), draw.tables(shape.rows, blocks)
    keys, values = draw.normal(2, 1, shape.key_heads, shape.rows * blocks * BLOCK, shape.head)
    lengths = torch.full((shape.rows,), shape.tokens, dtype=torch.int32, device=q.device)
    moved = 4 * shape.rows * shape.tokens * shape.key_heads * shape.head + 4 * q.numel()
    return Case(moved, lambda kernels: kernels.attend(q, keys, values, tables, lengths))


def linear8(matrix: str, shape: Shape, draw: Draw) -> Case:
    """Multiply by e4m3 numbers."""
    (outputs, inputs), (weight, scale) = shape.matrices[matrix], eight_bits(matrix, shape, draw)
    x = draw.normal(shape.rows, inputs)
    moved = weight.numel() + 2 * shape.rows * (inputs + outputs)
    return Case(moved, lambda kernels: kernels.linear8(x, weight, scale, None))


def linear4(matrix: str, shape: Shape, draw: Draw) -> Case:
    """Multiply by numbers of four bits."""
    (outputs, inputs), weight = shape.matrices[matrix], four_bits(matrix, shape, draw)
    x = draw.normal(shape.rows, inputs)
    moved = weight.packed.numel() + 3 * weight.scales.numel() + 2 * shape.rows * (inputs + outputs)
    return Case(moved, lambda kernels: kernels.linear4(x, weight, None))


def dense8(matrix: str, shape: Shape, draw: Draw) -> Case:
    """Unpack e4m3 numbers."""
    weight, scale = eight_bits(matrix, shape, draw)
    return Case(3 * weight.numel(), lambda kernels: kernels.dense8(weight, scale, draw.dtype))


def dense4(matrix: str, shape: Shape, draw: Draw) -> Case:
    """Unpack numbers of four bits."""
    weight = four_bits(matrix, shape, draw)
    moved = 5 * weight.packed.numel() + 3 * weight.scales.numel()
    return Case(moved, lambda kernels: kernels.dense4(weight, draw.dtype))


def eight_bits(matrix: str, shape: Shape, draw: Draw) -> tuple[Tensor, Tensor]:
    """Draw a weight of e4m3 numbers and its scales."""
    outputs, inputs = shape.matrices[matrix]
    weight = draw.normal(outputs, inputs).to(FLOAT8)
    return weight, torch.full((outputs, 1), 0.9 * inputs**-0.5, device=weight.device)


def four_bits(matrix: str, shape: Shape, draw: Draw) -> Int4:
    """Draw a weight of four bits."""
    outputs, inputs = shape.matrices[matrix]
    packed, zeros = draw.whole(256, outputs, inputs // 2), draw.whole(16, inputs // GROUP, outputs)
    scales = torch.full(zeros.shape, 0.9 * inputs**-0.5 / 4, dtype=torch.float16, device=packed.device)
    return Int4(packed, scales, zeros, None)


SHAPES = {"3B": Shape(2048, 16, 2, 128, 11008), "7B": Shape(3584, 28, 4, 128, 18944)}
TINY = {"tiny": Shape(256, 4, 2, 64, 512)}
VISION = Shape(1280, 16, 16, 80, 3420, rows=10_764)
"""A block of the vision part of both, with the patches of 1920x1080."""
Parts = Mapping[str, Callable[[Shape, Draw], Case]]
PARTS: Parts = {
    "norm": norm,
    "gate": gate,
    "turn": turn,
    "attend": attend,
    **{f"fp8 {matrix}": partial(linear8, matrix) for matrix in SHAPES["3B"].matrices},
    **{f"int4 {matrix}": partial(linear4, matrix) for matrix in SHAPES["3B"].matrices},
}
VISION_PARTS: Parts = {"norm": norm, "gate": gate, "rotate": rotate}
UNPACKED: Parts = {
    **{f"fp8 {matrix}": partial(dense8, matrix) for matrix in SHAPES["3B"].matrices},
    **{f"int4 {matrix}": partial(dense4, matrix) for matrix in SHAPES["3B"].matrices},
}


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--rows", type=int, nargs="+", default=[1, 4, 16, 17, 64], help="tokens that are read together")
    parser.add_argument("--tokens", type=int, default=8192, help="tokens that each of them sees, on a GPU")
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    device = torch.device(options.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SystemExit("kernels: PyTorch finds no CUDA device; without --device the twins alone are compared")
    with torch.inference_mode():
        if device.type == "cuda":
            on_gpu(device, options.rows, options.tokens, options.runs)
        else:
            without_gpu(device, options.rows)


def on_gpu(device: torch.device, rows: Sequence[int], tokens: int, runs: int) -> None:
    """Print a table for each shape and number of rows, one for each shape of weights that are unpacked, and one of the
    vision part.
    """
    kernels = choose(device, torch.bfloat16) or TorchKernels()
    speed = copy_speed(device, runs)
    print(
        f"{torch.cuda.get_device_name(device)}, torch {torch.__version__}, {type(kernels).__name__}, bfloat16\n"
        f"median of {runs} runs; a copy moves {speed / 1e9:.0f} GB/s"
    )
    for name, sizes in SHAPES.items():
        for count in rows:
            print(f"\n{name}, {count} rows, {tokens} tokens")
            print_times(kernels, PARTS, sizes._replace(rows=count, tokens=tokens), device, speed, runs)
        print(f"\n{name}, weights unpacked")
        print_times(kernels, UNPACKED, sizes, device, speed, runs)
    print(f"\nvision part, {VISION.rows} patches")
    print_times(kernels, VISION_PARTS, VISION, device, speed, runs)


def print_times(kernels: Kernels, parts: Parts, shape: Shape, device: torch.device, speed: float, runs: int) -> None:
    """Print a table of parts; `speed` is the bytes that a copy moves in a second."""
    twin = TorchKernels()
    print(f"{'':14}{'MB':>9}{'us':>9}{'PyTorch us':>12}{'ratio':>9}{'of a copy':>11}{'error':>10}{'PyTorch':>10}")
    for part, make in parts.items():
        case, exact = make(shape, Draw(device, torch.bfloat16)), make(shape, Draw(device, torch.float32))
        errors = [difference(each, case, exact) for each in (kernels, twin)]
        del exact
        draw = Draw(device, torch.bfloat16)
        cases = [make(shape, draw) for _ in range(max(2, min(COPIES, LARGE // case.bytes)))]
        mine, theirs = (seconds(each, cases, runs) for each in (kernels, twin))
        print(
            f"{part:14}{case.bytes / 1e6:9.2f}{mine * 1e6:9.1f}{theirs * 1e6:12.1f}{theirs / mine:8.2f}x"
            f"{case.bytes / mine / speed:11.0%}{errors[0]:10.5f}{errors[1]:10.5f}"
        )


def without_gpu(device: torch.device, rows: Sequence[int]) -> None:
    """Print how far the twins are from float32."""
    print(f"kernels: times need a GPU that CUDA knows; torch {torch.__version__}, {device}, PyTorch alone, bfloat16")
    for name, sizes in TINY.items():
        for count in rows:
            print(f"\n{name}, {count} rows, {sizes.tokens} tokens\n{'':14}{'error':>10}")
            print_errors(PARTS, sizes._replace(rows=count), device)
        print(f"\n{name}, weights unpacked\n{'':14}{'error':>10}")
        print_errors(UNPACKED, sizes, device)
    print(f"\nvision part, {VISION.rows} patches\n{'':14}{'error':>10}")
    print_errors(VISION_PARTS, VISION, device)


def print_errors(parts: Parts, shape: Shape, device: torch.device) -> None:
    """Print how far the twin is from float32 in each part."""
    for part, make in parts.items():
        case, exact = make(shape, Draw(device, torch.bfloat16)), make(shape, Draw(device, torch.float32))
        print(f"{part:14}{difference(TorchKernels(), case, exact):10.5f}")


def difference(kernels: Kernels, case: Case, exact: Case) -> float:
    """Return the greatest difference from the twin in float32, relative to its greatest result."""
    found, expected = case.run(kernels).float(), exact.run(TorchKernels())
    return float((found - expected).abs().max() / expected.abs().max())


def seconds(kernels: Kernels, cases: Sequence[Case], runs: int) -> float:
    """Return the seconds of one call, of a graph that calls each case once; the median of several replays."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())  # which fills the input
    with torch.cuda.stream(stream):
        cases[0].run(kernels)  # compiles, and makes what a library makes once
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=stream):
        for case in cases:
            case.run(kernels)
    return elapsed(graph.replay, runs) / len(cases)


def copy_speed(device: torch.device, runs: int) -> float:
    """Return the bytes that a copy reads and writes in a second."""
    source = torch.ones(2**30, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    return 2 * source.numel() / elapsed(lambda: target.copy_(source), runs)


def elapsed(work: Callable[[], object], runs: int) -> float:
    """Return the seconds that a GPU works, the median of several runs.

    A run begins with work that is not timed, so that the GPU is busy while the host launches the rest.
    """
    times = []
    for _ in range(runs):
        start, stop = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        work()
        start.record()
        for _ in range(REPLAYS):
            work()
        stop.record()
        stop.synchronize()
        times.append(start.elapsed_time(stop) / 1e3 / REPLAYS)
    return median(times)


if __name__ == "__main__":
    main()
