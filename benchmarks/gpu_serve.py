"""Steps of several episodes at once on a GPU: a 1920x1080 screenshot in, 64 tokens out, for each episode.

    python benchmarks/gpu_serve.py
    python benchmarks/gpu_serve.py --tiny --device cpu     # the same code in seconds, on any machine

Builds Qwen2.5-VL-7B in its full shape with random bfloat16 weights (16.6 GB) and prints how many steps a second the
engine does for 1, 2, 4 and 8 episodes, the time of a step, and the ratio to one episode. Each episode has its own
screenshots; the prompt of a step holds the one before, which the engine has read in the step before. Tokens are not
guessed, because with random weights there is nothing to guess. Each number of episodes is first run twice without
counting: kernels are compiled and graphs recorded.
"""

import argparse
import time
from statistics import median

import torch
from shapes import SHAPE_7B, SHAPE_TINY
from step import build, messages, screenshot

from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import assemble
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Request
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.images.preprocess import PixelRule

EPISODES = (1, 2, 4, 8)
WARM_UP = 2
"""Runs before those that count."""
MOST_TOKENS = 65_536
"""Tokens of all episodes that there is memory for: their keys and values never move."""


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--tiny", action="store_true", help="use a tiny shape and small screenshots")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--chunk", type=int, default=2048, help="tokens of prompts that are read in one forward pass")
    options = parser.parse_args()
    device = torch.device(options.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SystemExit("gpu_serve: PyTorch finds no CUDA device; to try the benchmark, use --tiny --device cpu")
    shape, size = (SHAPE_TINY, (448, 252)) if options.tiny else (SHAPE_7B, (1920, 1080))
    checkpoint = build(shape, PixelRule(min_pixels=3136, max_pixels=12_845_056), device, torch.bfloat16)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    parameters = sum(parameter.numel() for parameter in checkpoint.network.parameters()) / 1e9
    print(
        f"{size[0]}x{size[1]} screenshots, {options.tokens} tokens out, {parameters:.2f} B parameters, bfloat16, "
        f"median of {options.runs} runs\ntorch {torch.__version__}, {name}\n"
    )
    print(f"{'episodes':8}{'ms a step':>12}{'steps a second':>18}{'ratio':>9}")
    engine = Engine(
        checkpoint.network, checkpoint.tokenizer.size, most_tokens=MOST_TOKENS, chunk=options.chunk, guess=False
    )
    one = 0.0
    for count in EPISODES:
        runs = [step(engine, checkpoint, count, size, options.tokens, run) for run in range(options.runs + WARM_UP)]
        seconds = median(runs[WARM_UP:])
        one = one or count / seconds
        print(f"{count:8}{seconds * 1e3:12.1f}{count / seconds:18.2f}{count / seconds / one:8.2f}x")


def step(engine: Engine, checkpoint: Checkpoint, episodes: int, size: tuple[int, int], tokens: int, run: int) -> float:
    """Return the seconds in which one step of so many episodes is answered, after the step before it.

    The screenshots differ from those of other runs and other numbers of episodes.
    """
    first = 1000 * episodes + 2 * max(EPISODES) * run
    screens = [[screenshot(*size, seed=first + 2 * episode + turn) for turn in range(2)] for episode in range(episodes)]
    answer(engine, checkpoint, [messages(first) for first, _ in screens], 1)
    start = time.perf_counter()
    answer(engine, checkpoint, [messages(second, [first]) for first, second in screens], tokens)
    return time.perf_counter() - start


def answer(engine: Engine, checkpoint: Checkpoint, prompts: list[list[Message]], tokens: int) -> None:
    """Answer all prompts at once; raises what goes wrong with one."""
    requests = []
    for prompt in prompts:
        built = assemble(prompt, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)
        requests.append(Request(built, checkpoint.preprocessor, tokens, Sampling(), lambda token: False))
        engine.submit(requests[-1])
    while engine.step():
        pass
    for request in requests:
        if request.error is not None:
            raise request.error


if __name__ == "__main__":
    main()
