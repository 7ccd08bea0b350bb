"""What puts the question of a sample to a model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from PIL.Image import Image
from pydantic import JsonValue

from handeye.actions.geometry import Box
from handeye.actions.schema import AnyAction
from handeye.agent.decision import SeenImage, TokenCount
from handeye.evals.samples.region import Spot
from handeye.evals.samples.sample import Sample

SampleT = TypeVar("SampleT", bound=Sample, contravariant=True)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and how it was read."""

    text: str
    actions: tuple[AnyAction, ...] = ()
    """In pixels of the image."""
    spot: Spot | None = None
    """The exact place, in pixels of the image, before it was rounded to a pixel."""
    problem: str | None = None
    notes: tuple[str, ...] = ()
    image: SeenImage | None = None
    zoomed: Box | None = None
    tokens: TokenCount | None = None


class Asker(Protocol[SampleT]):
    """Asks one model about samples. Each worker has its own."""

    def ask(self, sample: SampleT, image: Image, seed: int | None) -> Reply:
        """Return the answer to a sample; `seed` makes a sampled one reproducible. Raises what the model raises."""

    def prompt(self, sample: SampleT, image: Image) -> str:
        """Return the prompt of a sample as plain text, for the manifest."""

    def facts(self) -> Mapping[str, JsonValue]:
        """Return how the model is run, for the manifest: its limits of images, its device, its dtype and so on."""
