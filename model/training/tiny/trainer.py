"""The training loop: Muon for matrices, AdamW for the rest, a constant rate and a linear decay at the end.

Sources: Muon, Jordan et al. 2024 (as in torch.optim.Muon); the schedule, Haegele et al. 2024 (arXiv 2405.18392).
"""

import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import fmean

import torch
from torch import nn

from handeye.model.architecture.joined import JoinedLinear, separate
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.training.tiny.batch import Batch, Collator
from handeye.model.training.tiny.dataset import Dataset
from handeye.model.training.tiny.objective import Losses, Objective


@dataclass(frozen=True, slots=True)
class Schedule:
    """The duration, the learning rate and the loss weights of training."""

    minutes: float
    """Maximum wall-clock time."""
    steps: int | None = None
    """Maximum number of steps."""
    images: int = 8
    """Per step."""
    pairs: int = 3
    """Maximum number per image and step."""
    rate: float = 2e-3
    """Peak learning rate."""
    warmup: int = 100
    """Steps."""
    decay: float = 0.4
    """Fraction of the time, at the end, over which the rate falls to zero."""
    place_weight: float = 0.3
    guide_weight: float = 0.5
    seed: int = 0
    log_every: int = 50
    """Steps."""
    save_minutes: float = 5.0

    def done(self, step: int, seconds: float) -> float:
        """Return the progress as a fraction; training ends at 1."""
        by_time = seconds / (60 * self.minutes)
        return by_time if self.steps is None else max(by_time, (step - 1) / self.steps)


class Trainer:
    """Trains a network on growing data, writing a log and snapshots at intervals."""

    def __init__(self, network: Qwen2_5_VL, collator: Collator, data: Dataset, schedule: Schedule, out: Path) -> None:
        self._network = network
        self._objective = Objective(network, place_weight=schedule.place_weight, guide_weight=schedule.guide_weight)
        self._collator = collator
        self._data = data
        self._schedule = schedule
        self._out = out
        self._choice = random.Random(schedule.seed)

    def batches(self) -> Iterator[Batch]:
        """Yield batches endlessly."""
        while True:
            examples = []
            for _ in range(self._schedule.images):
                example = self._data.draw(self._choice)
                pairs = self._choice.sample(example.pairs, min(self._schedule.pairs, len(example.pairs)))
                examples.append((example, pairs))
            yield self._collator.batch(examples)

    def run(self) -> None:
        """Train until the schedule ends; the last snapshot is the result."""
        torch.manual_seed(self._schedule.seed)
        optimizers = _optimizers(self._objective, self._schedule.rate)
        start = saved = time.monotonic()
        interval: list[Losses] = []
        self._out.mkdir(parents=True, exist_ok=True)
        with (self._out / "log.jsonl").open("w", encoding="utf-8") as log:
            for step, batch in enumerate(self.batches(), start=1):
                now = time.monotonic()
                done = self._schedule.done(step, now - start)
                if done >= 1:
                    break
                factor = min(1.0, step / self._schedule.warmup, (1 - done) / self._schedule.decay)
                for optimizer in optimizers:
                    for group in optimizer.param_groups:
                        group["lr"] = self._schedule.rate * factor
                interval.append(self._step(batch, optimizers))
                if step % self._schedule.log_every == 0:
                    log.write(json.dumps(self._line(step, now - start, factor, interval)) + "\n")
                    log.flush()
                    interval.clear()
                    self._data.refresh()
                if now - saved > 60 * self._schedule.save_minutes:
                    self._save()
                    saved = now
        self._save()

    def _step(self, batch: Batch, optimizers: Sequence[torch.optim.Optimizer]) -> Losses:
        with torch.autocast("cpu", torch.bfloat16):
            result: Losses = self._objective(batch)
        result.total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._objective.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        return result

    def _line(self, step: int, seconds: float, factor: float, interval: Sequence[Losses]) -> dict[str, float]:
        """Return a log line: the means since the previous line."""
        measured = [field.name for field in fields(Losses) if field.name != "total"]
        means = {name: fmean(getattr(losses, name) for losses in interval) for name in measured}
        return {
            "step": step,
            "seconds": round(seconds, 1),
            "images": step * self._schedule.images,
            "rate": self._schedule.rate * factor,
            **{name: round(mean, 4) for name, mean in means.items()},
        }

    def _save(self) -> None:
        target = self._out / "network.pt"
        partial = target.with_suffix(".partial")
        torch.save(self._network.state_dict(), partial)
        partial.replace(target)


def _optimizers(objective: Objective, rate: float) -> list[torch.optim.Optimizer]:
    """Return Muon for the matrices of the blocks and layers, and AdamW for all other parameters."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in objective.named_parameters():
        inner = parameter.ndim == 2 and (".blocks." in name or ".layers." in name)
        (matrices if inner else others).append(parameter)
    return [
        torch.optim.Muon(matrices, lr=rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def initialise(network: Qwen2_5_VL, seed: int) -> None:
    """Initialise the weights: normal, scaled by fan-in, and smaller for maps that write to the residual stream.

    Joined layers are taken apart, because Muon makes the change of each matrix orthogonal by itself.
    """
    for name, module in [*network.named_modules()]:
        if isinstance(module, JoinedLinear):
            separate(network, name)
    torch.manual_seed(seed)
    for name, parameter in network.named_parameters():
        if parameter.ndim == 1:
            nn.init.ones_(parameter) if name.endswith("weight") else nn.init.zeros_(parameter)
        elif "embed_tokens" in name:
            nn.init.normal_(parameter, std=0.02)
        else:
            fan_in = parameter[0].numel()
            writes = any(part in name for part in ("attn.proj", "o_proj", "down_proj"))
            nn.init.normal_(parameter, std=(0.3 if writes else 1.0) * fan_in**-0.5)
