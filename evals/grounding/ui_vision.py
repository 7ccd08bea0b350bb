"""UI-Vision: element grounding in three splits (ServiceNow/ui-vision).

`annotations/element_grounding/element_grounding_{basic,functional,spatial}.json` with `images/`; corners, which may be
reversed. The benchmark's number is the mean of the three splits.
"""

from typing import Final

from handeye.evals.grounding.boxes import Boxes
from handeye.evals.grounding.files import Fields, Images, numbers, read_rows, size_of, words
from handeye.evals.grounding.sample import GroundingSample, Row, dataset_of
from handeye.evals.samples.dataset import Dataset, InvalidDataset
from handeye.evals.samples.source import folder_of

SPLITS: Final = ("basic", "functional", "spatial")


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
    images = Images(folder, ("images",))
    return dataset_of(rows, list(there.values()), images, folder, boxes=boxes, official=Boxes.XYXY, complete=not part)


def _row(row: Fields, split: str, where: str, identity: str) -> Row:
    a, b, c, d = numbers(row, ("bbox",), where, 4)
    return Row(
        id=identity,
        where=where,
        image=words(row, ("image_path",), where),
        instruction=words(row, ("prompt_to_evaluate",), where),
        box=(min(a, c), min(b, d), max(a, c), max(b, d)),
        size=size_of(row, where),
        groups={
            "split": split,
            "platform": str(row.get("platform") or "not said"),
            "type": str(row.get("element_type") or "not said"),
        },
    )
