"""MMBench-GUI, level 2: `L2_annotations.json` with `offline_images/` (OpenGVLab/MMBench-GUI).

Corners as parts of the image; each target has a basic and an advanced instruction. The benchmark's number is the mean
of the two kinds (benchmarks/matrics.py, commit 896ddf1d).
"""

from typing import Final

from handeye.evals.grounding.boxes import Boxes
from handeye.evals.grounding.files import Fields, Images, numbers, read_rows, size_of, words
from handeye.evals.grounding.sample import GroundingSample, Row, dataset_of
from handeye.evals.samples.dataset import Dataset, InvalidDataset, require_counts
from handeye.evals.samples.source import folder_of

COUNT: Final = 3574
"""As its report says."""
_FILE: Final = "L2_annotations.json"
_FOLDERS: Final = ("offline_images", "MMBench-GUI-OfflineImages/offline_images")
"""Of the images: the official one, and where the archive of the hub's copy puts them if it is unpacked beside."""
_EDGE: Final = -1
"""A corner's number that means the edge of the image, as in benchmarks/l2_element_grounding.py."""


def load_mmbench_gui(data: str, *, part: bool = False, boxes: str | None = None) -> Dataset[GroundingSample]:
    """Read level 2 of MMBench-GUI. Raises `InvalidDataset`."""
    folder = folder_of(data)
    file = next(iter(sorted(folder.glob(f"**/{_FILE}"))), None)
    if file is None:
        raise InvalidDataset(f"{folder} has no {_FILE}: give MMBench-GUI's official folder")
    rows = [_row(row, f"{_FILE} row {index}", index) for index, row in enumerate(read_rows(file), start=1)]
    beside = file.parent.relative_to(folder)
    images = Images(folder, dict.fromkeys((*_FOLDERS, *(str(beside / name) for name in _FOLDERS))))
    dataset = dataset_of(rows, [file], images, folder, boxes=boxes, official=Boxes.PARTS_XYXY, complete=not part)
    if not part:
        require_counts("MMBench-GUI L2", {"instructions": len(rows)}, {"instructions": COUNT})
    return dataset


def _row(row: Fields, where: str, index: int) -> Row:
    left, top, right, bottom = (0.0 if each == _EDGE else each for each in numbers(row, ("bbox",), where, 4))
    platform = words(row, ("platform",), where)
    name = words(row, ("image_path", "image", "img_filename"), where)
    return Row(
        id=f"{row.get('index', index)}-{row.get('grounding_type', '')}-{index}",
        where=where,
        image=name if "/" in name else f"{platform}/{name}",
        instruction=words(row, ("instruction",), where),
        box=(left, top, right, bottom),
        size=size_of(row, where),
        groups={
            "platform": platform.removeprefix("os_"),
            "instruction": words(row, ("grounding_type",), where),
            "type": str(row.get("data_type") or "not said"),
        },
    )
