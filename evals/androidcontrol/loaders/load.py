"""Reading AndroidControl from whatever files the user has."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from pydantic import JsonValue

from handeye.environments.errors import InvalidOption
from handeye.evals.androidcontrol.loaders import infigui, os_atlas, ui_r1
from handeye.evals.androidcontrol.loaders.shards import read_shards, shards_of
from handeye.evals.androidcontrol.loaders.steps import Asked, Step, dataset_of
from handeye.evals.androidcontrol.sample import LEVELS, Level, StepSample
from handeye.evals.androidcontrol.scroll import Scroll
from handeye.evals.androidcontrol.subsets import FULL, OS_ATLAS, UI_R1, Subset, ids_of, subset_of
from handeye.evals.grounding.files import Fields, Images, read_rows, require_images
from handeye.evals.samples.dataset import Dataset, InvalidDataset
from handeye.evals.samples.source import folder_of

_Steps: TypeAlias = Callable[[list[Fields], Images, Path], Iterator[Step]]


class _Copy(NamedTuple):
    """A JSON file that others have made of AndroidControl."""

    file: str
    whole: Subset
    """What all of it is."""
    steps: _Steps
    boxes: str
    """What it has of the accessibility trees, and what that means for the judges."""


_COPIES: Final = (
    _Copy("android_control_test.json", FULL, infigui.infigui_steps, infigui.BOXES),
    _Copy("ac_test.json", UI_R1, ui_r1.ui_r1_steps, ui_r1.BOXES),
    _Copy("ac_test.jsonl", OS_ATLAS, os_atlas.os_atlas_steps, ui_r1.BOXES),
    _Copy("ac_low_test.jsonl", OS_ATLAS, os_atlas.os_atlas_steps, ui_r1.BOXES),
)
_IMAGES: Final = ("images", "screenshots", "android_control_images", "AndroidControl_images", "AndroidControl")


def load_androidcontrol(
    data: str,
    *,
    level: str = "high",
    subset: str = FULL.name,
    scroll: str = Scroll.PROTOCOL.value,
    ids: str | None = None,
    cache: str | None = None,
    part: bool = False,
    annotations_only: bool = False,
) -> Dataset[StepSample]:
    """Read a folder of records, or a JSON file of InfiGUI-R1, UI-R1 or OS-Atlas, or the folder that has it.

    `annotations_only` is for who has no images and asks no model. Raises `InvalidDataset`, and `InvalidOption` for a
    level, a subset or a convention that does not exist.
    """
    file = Path(data).expanduser()
    folder = file.parent if file.is_file() else folder_of(data)
    chosen = subset_of(subset)
    asked = Asked(
        level=_level(level),
        scroll=_scroll(scroll),
        subset=chosen,
        ids=None if file.is_file() and ids is None and not chosen.is_by_ids else ids_of(chosen, ids, folder),
        part=part,
    )
    if not file.is_file() and shards_of(folder):
        steps, facts = read_shards(folder, chosen, asked.ids, None if cache is None else Path(cache).expanduser())
        return dataset_of(steps, asked, chosen.counts, facts)
    copy, path = _copy_of(file, folder)
    images = Images(folder, _IMAGES)
    found = list(copy.steps(read_rows(path), images, path))
    known: dict[str, JsonValue] = {"files": path.name, "boxes": copy.boxes}
    if not annotations_only and (missing := require_images([step.image for step in found], folder)):
        known["missing images"] = missing
    return dataset_of(found, asked, _counts(chosen, copy.whole), known)


def _counts(chosen: Subset, whole: Subset) -> Mapping[str, int]:
    """Return how many steps there should be: all of a copy, where all are asked for."""
    if chosen.with_ends:
        raise InvalidDataset(f"the subset {chosen.name} needs the published records, which have the ends of episodes")
    return whole.counts if chosen is FULL else chosen.counts


def _copy_of(file: Path, folder: Path) -> tuple[_Copy, Path]:
    """Return what a file is, or the first file of a folder that is known. Raises `InvalidDataset`."""
    if file.is_file():
        rows = read_rows(file)
        for name, copy in (("step_check_pams", _COPIES[0]), ("gt", _COPIES[1]), ("conversations", _COPIES[2])):
            if name in rows[0]:
                return copy, file
        raise InvalidDataset(f"{file} is no file of AndroidControl that is known: its rows have {', '.join(rows[0])}")
    for copy in _COPIES:
        if (folder / copy.file).is_file():
            return copy, folder / copy.file
    names = ", ".join(copy.file for copy in _COPIES)
    raise InvalidDataset(f"{folder} has neither records (android_control-*) nor {names}: give the benchmark's folder")


def _level(name: str) -> Level:
    for level in LEVELS:
        if name == level:
            return level
    raise InvalidOption(f"there is no level {name!r}: give {' or '.join(LEVELS)}")


def _scroll(name: str) -> Scroll:
    try:
        return Scroll(name)
    except ValueError:
        raise InvalidOption(f"there is no convention {name!r}: give {', '.join(Scroll)}") from None
