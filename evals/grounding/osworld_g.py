"""OSWorld-G: `OSWorld-G.json` or `OSWorld-G_refined.json`, with `images/` (xlang-ai/OSWorld-G).

A target is a box (left, top, width, height), a polygon (a flat list of corners), or nothing: then the right answer is
that there is no such thing. `classification_result.json` beside them says to which of the paper's categories a target
belongs; it may be several, so each is a group of its own.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from handeye.evals.grounding.boxes import Boxes
from handeye.evals.grounding.files import Fields, Images, numbers, read_rows, size_of, words
from handeye.evals.grounding.sample import GroundingSample, Row, dataset_of
from handeye.evals.samples.dataset import Dataset, InvalidDataset, require_counts
from handeye.evals.samples.region import Region, Spot
from handeye.evals.samples.source import folder_of

COUNTS: Final[Mapping[str, int]] = {"bbox": 470, "polygon": 40, "refusal": 54}
"""564 together, in both files."""
_CATEGORIES: Final = "classification_result.json"
_FILES: Final = ("OSWorld-G.json", "OSWorld-G_refined.json")


def load_osworld_g(data: str, *, part: bool = False, boxes: str | None = None) -> Dataset[GroundingSample]:
    """Read OSWorld-G from its folder, or from one of its two files. Raises `InvalidDataset`."""
    given = Path(data).expanduser()
    file = given if given.is_file() else None
    folder = given.parent if file is not None else folder_of(data)
    if file is None:
        file = next((path for name in _FILES for path in sorted(folder.glob(f"**/{name}"))), None)
    if file is None:
        raise InvalidDataset(f"{folder} has no {' or '.join(_FILES)}: give OSWorld-G's official folder")
    categories = _categories(file.with_name(_CATEGORIES))
    rows = [_row(row, f"{file.name} row {index}", categories) for index, row in enumerate(read_rows(file), start=1)]
    images = Images(folder, ("images", str(file.parent.relative_to(folder) / "images")))
    dataset = dataset_of(rows, [file], images, folder, boxes=boxes, official=Boxes.XYWH, complete=not part)
    if not part:
        require_counts("OSWorld-G", Counter(row.groups["target"] for row in rows), COUNTS)
    return replace(dataset, facts={"file": file.name, **dataset.facts})


def _categories(file: Path) -> Mapping[str, list[str]]:
    """Return the categories of each id; nothing without the file. Raises `InvalidDataset` if it is damaged."""
    if not file.is_file():
        return {}
    found: dict[str, list[str]] = {}
    try:
        for category, members in json.loads(file.read_text(encoding="utf-8"))["classified"].items():
            for member in members:
                found.setdefault(str(member["id"] if isinstance(member, dict) else member), []).append(category)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidDataset(f"{file} is damaged: get it again, or remove it") from error
    return found


def _row(row: Fields, where: str, categories: Mapping[str, list[str]]) -> Row:
    kind = words(row, ("box_type",), where)
    values = numbers(row, ("box_coordinates",), where)
    box: tuple[float, float, float, float] | None = None
    region: Region | None = None
    if kind == "bbox" and len(values) == 4:
        box = (values[0], values[1], values[2], values[3])
    elif kind == "polygon" and len(values) >= 6 and len(values) % 2 == 0:
        region = Region(tuple(Spot(x, y) for x, y in zip(values[::2], values[1::2], strict=True)))
    elif kind != "refusal":
        raise InvalidDataset(f"{where} has {len(values)} numbers for a {kind!r}")
    types = row.get("GUI_types")
    named = types if isinstance(types, list) and all(isinstance(each, str) for each in types) else []
    identity = words(row, ("id",), where)
    return Row(
        id=identity,
        where=where,
        image=words(row, ("image_path",), where),
        instruction=words(row, ("instruction",), where),
        box=box,
        region=region,
        size=size_of(row, where),
        groups={
            "target": kind,
            "type": str(named[0]) if named else "not said",
            **dict.fromkeys(categories.get(identity, ()), "in it"),
        },
    )
