"""Copies of ScreenSpot on the hub as parquet: a table whose rows hold their images.

Layouts: `file_name`, `bbox` (corners as parts of the image), `instruction`, `data_type`, `data_source`, `image` with
`bytes` and `path` (rootsautomation/ScreenSpot, HongxinLi/ScreenSpot_v2). The images become files once, under names that
are hashes of their contents, since many rows share one.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from handeye.actions.errors import MissingDependency
from handeye.agent.journal.durable import write_whole
from handeye.evals.grounding.files import Fields
from handeye.evals.samples.assets import assets_folder
from handeye.evals.samples.dataset import InvalidDataset, digest_of

_IMAGE: Final = "image"
_BATCH: Final = 8
"""Rows that are in memory at a time: each holds a screenshot."""
_PREFIXES: Final = {"mobile": "mobile", "pc": "desktop", "web": "web"}
"""The platform by the first word of a screenshot's name, as in all official files of v1 and v2."""
_SOURCES: Final = {"android": "mobile", "ios": "mobile", "windows": "desktop", "macos": "desktop"}
"""The platform by the source, where that decides: v2 has `shop` on every platform."""


def parquet_files(folder: Path) -> Sequence[Path]:
    """Return the parquet files of a dataset, in order."""
    return sorted(folder.glob("**/*.parquet"))


def unpack(files: Sequence[Path]) -> tuple[list[Fields], Path]:
    """Return the rows without their images, each with `img_filename` instead, and the folder of the images.

    Images that an earlier run has written stay. Raises `InvalidDataset`, and `MissingDependency` without pyarrow.
    """
    folder = assets_folder("parquet", digest_of(files))
    rows: list[Fields] = []
    for file in files:
        for index, row in enumerate(_rows(file), start=1):
            image = row.pop(_IMAGE, None)
            if not isinstance(image, dict) or not isinstance(image.get("bytes"), bytes):
                raise InvalidDataset(f"{file.name} row {index} holds no image: use the benchmark's official files")
            rows.append({**row, "img_filename": _written(image["bytes"], folder), "image_path": image.get("path")})
    return rows, folder


def platform_of(row: Fields, where: str) -> str:
    """Return the platform of a row of ScreenSpot, whose table has no column for it. Raises `InvalidDataset`."""
    names = (row.get("file_name"), row.get("image_path"))
    found = [_PREFIXES.get(Path(name).name.partition("_")[0]) for name in names if isinstance(name, str)]
    platform = next(filter(None, found), None) or _SOURCES.get(str(row.get("data_source")))
    if platform is None:
        raise InvalidDataset(f"{where} does not say its platform: use the benchmark's official files")
    return platform


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingDependency("pyarrow", "parquet") from None
    try:
        with pyarrow.parquet.ParquetFile(file) as table:
            for batch in table.iter_batches(batch_size=_BATCH):
                yield from batch.to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise InvalidDataset(f"{file} is damaged or cut off: {reason}. Get it again") from error


def _written(content: bytes, folder: Path) -> str:
    name = f"{hashlib.sha256(content).hexdigest()[:32]}.png"
    path = folder / name
    if not (path.is_file() and path.stat().st_size == len(content)):
        try:
            write_whole(path, content)
        except OSError as error:
            raise InvalidDataset(
                f"cannot write the image {path}: {error.strerror or error}. HF_ASSETS_CACHE sets another folder"
            ) from error
    return name
