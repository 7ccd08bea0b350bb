"""UI-Vision: element grounding in three splits (ServiceNow/ui-vision).

`annotations/element_grounding/element_grounding_{basic,functional,spatial}.json` with `images/`; corners, which may be
reversed. The benchmark's number is the mean of the three splits.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from handeye.evals.grounding.boxes import Boxes
from handeye.evals.grounding.files import Fields, Images, numbers, read_rows, size_of, words
from handeye.evals.grounding.sample import GroundingSample, Row, dataset_of
from handeye.evals.samples.dataset import Dataset, InvalidDataset, require_counts
from handeye.evals.samples.source import folder_of

SPLITS: Final = ("basic", "functional", "spatial")
COUNTS: Final[Mapping[str, int]] = {"basic": 1772, "functional": 1772, "spatial": 1935}
"""5,479 together. The rates in the README of uivision/UI-Vision are parts of these numbers, all but one of 38."""


def load_ui_vision(data: str, *, part: bool = False, boxes: str | None = None) -> Dataset[GroundingSample]:
    """Read UI-Vision. Raises `InvalidDataset`."""
    folder = folder_of(data)
    files = {split: next(iter(sorted(folder.glob(f"**/element_grounding_{split}.json"))), None) for split in SPLITS}
    there = {split: path for split, path in files.items() if path is not None}
    if not there or (len(there) < len(files) and not part):
        missing = ", ".join(f"element_grounding_{split}.json" for split in SPLITS if split not in there)
        raise InvalidDataset(f"{folder} has no {missing}: give UI-Vision's official folder, or --part")
    rows = [
        _row(row, split, f"{path.name} row {index}", f"{split}-{index}")
        for split, path in there.items()
        for index, row in enumerate(read_rows(path), start=1)
    ]
    if sum(map(_is_reversed, rows)) <= len(rows) / 2:  # else they are no corners, and sorting would hide it
        rows = [replace(row, box=_sorted(row)) for row in rows]
    images = Images(folder, ("images",))
    dataset = dataset_of(
        rows, list(there.values()), images, folder, boxes=boxes, official=Boxes.XYXY, complete=not part
    )
    if not part:
        require_counts("UI-Vision", Counter(row.groups["split"] for row in rows), COUNTS)
    return dataset


def _row(row: Fields, split: str, where: str, identity: str) -> Row:
    left, top, right, bottom = numbers(row, ("bbox",), where, 4)
    return Row(
        id=identity,
        where=where,
        image=words(row, ("image_path",), where),
        instruction=words(row, ("prompt_to_evaluate",), where),
        box=(left, top, right, bottom),
        size=size_of(row, where),
        groups={
            "split": split,
            "platform": str(row.get("platform") or "not said"),
            "type": str(row.get("element_type") or "not said"),
        },
    )


def _is_reversed(row: Row) -> bool:
    return row.box != _sorted(row)


def _sorted(row: Row) -> tuple[float, float, float, float]:
    """Return the box of a row as corners in order."""
    assert row.box is not None
    a, b, c, d = row.box
    return min(a, c), min(b, d), max(a, c), max(b, d)
