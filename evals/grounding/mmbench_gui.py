"""MMBench-GUI, level 2: `L2_annotations.json` with `offline_images/` (OpenGVLab/MMBench-GUI).

Corners as parts of the image; each target has a basic and an advanced instruction.
"""

from typing import Final

from handeye.evals.grounding.boxes import Boxes
from handeye.evals.grounding.files import Fields, Images, numbers, read_rows, size_of, words
from handeye.evals.grounding.sample import GroundingSample, Row, dataset_of
from handeye.evals.samples.dataset import Dataset, InvalidDataset
from handeye.evals.samples.source import folder_of

_FILE: Final = "L2_annotations.json"


def load_mmbench_gui(data: str, *, part: bool = False, boxes: str | None = None) -> Dataset[GroundingSample]:
    """Read level 2 of MMBench-GUI. Raises `InvalidDataset`."""
    folder = folder_of(data)
    file = next(iter(sorted(folder.glob(f"**/{_FILE}"))), None)
    if file is None:
        raise InvalidDataset(f"{folder} has no {_FILE}: give MMBench-GUI's official folder")
    rows = [_row(row, f"{_FILE} row {index}", index) for index, row in enumerate(read_rows(file), start=1)]
    images = Images(folder, ("offline_images", str(file.parent.relative_to(folder) / "offline_images")))
    return dataset_of(rows, [file], images, folder, boxes=boxes, official=Boxes.PARTS_XYXY, complete=not part)


def _row(row: Fields, where: str, index: int) -> Row:
    left, top, right, bottom = numbers(row, ("bbox",), where, 4)
    platform = words(row, ("platform",), where)
    name = words(row, ("image_path", "image", "img_filename"), where)
    return Row(
        id=f"{row.get('index', index)}-{row.get('grounding_type', '')}-{index}",
        where=where,
        image=name if "/" in name else f"{platform}/{name}",
        instruction=words(row, ("instruction",), where),
        box=(left, top, right, bottom),
        size=size_of(row, where),
        groups={"platform": platform, "instruction": words(row, ("grounding_type",), where)},
    )
