"""Reading the files of a grounding benchmark: JSON, and where the images are."""

import json
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import PIL.Image

from handeye.actions.geometry import Size
from handeye.evals.samples.dataset import InvalidDataset

Fields: TypeAlias = Mapping[str, Any]


def read_rows(path: Path) -> list[Fields]:
    """Return the objects of a JSON file with a list of them, or of one with an object a line (.jsonl).

    Raises `InvalidDataset` if it is missing, truncated, or anything else.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidDataset(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    try:
        rows = list(_lines(text)) if path.suffix == ".jsonl" else json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidDataset(f"{path} is damaged or cut off in line {error.lineno}: get it again") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidDataset(f"{path} is not a list of objects")
    if not rows:
        raise InvalidDataset(f"{path} is empty")
    return rows


def field(row: Fields, names: Sequence[str], where: str) -> Any:
    """Return the first of several fields that a row has. Raises `InvalidDataset` if it has none."""
    for name in names:
        if row.get(name) is not None:
            return row[name]
    raise InvalidDataset(f"{where} has no {' or '.join(names)}")


def words(row: Fields, names: Sequence[str], where: str) -> str:
    """Return the text of a field. Raises `InvalidDataset` if there is none."""
    value = field(row, names, where)
    if not isinstance(value, str) or not value.strip():
        raise InvalidDataset(f"{where} has no text as {names[0]}")
    return value


def numbers(row: Fields, names: Sequence[str], where: str, count: int | None = None) -> list[float]:
    """Return the numbers of a field, `count` of them if given. Raises `InvalidDataset`."""
    value = field(row, names, where)
    good = isinstance(value, list) and all(isinstance(each, int | float) for each in value)
    if not good or (count is not None and len(value) != count):
        raise InvalidDataset(f"{where} has {value!r} as {names[0]}, not {count or 'a list of'} numbers")
    return [float(each) for each in value]


def size_of(row: Fields, where: str) -> Size | None:
    """Return the size of the image as a row gives it; None if it does not."""
    value = row.get("img_size", row.get("image_size"))
    if value is None:
        return None
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(n, int | float) and n >= 1 for n in value)):
        raise InvalidDataset(f"{where} has {value!r} as the size of its image")
    return Size(int(value[0]), int(value[1]))


class Images:
    """The images of a dataset, in one of several folders."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        """`names` are those of the folder's subfolders in which images may be, besides the folder itself."""
        self._root = folder.resolve()
        self._folders = [*(folder / name for name in names), folder]
        self._sizes: dict[Path, Size | None] = {}

    def path(self, name: str, where: str) -> Path:
        """Return the file of an image; where it would be if there is none.

        Raises `InvalidDataset` for a name that leads out of the folder.
        """
        for folder in self._folders:
            path = folder / name
            if not path.resolve().is_relative_to(self._root) and not (folder / name).is_symlink():
                raise InvalidDataset(f"{where} names an image outside of the dataset's folder: {name!r}")
            if path.is_file():
                return path
        return self._folders[0] / name

    def size(self, path: Path) -> Size | None:
        """Return the size in an image's header; None if it cannot be read."""
        if path not in self._sizes:
            try:
                with PIL.Image.open(path) as image:
                    self._sizes[path] = Size(*image.size)
            except (OSError, ValueError, struct.error, PIL.Image.DecompressionBombError):
                self._sizes[path] = None
        return self._sizes[path]


def require_images(paths: Iterable[Path], folder: Path) -> int:
    """Return how many images are missing; raise `InvalidDataset` if all of them are."""
    wanted = set(paths)
    missing = [path for path in wanted if not path.is_file()]
    if wanted and len(missing) == len(wanted):
        archive = next(iter(sorted([*folder.rglob("*.zip"), *folder.rglob("*.tar*")])), None)
        how = f"unpack {archive} there" if archive else "put the images of the benchmark there"
        raise InvalidDataset(
            f"none of the {len(wanted)} images is in {folder}, such as {sorted(missing)[0].name}: {how}"
        )
    return len(missing)


def _lines(text: str) -> Iterator[Any]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise json.JSONDecodeError(error.msg, text, _start(text, number) + error.pos) from None


def _start(text: str, number: int) -> int:
    """Return where a line begins, counted from 1."""
    return sum(len(line) for line in text.splitlines(keepends=True)[: number - 1])
