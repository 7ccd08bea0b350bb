"""What a number format does to coordinates: handeye-tiny on pages that it was not trained on.

    python -m handeye.evals.miniwob.collect --out data/pages --first-seed 90000 --episodes 5 --tasks click-tab,...
    python benchmarks/coordinates.py data/pages

Prints, for each format, how many replies equal those of float32, and how far their points lie from those of float32, in
pixels of the model's image (at most 168x224).
"""

import argparse
import json
import math
from pathlib import Path
from unittest.mock import patch

import torch

from handeye.model import Message, Model, load_model
from handeye.model.training.tiny.dataset import Dataset

Point = tuple[float, float]
Reply = tuple[str, Point | None]


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder that handeye.evals.miniwob.collect has written")
    parser.add_argument("--most", type=int, default=400, help="questions at most")
    options = parser.parse_args()
    prompts = questions(options.data, options.most)
    with patch("handeye.model.hardware.plan.compute_dtype", lambda dtype, _: dtype):
        computed = load_model("handeye-tiny", device="cpu", dtype="bfloat16")
    with patch("handeye.model.hardware.plan.compute_dtype", lambda *_: torch.float32):
        stored = load_model("handeye-tiny", device="cpu", dtype="bfloat16")
    models = {
        "bfloat16": computed,
        "stored in bfloat16": stored,
        "fp8": load_model("handeye-tiny", device="cpu", dtype="fp8"),
        "int8": load_model("handeye-tiny", device="cpu", dtype="int8"),
    }
    wanted = replies(load_model("handeye-tiny", device="cpu", dtype="float32"), prompts)
    asked = sum(point is not None for _, point in wanted)
    print(f"{len(prompts)} questions, {asked} with a point; torch {torch.__version__}\n")
    print(f"{'':24}{'equal replies':>15}{'points':>9}{'mean px':>10}{'max px':>9}")
    for name, model in models.items():
        found = replies(model, prompts)
        equal = sum(mine[0] == other[0] for mine, other in zip(found, wanted, strict=True))
        both = [(mine, other) for (_, mine), (_, other) in zip(found, wanted, strict=True) if mine and other]
        moved = [math.dist(mine, other) for mine, other in both]
        mean, most = sum(moved) / max(1, len(moved)), max(moved, default=0)
        print(f"{name:24}{equal / len(prompts):15.1%}{len(moved):9}{mean:10.2f}{most:9.1f}", flush=True)


def questions(folder: Path, most: int) -> list[list[Message]]:
    """Return the prompts of the collected pages, the same number of each task as far as there are."""
    sources = Dataset(folder).sources
    found = []
    for shards in sources.values():
        pairs = [(example.image(), pair) for shard in shards for example in shard for pair in example.pairs]
        found += [
            [Message("system", (pair.system,)), Message("user", (pair.prompt, image))]
            for image, pair in pairs[: most // len(sources)]
        ]
    return found


def replies(model: Model, prompts: list[list[Message]]) -> list[Reply]:
    """Return the replies and their points, None where there is none."""
    texts = [model.generate(prompt, max_new_tokens=96).text for prompt in prompts]
    return [(text, _point(text)) for text in texts]


def _point(text: str) -> Point | None:
    try:
        x, y = json.loads(text)["action"]["point"]
    except (ValueError, KeyError, TypeError):
        return None
    return float(x), float(y)


if __name__ == "__main__":
    main()
