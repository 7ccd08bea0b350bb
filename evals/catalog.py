"""The offline benchmarks by name: how their samples are read, and what judges them."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import JsonValue

from handeye.evals.samples.benchmark import Benchmark
from handeye.evals.samples.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Offline:
    """One benchmark."""

    name: str
    """The name of its command."""
    data: str
    """The dataset of the hub that is read where the user names none; empty if there is none."""
    benchmark: Callable[[], Benchmark[Any]]
    """A module's function, which can be sent to workers."""
    read: Callable[..., Dataset[Any]]
    """Reads the samples from what the user named, with the options of its command."""

    def load(self, data: str, options: Mapping[str, JsonValue]) -> Dataset[Any]:
        """Read the samples; the option `limit` takes so many of them, spread evenly. Raises `InvalidDataset`."""
        own = {name: value for name, value in options.items() if name != "limit"}
        dataset = self.read(data, **own)
        limit = options.get("limit")
        count = len(dataset.samples)
        if not isinstance(limit, int) or limit >= count:
            return dataset
        chosen = [dataset.samples[index * count // limit] for index in range(limit)]
        digest = hashlib.sha256(f"{dataset.digest} {limit}".encode()).hexdigest()[: len(dataset.digest)]
        return replace(dataset, samples=chosen, digest=digest, complete=False)
