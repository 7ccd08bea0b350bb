"""ScreenSpot (v1), ScreenSpot-v2 and ScreenSpot-Pro: official folders, and copies of them.

Layouts: `screenspot_{mobile,desktop,web}.json` with `screenspot_imgs/` (njucckevin/SeeClick);
`screenspot_{mobile,desktop,web}_v2.json` with `screenspotv2_image/` (OS-Copilot/ScreenSpot-v2; the copy of
microsoft/GUI-Actor has the fields `ui_type`, `platform`, `img_size`, and corners); `annotations/*.json` with `images/`
(likaixin2000/ScreenSpot-Pro-GUI-Grounding, commit bd8bbbb4). The hub's copies of v1 and v2 as parquet: `parquet`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from handeye.evals.grounding.boxes import Boxes
from handeye.evals.grounding.files import Fields, Images, numbers, read_rows, size_of, words
from handeye.evals.grounding.parquet import parquet_files, platform_of, unpack
from handeye.evals.grounding.sample import GroundingSample, Row, dataset_of
from handeye.evals.samples.dataset import Dataset, InvalidDataset, require_counts
from handeye.evals.samples.source import folder_of

PLATFORMS: Final = ("mobile", "desktop", "web")
V1_COUNTS: Final[Mapping[str, int]] = {
    "mobile text": 273,
    "mobile icon": 229,
    "desktop text": 194,
    "desktop icon": 140,
    "web text": 230,
    "web icon": 206,
}
"""1,272 together; counted in the official files."""
V2_COUNTS: Final[Mapping[str, int]] = {
    "mobile text": 290,
    "mobile icon": 211,
    "desktop text": 194,
    "desktop icon": 140,
    "web text": 234,
    "web icon": 203,
}
"""1,272 together; counted in the official files."""
PRO_COUNT: Final = 1581
_TEXT: Final = "text"
_IMAGE_NAMES: Final = ("img_filename", "image")
_TYPES: Final = ("data_type", "ui_type")
_SOURCES: Final = ("data_source", "platform")


def load_v1(data: str, *, part: bool = False, boxes: str | None = None) -> Dataset[GroundingSample]:
    """Read ScreenSpot. Raises `InvalidDataset`."""
    return read_screenspot(folder_of(data), "", V1_COUNTS, part=part, boxes=boxes)


def load_v2(data: str, *, part: bool = False, boxes: str | None = None) -> Dataset[GroundingSample]:
    """Read ScreenSpot-v2. Raises `InvalidDataset`."""
    return read_screenspot(folder_of(data), "_v2", V2_COUNTS, part=part, boxes=boxes)


def read_screenspot(
    folder: Path,
    suffix: str,
    counts: Mapping[str, int],
    *,
    part: bool = False,
    boxes: str | None = None,
    annotations_only: bool = False,
) -> Dataset[GroundingSample]:
    """Read a folder in the layout of ScreenSpot; `suffix` ends the names of its files. Raises `InvalidDataset`."""
    files = {name: folder / f"screenspot_{name}{suffix}.json" for name in PLATFORMS}
    there = {name: path for name, path in files.items() if path.is_file()}
    tables = [] if there else parquet_files(folder)
    if not tables and len(there) < (1 if part else len(files)):
        missing = ", ".join(path.name for path in files.values() if not path.is_file())
        raise InvalidDataset(f"{folder} has no {missing}: give the benchmark's official folder, or --part")
    if tables:
        rows, folder = _table_rows(tables)
    else:
        rows = [
            _row(row, platform, f"{path.name} row {index}", f"{platform}-{index}")
            for platform, path in there.items()
            for index, row in enumerate(read_rows(path), start=1)
        ]
    dataset = dataset_of(
        rows,
        list(there.values()) or tables,
        Images(folder, ("screenspotv2_image", "screenspot_imgs", "images")),
        folder,
        boxes=boxes,
        official=Boxes.PARTS_XYXY if tables else Boxes.XYWH,
        annotations_only=annotations_only,
        complete=not part,
    )
    if not part:
        found = Counter(f"{row.groups['platform']} {row.groups['type']}" for row in rows)
        require_counts("ScreenSpot" + suffix.replace("_", "-"), found, counts)
    return dataset


def load_pro(data: str, *, part: bool = False, boxes: str | None = None) -> Dataset[GroundingSample]:
    """Read ScreenSpot-Pro. Raises `InvalidDataset`."""
    folder = folder_of(data)
    annotations = folder / "annotations" if (folder / "annotations").is_dir() else folder
    files = sorted(annotations.glob("*.json"))
    if not files:
        raise InvalidDataset(f"{folder} has no annotations/*.json: give ScreenSpot-Pro's official folder")
    images = Images(folder, ("images",))
    rows = [
        _pro_row(row, f"{path.name} row {index}", f"{path.stem}-{index}")
        for path in files
        for index, row in enumerate(read_rows(path), start=1)
    ]
    dataset = dataset_of(rows, files, images, folder, boxes=boxes, official=Boxes.XYXY, complete=not part)
    if not part:
        require_counts("ScreenSpot-Pro", {"targets": len(rows)}, {"targets": PRO_COUNT})
    return dataset


def _table_rows(tables: Sequence[Path]) -> tuple[list[Row], Path]:
    """Return the rows of parquet files, and the folder of their images."""
    found, folder = unpack(tables)
    counts: Counter[str] = Counter()
    rows = []
    for index, row in enumerate(found, start=1):
        where = f"row {index} of the parquet files"
        platform = platform_of(row, where)
        counts[platform] += 1
        rows.append(_row(row, platform, where, f"{platform}-{counts[platform]}"))
    return rows, folder


def _row(row: Fields, platform: str, where: str, identity: str) -> Row:
    left, top, c, d = numbers(row, ("bbox",), where, 4)
    return Row(
        id=identity,
        where=where,
        image=words(row, _IMAGE_NAMES, where),
        instruction=words(row, ("instruction",), where),
        box=(left, top, c, d),
        size=size_of(row, where),
        groups={
            "platform": platform,
            "type": _type(words(row, _TYPES, where), where),
            "source": words(row, _SOURCES, where),
        },
    )


def _pro_row(row: Fields, where: str, identity: str) -> Row:
    left, top, c, d = numbers(row, ("bbox",), where, 4)
    return Row(
        id=str(row.get("id") or identity),
        where=where,
        image=words(row, _IMAGE_NAMES, where),
        instruction=words(row, ("instruction",), where),
        box=(left, top, c, d),
        size=size_of(row, where),
        groups={
            "group": words(row, ("group",), where),
            "type": _type(words(row, ("ui_type",), where), where),
            "application": words(row, ("application",), where),
            "platform": words(row, ("platform",), where),
        },
    )


def _type(value: str, where: str) -> str:
    if value not in {_TEXT, "icon"}:
        raise InvalidDataset(f"{where} has the type {value!r}, which is neither text nor icon")
    return value
