"""A small benchmark: squares on a few images, some asked for twice."""

from collections.abc import Mapping
from pathlib import Path

import PIL.Image
from PIL.Image import Image
from pydantic import JsonValue

from handeye.actions.errors import HandeyeError
from handeye.actions.schema import AnyAction, Click
from handeye.agent.policies.backend import Backend
from handeye.evals.samples.asker import Reply
from handeye.evals.samples.benchmark import Benchmark, Table
from handeye.evals.samples.dataset import Dataset, digest_of
from handeye.evals.samples.judge import Verdict
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.region import Region
from handeye.evals.samples.sample import Sample
from handeye.evals.samples.settings import AskSettings

WIDTH, HEIGHT = 200, 100


def squares(folder: Path, count: int = 12) -> Dataset[Sample]:
    """Write images and return their samples: four an image, left ones large and right ones small."""
    folder.mkdir(exist_ok=True)
    samples = []
    for index in range(count):
        image = folder / f"{index // 4}.png"
        if not image.exists():
            PIL.Image.new("RGB", (WIDTH, HEIGHT), (index, 0, 0)).save(image)
        left, size = (10, 60) if index % 2 == 0 else (120, 30)
        samples.append(
            Sample(
                id=f"square-{index}",
                image=image,
                instruction=f"square {index}",
                cluster=image.name,
                groups={"size": "large" if size == 60 else "small", "row": str(index // 4 % 2)},
                target=Region.box(left, 10, left + size, 10 + size),
            )
        )
    return Dataset(samples, digest_of(sorted({sample.image for sample in samples})), {"boxes": "drawn"})


class InSquare:
    """Right in the square."""

    name = "in-square"
    protocol = "the point is in the square"

    def judge(self, sample: Sample, prediction: Prediction) -> Verdict:
        if prediction.point is None:
            return Verdict(False, wrong_format=True)
        assert sample.target is not None
        distance = sample.target.distance(*prediction.point)
        return Verdict(distance == 0, distance=distance, parts={"left": prediction.point.x < WIDTH / 2})


class LargeOnly(InSquare):
    """Only large ones count."""

    name = "large-only"
    protocol = "the point is in the square; small ones are left out"

    def judge(self, sample: Sample, prediction: Prediction) -> Verdict:
        if sample.groups["size"] == "small":
            return Verdict(False, counted=False)
        return super().judge(sample, prediction)


class Never:
    """No model is asked in these tests."""

    def __init__(self, backend: Backend, settings: AskSettings) -> None:
        self.backend = backend

    def ask(self, sample: Sample, image: Image, seed: int | None) -> Reply:
        raise HandeyeError("the server is gone")

    def prompt(self, sample: Sample, image: Image) -> str:
        return sample.instruction

    def facts(self) -> Mapping[str, JsonValue]:
        return {}


def oracle(sample: Sample) -> tuple[AnyAction, ...]:
    assert sample.target is not None
    return (Click(point=sample.target.inside()),)


def digest(settings: AskSettings) -> str:
    return "squares"


def benchmark() -> Benchmark[Sample]:
    return Benchmark(
        name="squares",
        title="Squares",
        judges=(InSquare(), LargeOnly()),
        asker=Never,
        prompt_digest=digest,
        oracle=oracle,
        tables=(Table("size", "row"), Table("row")),
        macro=("size", "row"),
    )
