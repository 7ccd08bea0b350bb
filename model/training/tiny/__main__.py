"""Train handeye-tiny from scratch on collected data and write the checkpoint.

python -m handeye.model.training.tiny --data data/train --out runs/tiny --minutes 75
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import torch
import typer

from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.images.preprocess import PixelRule, Preprocessor
from handeye.model.training.tiny import recipe
from handeye.model.training.tiny.batch import Collator
from handeye.model.training.tiny.dataset import Dataset
from handeye.model.training.tiny.export import export
from handeye.model.training.tiny.trainer import Schedule, Trainer, initialise


def main(
    data: Annotated[Path, typer.Option(help="Folder with the shards.")],
    out: Annotated[Path, typer.Option(help="Folder for snapshots, the log and the checkpoint.")],
    minutes: Annotated[float, typer.Option(min=0.0, help="Wall-clock time to train for.")] = 75.0,
    images: Annotated[int, typer.Option(min=1, help="Images per step.")] = 8,
    pairs: Annotated[int, typer.Option(min=1, help="Maximum number of questions per image.")] = 3,
    rate: Annotated[float, typer.Option(min=0.0, help="Peak learning rate.")] = 2e-3,
    decay: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="Fraction of the time, at the end, over which the rate falls.")
    ] = 0.4,
    seed: Annotated[int, typer.Option(help="Random seed for the weights and the order of the data.")] = 0,
    start: Annotated[Path | None, typer.Option(help="network.pt of an earlier run to continue from.")] = None,
) -> None:
    """Train handeye-tiny."""
    tokenizer = recipe.tokenizer()
    fields = recipe.config(tokenizer)
    config = ModelConfig.from_json(fields)
    network = Qwen2_5_VL(config)
    initialise(network, seed)
    if start is not None:
        network.load_state_dict(torch.load(start, weights_only=True))
    rule = PixelRule(min_pixels=recipe.PIXELS["min_pixels"], max_pixels=recipe.PIXELS["max_pixels"])
    collator = Collator(tokenizer, Preprocessor(rule, config.vision), config, point_weight=2.0)
    schedule = Schedule(minutes=minutes, images=images, pairs=pairs, rate=rate, decay=decay, seed=seed)
    out.mkdir(parents=True, exist_ok=True)
    (out / "schedule.json").write_text(json.dumps({**asdict(schedule), "data": data.name}, indent=2) + "\n")
    parameters = sum(parameter.numel() for parameter in network.parameters())
    typer.echo(f"{parameters / 1e6:.2f} M parameters, {tokenizer.get_vocab_size()} tokens")
    Trainer(network, collator, Dataset(data), schedule, out).run()
    export(network, tokenizer, fields, recipe.PIXELS, out / "checkpoint")


if __name__ == "__main__":
    typer.run(main)
