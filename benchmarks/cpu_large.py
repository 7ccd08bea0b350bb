"""One agent step of the 3B on a CPU: a 1280x720 screenshot in full size in, 32 tokens out, ours and transformers'.

    python benchmarks/cpu_large.py                          # all layers: under ten minutes on two cores
    python benchmarks/cpu_large.py --layers 9               # a quarter of them, extended to all: two minutes
    python benchmarks/cpu_large.py --layers 9 --isa AVX2    # as on a CPU without bfloat16

Writes a checkpoint of the 3B's shape with random weights, in bfloat16 as released, into a temporary folder (8 GB),
reads it in a process of its own for each side and number format, and prints the seconds of a step after loading and the
peak memory of the process (VmHWM, so Linux only). transformers runs with its Pillow image processor, SDPA attention and
`generate`; "auto" is the format that a side takes by itself.
"""

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import large_checkpoint
import torch
import torch.nn.functional as F

ISA = MappingProxyType(
    {
        "AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"},
    }
)
"""Environment variables that keep PyTorch's libraries from newer instructions."""
RUNS = ("handeye float32", "handeye auto", "transformers auto", "transformers float32")


class Step(NamedTuple):
    """Seconds of the parts of a step, of one of its matrices, and GB of memory."""

    vision: float
    prefill: float
    token: float
    head: float
    """Of the output matrix, for a token."""
    memory: float
    weights: float
    """GB of the layers and blocks."""
    dtype: str

    def extended(self, layers: int, *, last_is_free: bool) -> "Step":
        """Return what all layers would take; with `last_is_free`, the last one costs a prompt nothing."""
        times, free = large_checkpoint.LAYERS / layers, int(last_is_free)
        return self._replace(
            vision=self.vision * times,
            prefill=self.prefill * (large_checkpoint.LAYERS - free) / (layers - free),
            token=(self.token - self.head) * times + self.head,
            memory=self.memory + self.weights * (times - 1),
        )

    def seconds(self, tokens: int) -> float:
        """Return the seconds of a whole step."""
        return self.vision + self.prefill + self.token * (tokens - 1)


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, default=large_checkpoint.LAYERS, choices=large_checkpoint.PARTS)
    parser.add_argument("--isa", choices=[*ISA])
    parser.add_argument("--tokens", type=int, default=32)
    parser.add_argument("--max-pixels", type=int, default=12_845_056)
    parser.add_argument("--runs", nargs="*", default=RUNS, help='such as "handeye bfloat16"')
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)  # a process for one run
    options = parser.parse_args()
    if options.folder is not None:
        print(json.dumps(measure(options.folder, *options.runs[0].split(), options.tokens)))
        return
    print(
        f"one step of the 3B: 1280x720 screenshot, at most {options.max_pixels:,} pixels, {options.tokens} tokens out\n"
        f"torch {torch.__version__}, {torch.get_num_threads()} threads, instructions: {options.isa or 'all'}"
    )
    if options.layers < large_checkpoint.LAYERS:
        blocks = large_checkpoint.BLOCKS * options.layers // large_checkpoint.LAYERS
        print(
            f"EXTENDED from {options.layers} of {large_checkpoint.LAYERS} layers and {blocks} of "
            f"{large_checkpoint.BLOCKS} vision blocks; all others are taken to be like these"
        )
    print(f"\n{'':24}{'format':>10}{'vision s':>10}{'prompt s':>10}{'s/token':>10}{'step s':>9}{'peak GB':>9}{'':10}")
    with tempfile.TemporaryDirectory() as folder:
        large_checkpoint.write(Path(folder), options.layers, options.max_pixels)
        first: float | None = None
        for run in options.runs:
            found = in_a_process(Path(folder), run, options.tokens, ISA.get(options.isa, {}))
            step = found.extended(options.layers, last_is_free=run.startswith("handeye"))
            whole = step.seconds(options.tokens)
            first = whole if first is None else first
            print(
                f"{run:24}{step.dtype:>10}{step.vision:10.1f}{step.prefill:10.1f}{step.token:10.3f}{whole:9.1f}"
                f"{step.memory:9.1f}{first / whole:9.2f}x",
                flush=True,
            )


def in_a_process(folder: Path, run: str, tokens: int, environment: Mapping[str, str]) -> Step:
    """Measure a run alone, so that memory does not add up."""
    command = [sys.executable, __file__, "--runs", run, "--tokens", str(tokens), "--folder", str(folder)]
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    return Step(*json.loads(done.stdout.splitlines()[-1]))


def measure(folder: Path, side: str, dtype: str, tokens: int) -> Step:
    """Load the checkpoint and run one step of a side, after a short one that warms up the libraries."""
    from step import messages, screenshot

    prompt, warm = messages(screenshot(1280, 720)), messages(screenshot(112, 112))
    run = ours if side == "handeye" else theirs
    return run(folder, dtype, [warm, prompt], tokens)


def ours(folder: Path, dtype: str, prompts: list[Any], tokens: int) -> Step:
    """Run handeye's step."""
    from handeye.model.checkpoint import open_checkpoint
    from handeye.model.runtime import Model

    checkpoint = open_checkpoint(folder, device="cpu", dtype=dtype)
    network = checkpoint.network
    checkpoint = dataclasses.replace(checkpoint, closing=frozenset())  # so that no reply ends early
    for prompt in prompts:
        spent = Model(checkpoint).generate(prompt, max_new_tokens=tokens).timings
    hidden = torch.zeros(1, 1, checkpoint.config.text.hidden_size, dtype=network.compute)
    held = sum(tensor.nbytes for part in (network.visual.blocks, network.model.layers) for tensor in part.parameters())
    token = spent.decode / (tokens - 1)
    head = least(lambda: network.logits(hidden))
    name = str(network.dtype).removeprefix("torch.")
    return Step(spent.vision, spent.prefill, token, head, peak(), held / 1e9, name)


def theirs(folder: Path, dtype: str, prompts: list[Any], tokens: int) -> Step:
    """Run the reference's step: one `generate`, timed where its vision part and each token are done."""
    import transformers
    from step import image_inputs, text_inputs

    from handeye.model.description import describe
    from handeye.model.images.preprocess import Preprocessor

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    reference = transformers.Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=dtype).eval()
    said = describe(folder)
    seen: list[float] = []
    times: list[float] = []
    visual = reference.model.visual
    visual.register_forward_pre_hook(lambda *_: seen.append(time.perf_counter()))
    visual.register_forward_hook(lambda *_: seen.append(time.perf_counter()))

    class Clock(transformers.generation.BaseStreamer):  # type: ignore[misc]
        def put(self, _: torch.Tensor) -> None:
            times.append(time.perf_counter())

        def end(self) -> None:
            pass

    for prompt in prompts:
        text = text_inputs(said.config, said.tokenizer, Preprocessor(said.rule, said.config.vision), prompt)
        seen.clear()
        times.clear()
        reference.generate(
            **text,
            **image_inputs(said.rule, prompt),
            max_new_tokens=tokens,
            min_new_tokens=tokens,
            do_sample=False,
            pad_token_id=0,
            streamer=Clock(),
        )
    layers = (visual.blocks, reference.model.language_model.layers)
    held = sum(tensor.nbytes for part in layers for tensor in part.parameters())
    hidden = torch.zeros(1, said.config.text.hidden_size, dtype=reference.dtype)
    head = least(lambda: F.linear(hidden, reference.lm_head.weight))
    token = (times[-1] - times[1]) / (tokens - 1)  # the first call of `put` is that of the prompt
    name = str(reference.dtype).removeprefix("torch.")
    return Step(seen[1] - seen[0], times[1] - seen[1], token, head, peak(), held / 1e9, name)


def least(work: Any) -> float:
    """Return the least seconds of several runs."""
    spent = []
    with torch.inference_mode():
        for _ in range(5):
            start = time.perf_counter()
            work()
            spent.append(time.perf_counter() - start)
    return min(spent)


def peak() -> float:
    """Return the most memory that this process has had, in GB."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024 / 1e9


if __name__ == "__main__":
    main()
