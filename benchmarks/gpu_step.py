"""One agent step on a GPU: a new 1920x1080 screenshot, three before it, 100 tokens out; handeye against transformers.

    python benchmarks/gpu_step.py
    python benchmarks/gpu_step.py --tiny --device cpu     # the same code in seconds, on any machine

Builds Qwen2.5-VL-7B and 3B in their full shape with random bfloat16 weights, shared by both sides, and prints what the
device copies and multiplies at most, the times of a step, and each part against that ceiling. transformers runs twice:
in its default configuration, and at its best, with a static cache and compiled decoding; both with its Pillow image
processor and SDPA attention. handeye has read the step before, with other screenshots in each run. The first runs of
both sides warm up: kernels are compiled and graphs recorded. Tokens are not guessed where the table says so: with
random weights there is little to guess. Last come the logits after the prompt: how far ours and those of transformers
in bfloat16 are from transformers in float32.
"""

import argparse
import copy
import hashlib
import time
from statistics import median
from typing import NamedTuple

import torch
import transformers
from ceilings import Ceilings, decode_bytes, prefill_flops, vision_flops
from shapes import SHAPE_3B, SHAPE_7B, SHAPE_TINY, Shape
from step import (
    Figures,
    build,
    messages,
    middle,
    our_logits,
    ours,
    pixels,
    reference_logits,
    reference_of,
    screenshot,
    theirs,
)

from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import Prompt, assemble
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Request
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.images.preprocess import PixelRule
from handeye.model.runtime import Model

CONTEXT = 8192
"""Tokens before those whose time is measured."""
WARM_UP = 2
"""Runs before those that count: an image of a size is recorded when it comes again."""


class Step(NamedTuple):
    """A step and the one before it, which may be empty."""

    prompt: list[Message]
    before: list[Message]

    @classmethod
    def of(cls, size: tuple[int, int], history: int, run: int) -> "Step":
        """Return the step of a run, with screenshots of its own."""
        screens = [screenshot(*size, seed=run * (history + 1) + number) for number in range(history + 1)]
        return cls(messages(screens[-1], screens[:-1]), messages(screens[-2], screens[:-2]) if history else [])


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--tiny", action="store_true", help="a tiny shape and small screenshots, to try the benchmark")
    parser.add_argument("--models", default="7B,3B")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=100)
    parser.add_argument("--history", type=int, default=3, help="earlier screenshots in the prompt")
    options = parser.parse_args()
    device = torch.device(options.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SystemExit("gpu_step: PyTorch finds no CUDA device; to try the benchmark, use --tiny --device cpu")
    transformers.logging.set_verbosity_error()
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    ceilings = Ceilings.measure(device)
    print(
        f"{name}, torch {torch.__version__}, transformers {transformers.__version__}\n"
        f"copies {ceilings.copy / 1e9:,.0f} GB/s, multiplies {ceilings.matmul / 1e12:,.1f} TFLOP/s in bfloat16"
    )
    shapes = {"tiny": SHAPE_TINY} if options.tiny else {"7B": SHAPE_7B, "3B": SHAPE_3B}
    for model in ["tiny"] if options.tiny else options.models.split(","):
        run(model, shapes[model], ceilings, options, device)
        if device.type == "cuda":
            torch.cuda.empty_cache()


def run(model: str, shape: Shape, ceilings: Ceilings, options: argparse.Namespace, device: torch.device) -> None:
    """Measure one model."""
    size = (448, 252) if options.tiny else (1920, 1080)
    checkpoint = build(shape, PixelRule(min_pixels=3136, max_pixels=12_845_056), device, torch.bfloat16)
    reference = reference_of(checkpoint, shape)
    steps = [Step.of(size, options.history, run) for run in range(options.runs + WARM_UP)]
    prompt = steps[0].prompt
    built = assemble(prompt, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)
    parameters = sum(parameter.numel() for parameter in checkpoint.network.parameters()) / 1e9
    print(
        f"\n{model}: {parameters:.2f} B parameters; {size[0]}x{size[1]}, {options.history} before it, "
        f"{built.visual_tokens} visual tokens of {len(built)}, {options.tokens} tokens out, median of {options.runs}, "
        f"prompt {hashlib.sha256(repr(built.contents).encode()).hexdigest()[:12]}\n"
    )
    model = Model(checkpoint)
    runs = [ours(model, device, each.prompt, options.tokens, each.before) for each in steps]
    mine = middle(runs[WARM_UP:])
    default = [theirs(reference, checkpoint, each.prompt, options.tokens) for each in steps]
    found = {"default": middle(default[WARM_UP:])}
    try:
        best = [
            theirs(reference, checkpoint, each.prompt, options.tokens, cache_implementation="static") for each in steps
        ]
        found["best"] = middle(best[WARM_UP:])
    except Exception as error:  # noqa: BLE001 (the rest of the table does not depend on it)
        print(f"transformers with a static cache did not run: {' '.join(str(error).split())[:200]}")
    print(table(mine, found))
    print()
    print(parts(checkpoint, model, mine, steps[0], ceilings, size))
    logits(checkpoint, reference, prompt)


def table(mine: Figures, found: dict[str, Figures]) -> str:
    """Return the times of the parts of a step, and the ratios."""
    names = ["preprocess", "vision", "prefill", "per_token", "whole"]
    head = "".join(f"{'transformers ' + kind:>22}{'ratio':>8}" for kind in found)
    lines = [f"{'ms':14}{'handeye':>10}{head}"]
    for name in names:
        own = getattr(mine, name)
        others = "".join(
            f"{getattr(other, name) * 1e3:22.2f}{getattr(other, name) / own:7.2f}x" for other in found.values()
        )
        lines.append(f"{name.replace('per_token', 'each token'):14}{own * 1e3:10.2f}{others}")
    memory = "".join(f"{other.peak_memory / 1e9:22.2f}{'':8}" for other in found.values())
    return "\n".join([*lines, f"{'memory, GB':14}{mine.peak_memory / 1e9:10.2f}{memory}"])


def parts(
    checkpoint: Checkpoint,
    model: Model,
    mine: Figures,
    step: Step,
    ceilings: Ceilings,
    size: tuple[int, int],
) -> str:
    """Return each part against what the device can do at most."""
    config, device = checkpoint.config, checkpoint.network.device
    built, earlier = (
        assemble(each, checkpoint.tokenizer, checkpoint.preprocessor, config)
        for each in (step.prompt, step.before or step.prompt)
    )
    cached = len(earlier) if step.before else 0
    grid = built.pictures[-1].grid
    width, height = size if size[0] < 960 else (960, 540)
    small = [messages(screenshot(width, height, seed)) for seed in range(1000, 1005 + WARM_UP)]
    first = [ours(model, device, each, 1).whole for each in small]
    decoded = decode_seconds(checkpoint)
    prefill = prefill_flops(config, len(built) - cached, cached) / ceilings.matmul
    vision = vision_flops(config, grid) / ceilings.matmul
    read = decode_bytes(config, CONTEXT) / ceilings.copy
    rows = [
        (f"a token after {CONTEXT} others, not guessed", decoded, read, "of the copy rate"),
        (f"prefill of {len(built) - cached} tokens after {cached}", mine.prefill, prefill, "of the matmul rate"),
        ("vision of one screenshot", mine.vision, vision, "of the matmul rate"),
    ]
    lines = [f"{'':44}{'ms':>8}{'least':>9}"]
    lines += [
        f"{name:44}{own * 1e3:8.2f}{least * 1e3:9.2f}{least / own:7.0%} {what}" for name, own, least, what in rows
    ]
    there, here, equal = pixels(checkpoint, screenshot(*size), 9)
    same = "the same" if equal else "NOT the same"
    lines.append(f"{'pixels of one screenshot':44}{there * 1e3:8.2f}{here * 1e3:9.2f} on the CPU, {same} numbers")
    lines.append(f"{'first token of a new 0.5 MP screenshot':44}{median(first[WARM_UP:]) * 1e3:8.2f}")
    return "\n".join(lines)


def decode_seconds(checkpoint: Checkpoint, tokens: int = 64) -> float:
    """Return the seconds of a token of one reply, after a prompt of `CONTEXT` tokens."""
    generator = torch.Generator().manual_seed(0)
    words = torch.randint(0, 200, (CONTEXT,), generator=generator).tolist()
    text = checkpoint.tokenizer.decode(words)
    while len(checkpoint.tokenizer.encode(text)) < CONTEXT:
        text += text
    text = checkpoint.tokenizer.decode(checkpoint.tokenizer.encode(text)[: CONTEXT - 32])
    prompt = assemble([Message("user", (text,))], checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, guess=False)
    reply(engine, checkpoint, prompt, tokens)  # warms up
    moments = reply(engine, checkpoint, prompt, tokens)
    return (moments[-1] - moments[0]) / (len(moments) - 1)


def reply(engine: Engine, checkpoint: Checkpoint, prompt: Prompt, tokens: int) -> list[float]:
    """Return when each token of a reply came."""
    moments: list[float] = []

    def ends(token: int) -> bool:
        moments.append(time.perf_counter())
        return False

    request = Request(prompt, checkpoint.preprocessor, tokens, Sampling(), ends)
    engine.submit(request)
    while engine.step():
        pass
    if request.error is not None:
        raise request.error
    return moments


def logits(checkpoint: Checkpoint, reference: object, prompt: list[Message]) -> None:
    """Print how far the logits are from those of the reference in float32."""
    assert isinstance(reference, torch.nn.Module)
    mine, narrow = our_logits(checkpoint, prompt), reference_logits(reference, checkpoint, prompt)
    try:
        wide = reference_logits(copy.deepcopy(reference).float(), checkpoint, prompt)
    except torch.OutOfMemoryError:
        print("\nthe distance of the logits from float32 was not measured: transformers in float32 needs more memory")
        return
    own, theirs_ = (float((each - wide).abs().mean()) for each in (mine, narrow))
    print(
        f"\nmean distance of the logits from float32: handeye {own:.4f}, transformers in bfloat16 {theirs_:.4f}, "
        f"ratio {own / theirs_:.2f}; greatest logit {float(wide.abs().max()):.1f}"
    )


if __name__ == "__main__":
    main()
