"""The matrices of a decoder layer of the 3B on a CPU: float32, bfloat16, stored in bfloat16 but used in float32, int8.

    OMP_NUM_THREADS=1 python benchmarks/cpu_dtype.py
    OMP_NUM_THREADS=1 ONEDNN_MAX_CPU_ISA=AVX2 python benchmarks/cpu_dtype.py   # as on a CPU without bfloat16

Prints milliseconds for one token and for prompts, the least of several runs that alternate, and the memory of the
weights. `handeye.model.device.compute_dtype` chooses by whether PyTorch has bfloat16 matrix products for the CPU.

int8 is not a format of handeye on a CPU. It is what oneDNN offers through PyTorch: weights with a scale for each
output, in a layout of its own, and activations with a scale for each row. Activations have 7 bits: with 8, pairs of
products overflow on CPUs without VNNI.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from handeye.model.device import compute_dtype
from handeye.model.layers import linear

MATRICES = {"q, k, v": (2560, 2048), "out": (2048, 2048), "gate, up": (22016, 2048), "down": (2048, 11008)}
"""Rows and columns, of the released 3B."""


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--tokens", type=int, nargs="*", default=[1, 64, 512, 2000])
    options = parser.parse_args()
    generator = torch.Generator().manual_seed(0)
    wide = [torch.randn(shape, generator=generator) / shape[1] ** 0.5 for shape in MATRICES.values()]
    narrow = [weight.bfloat16() for weight in wide]
    chosen = compute_dtype(torch.bfloat16, torch.device("cpu"))
    isa = os.environ.get("ONEDNN_MAX_CPU_ISA", "whatever the CPU has")
    print(
        f"one layer of the 3B, {torch.get_num_threads()} threads, torch {torch.__version__}, instructions: {isa}\n"
        f"least of {options.runs} runs; with --dtype bfloat16 handeye computes in {chosen}\n"
    )
    eight = [Int8(weight) for weight in wide]
    print(f"{'':12}{'float32':>12}{'bfloat16':>12}{'stored bfloat16, used in float32':>36}{'int8':>12}")
    for tokens in options.tokens:
        inputs = [torch.randn(tokens, weight.shape[1], generator=generator) for weight in wide]
        short = [x.bfloat16() for x in inputs]
        least = fastest(
            options.runs, products(inputs, wide), products(short, narrow), products(inputs, narrow), int8(inputs, eight)
        )
        what = f"{tokens} tokens" if tokens > 1 else "1 token"
        print(f"{what:12}{least[0]:9.1f} ms{least[1]:9.1f} ms{least[2]:33.1f} ms{least[3]:9.1f} ms")
    mega = [sum(weight.nbytes for weight in weights) / 1e6 for weights in (wide, narrow, narrow)]
    print(f"{'weights':12}{mega[0]:9.0f} MB{mega[1]:9.0f} MB{mega[2]:33.0f} MB{mega[0] / 4:9.0f} MB")


class Int8:
    """A weight (out, in) in oneDNN's layout."""

    def __init__(self, weight: Tensor) -> None:
        self.scales = weight.abs().amax(dim=1) / 127
        rounded = (weight / self.scales[:, None]).round()
        self.packed = torch.ops.onednn.qlinear_prepack(rounded.to(torch.int8), None)
        self.zeros = torch.zeros(len(weight), dtype=torch.long)
        self.sums = rounded.sum(dim=1) * self.scales

    def product(self, x: Tensor) -> Tensor:
        """Return `x @ weight.T` of rows of whole numbers from 1 to 127, which stand for -63 to 63."""
        scale = x.abs().amax(dim=1, keepdim=True) / 63
        whole = (x / scale).round_().add_(64).to(torch.uint8)
        plain = ("none", [], "")  # no function after the product
        y: Tensor = torch.ops.onednn.qlinear_pointwise(
            whole, 1.0, 0, self.packed, self.scales, self.zeros, None, 1.0, 0, torch.float32, *plain
        )
        return y.addcmul_(self.sums, torch.tensor(-64.0)).mul_(scale)


def int8(inputs: Sequence[Tensor], weights: Sequence[Int8]) -> Callable[[], object]:
    """Return what multiplies each input with its weight in int8."""
    return lambda: [weight.product(x) for x, weight in zip(inputs, weights, strict=True)]


def products(inputs: Sequence[Tensor], weights: Sequence[Tensor]) -> Callable[[], object]:
    """Return what multiplies each input with its weight, as the network does."""
    return lambda: [linear(x, weight, None) for x, weight in zip(inputs, weights, strict=True)]


def fastest(runs: int, *ways: Callable[[], object]) -> list[float]:
    """Return the least milliseconds of each way; the ways alternate, so that load on the machine affects all."""
    least = [float("inf")] * len(ways)
    with torch.inference_mode():
        for _ in range(runs + 1):
            for index, way in enumerate(ways):
                start = time.perf_counter()
                way()
                least[index] = min(least[index], (time.perf_counter() - start) * 1e3)
    return least


if __name__ == "__main__":
    main()
