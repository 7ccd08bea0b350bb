"""One question of a benchmark."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from handeye.evals.samples.region import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One question about one screenshot. Benchmarks add what their judges need."""

    id: str
    """Unique in its dataset, and the same whenever the dataset is read."""
    image: Path
    """The file of the screenshot."""
    instruction: str
    cluster: str
    """The image or the episode that it belongs to. Answers to one cluster are not independent of each other."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """What tables are made by, such as {"platform": "mobile", "type": "icon"}."""
    target: Region | None = None
    """Where the answer is right, to draw it; None where that is no place."""

    @property
    def asked(self) -> str:
        """What the model is told about this sample besides the image. It is part of the prediction's key.

        A benchmark that tells more than the instruction, such as earlier steps, adds it.
        """
        return self.instruction
