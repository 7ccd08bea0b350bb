"""A file of one's own: one JSON object a line.

    {"image": "shot.png", "instruction": "the search field", "bbox": [10, 20, 110, 40], "groups": {"app": "mail"}}

`image` is relative to the file. The target is `bbox` (how it is written is detected, or given as `box` in each row, or
by --boxes), `polygon` (a list of [x, y] in pixels), `point` (one [x, y]) with `radius` (how many pixels an answer may
be off to each side), or `refusal: true`. `id`, `groups` and `img_size` may be left out.
"""

from pathlib import Path

from handeye.evals.grounding.files import Fields, Images, field, numbers, read_rows, size_of, words
from handeye.evals.grounding.sample import GroundingSample, Row, dataset_of
from handeye.evals.samples.dataset import Dataset, InvalidDataset
from handeye.evals.samples.region import Region, Spot


def load_own_file(data: str, *, part: bool = False, boxes: str | None = None) -> Dataset[GroundingSample]:
    """Read a JSONL file. Raises `InvalidDataset`."""
    file = Path(data).expanduser()
    if not file.is_file():
        raise InvalidDataset(f"there is no file {data}: give a .jsonl, one object a line")
    fields = read_rows(file)
    named = {str(row["box"]) for row in fields if "box" in row}
    if len(named) > 1:
        raise InvalidDataset(f"{file.name} says {' and '.join(sorted(named))} of its boxes: give one in all rows")
    rows = [_row(row, f"{file.name} row {index}", str(index)) for index, row in enumerate(fields, start=1)]
    images = Images(file.parent, ())
    said = boxes or next(iter(named), None)
    return dataset_of(rows, [file], images, file.parent, boxes=said, official=None, complete=not part)


def _row(row: Fields, where: str, identity: str) -> Row:
    box: tuple[float, float, float, float] | None = None
    region: Region | None = None
    if "polygon" in row:
        region = Region(_corners(row["polygon"], where))
    elif "point" in row:
        x, y = numbers(row, ("point",), where, 2)
        radius = field(row, ("radius",), where)
        if not isinstance(radius, int | float) or radius <= 0:
            raise InvalidDataset(f"{where} has {radius!r} as radius, which is no number above 0")
        region = Region.box(x - radius, y - radius, x + radius, y + radius)
    elif row.get("refusal") is not True:
        left, top, c, d = numbers(row, ("bbox",), where, 4)
        box = (left, top, c, d)
    groups = row.get("groups", {})
    if not isinstance(groups, dict):
        raise InvalidDataset(f"{where} has groups that are no object of names and values")
    return Row(
        id=str(row.get("id", identity)),
        where=where,
        image=words(row, ("image",), where),
        instruction=words(row, ("instruction",), where),
        box=box,
        region=region,
        size=size_of(row, where),
        groups={str(name): str(value) for name, value in groups.items()},
    )


def _corners(value: object, where: str) -> tuple[Spot, ...]:
    good = isinstance(value, list) and len(value) >= 3
    pairs = value if isinstance(value, list) else []
    if not good or not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(n, int | float) for n in pair) for pair in pairs
    ):
        raise InvalidDataset(f"{where} has a polygon that is no list of three or more [x, y]")
    return tuple(Spot(float(x), float(y)) for x, y in pairs)
