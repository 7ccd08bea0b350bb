"""One thing to find on a screenshot, and how samples are made from rows of files."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from handeye.actions.geometry import Size
from handeye.evals.grounding.boxes import Boxes, BoxRow, detect
from handeye.evals.grounding.files import Images, require_images
from handeye.evals.samples.dataset import Dataset, digest_of
from handeye.evals.samples.region import Region
from handeye.evals.samples.sample import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundingSample(Sample):
    """Something to find. Without a target the right answer is that it is not there."""

    @property
    def is_refusal(self) -> bool:
        """Whether there is no such thing on the screenshot."""
        return self.target is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a file says of a sample, before its box is understood."""

    id: str
    where: str
    """The file and the row, for messages."""
    image: str
    """The name of the file, relative to the folder of images."""
    instruction: str
    box: tuple[float, float, float, float] | None = None
    """None if the target is a region, or if there is none."""
    region: Region | None = None
    size: Size | None = None
    groups: Mapping[str, str] = field(default_factory=dict)


def dataset_of(
    rows: Sequence[Row],
    files: Sequence[Path],
    images: Images,
    folder: Path,
    *,
    boxes: str | None,
    official: Boxes | None,
    annotations_only: bool = False,
    complete: bool = True,
) -> Dataset[GroundingSample]:
    """Make samples of rows: find the images, and find out how the boxes are written. Raises `InvalidDataset`.

    `annotations_only` is for who has no images and asks no model.
    """
    paths = [images.path(row.image, row.where) for row in rows]
    sizes = [row.size or images.size(path) for row, path in zip(rows, paths, strict=True)]
    boxed = [BoxRow(row.where, row.box, size) for row, size in zip(rows, sizes, strict=True) if row.box is not None]
    convention, found = detect(boxed, boxes, official) if boxed else (Boxes.XYXY, "")
    facts: dict[str, JsonValue] = {}
    if boxed:
        facts["boxes"] = f"{convention.told} ({convention.value}, {found})"
    if not annotations_only and (missing := require_images(paths, folder)):
        facts["missing images"] = missing
    samples = [
        GroundingSample(
            id=row.id,
            image=path,
            instruction=row.instruction,
            cluster=row.image,
            groups=row.groups,
            target=row.region if row.box is None else convention.region(row.box, size),
        )
        for row, path, size in zip(rows, paths, sizes, strict=True)
    ]
    names = dict.fromkeys(name for sample in samples for name in sample.groups)
    for name in names:
        counts = Counter(sample.groups.get(name, "") for sample in samples)
        facts[name] = {value: counts[value] for value in sorted(counts)}
    return Dataset(samples, digest_of(files), facts, complete)
