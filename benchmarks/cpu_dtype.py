"""The matrices of a decoder layer of the 3B on a CPU: float32, bfloat16, stored in bfloat16 but used in float32, int8.

    OMP_NUM_THREADS=1 python benchmarks/cpu_dtype.py
    OMP_NUM_THREADS=1 ONEDNN_MAX_CPU_ISA=AVX2 python benchmarks/cpu_dtype.py   # as on a CPU without bfloat16

Prints milliseconds for one token and for prompts, the least of several runs that alternate, and the memory of the
weights. `handeye.model.hardware.device.compute_dtype` chooses by whether PyTorch has bfloat16 matrix products for the
CPU.

int8 is that of --dtype int8: weights with a scale for each output, activations with a scale for each row.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from handeye.model.architecture.layers import linear
from handeye.model.hardware.device import compute_dtype
from handeye.model.quantised.at_load import Int8Linear

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
    eight = [in_eight_bits(weight) for weight in wide]
    print(f"{'':12}{'float32':>12}{'bfloat16':>12}{'stored bfloat16, used in float32':>36}{'int8':>12}")
    for tokens in options.tokens:
        inputs = [torch.randn(tokens, weight.shape[1], generator=generator) for weight in wide]
        short = [x.bfloat16() for x in inputs]
        least = fastest(
            options.runs,
            products(inputs, wide),
            products(short, narrow),
            products(inputs, narrow),
            called(inputs, eight),
        )
        what = f"{tokens} tokens" if tokens > 1 else "1 token"
        print(f"{what:12}{least[0]:9.1f} ms{least[1]:9.1f} ms{least[2]:33.1f} ms{least[3]:9.1f} ms")
    # int8 keeps two layouts
    mega = [sum(weight.nbytes for weight in weights) / 1e6 for weights in (wide, narrow, narrow, narrow)]
    print(f"{'weights':12}{mega[0]:9.0f} MB{mega[1]:9.0f} MB{mega[2]:33.0f} MB{mega[3]:9.0f} MB")


def in_eight_bits(weight: Tensor) -> Int8Linear:
    """Return the layer of a weight (out, in) in int8."""
    with torch.device("meta"):
        layer = Int8Linear(weight.shape[1], weight.shape[0], bias=False)
    layer.load_state_dict(layer.quantise(weight, torch.device("cpu")), assign=True)
    return layer


def products(inputs: Sequence[Tensor], weights: Sequence[Tensor]) -> Callable[[], object]:
    """Return what multiplies each input with its weight, as the network does."""
    return lambda: [linear(x, weight, None) for x, weight in zip(inputs, weights, strict=True)]


def called(inputs: Sequence[Tensor], layers: Sequence[Int8Linear]) -> Callable[[], object]:
    """Return what calls each layer with its input."""
    return lambda: [layer(x) for x, layer in zip(inputs, layers, strict=True)]


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
