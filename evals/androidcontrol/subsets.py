"""Which steps are asked about: the subsets in use, by name."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from handeye.environments.errors import InvalidOption
from handeye.evals.grounding.files import read_rows
from handeye.evals.samples.dataset import InvalidDataset

STEPS: Final = "steps"
_NAMED: Final = re.compile(r"(\d+)\D{1,3}screenshot_(\d+)")
"""A step by its screenshot: episode_140_screenshot_0, episode_140-screenshot_0.png, 140/screenshot_0.png."""


class Key(NamedTuple):
    """One step."""

    episode: int
    step: int
    """Counted from 0; the number of the screenshot at which it was taken."""


@dataclass(frozen=True, slots=True)
class Subset:
    """Some of the steps."""

    name: str
    """What `--subset` takes."""
    told: str
    counts: Mapping[str, int]
    """How many it is known to have, by type of action or in all; empty if that is not known."""
    files: tuple[str, ...] = ()
    """Names of files with its ids, as they are published."""
    is_by_ids: bool = True
    """Whether a file says which steps it has."""
    with_ends: bool = False
    """Whether the end of each episode is a step."""
    split: str = "test"
    """The split of `splits.json`; "not train" is all others."""


FULL: Final = Subset("full", "all steps of the test split", {STEPS: 8444}, is_by_ids=False)
OS_ATLAS: Final = Subset(
    "os-atlas",
    "the steps of OS-Atlas, which UI-TARS and ClawGUI use",
    {
        "click": 4598,
        "scroll": 1138,
        "open_app": 554,
        "input_text": 569,
        "wait": 527,
        "navigate_back": 315,
        "long_press": 7,
    },
    ("ac_idx.txt", "osatlas_7708_steps.txt"),
)
UI_R1: Final = Subset(
    "ui-r1",
    "the steps of UI-R1",
    {"click": 5074, "scroll": 1211, "input_text": 632, "open_app": 608, "navigate_back": 343},
    ("ac_test.json",),
)
UGROUND: Final = Subset(
    "uground",
    "the 500 steps of UGround, which Aria-UI and Aguvis use",
    {STEPS: 500},
    ("500_steps.json", "uground_500_index.json"),
)
AGENT_CPM: Final = Subset(
    "agentcpm",
    "all steps that are not in the train split, and the end of each episode, as AgentCPM-GUI",
    {},
    is_by_ids=False,
    with_ends=True,
    split="not train",
)
SUBSETS: Final[Mapping[str, Subset]] = {each.name: each for each in (FULL, OS_ATLAS, UI_R1, UGROUND, AGENT_CPM)}


def subset_of(name: str) -> Subset:
    """Return a subset by its name. Raises `InvalidOption`."""
    found = SUBSETS.get(name)
    if found is None:
        raise InvalidOption(f"there is no subset {name!r}: give {', '.join(SUBSETS)}")
    return found


def ids_of(subset: Subset, given: str | None, folder: Path) -> Sequence[Key] | None:
    """Return the steps that a file names; None for a subset that needs none and got none.

    `given` is the user's file; else one of its usual names is looked for in the folder. Raises `InvalidDataset`.
    """
    if given is not None:
        return read_ids(Path(given).expanduser())
    if not subset.is_by_ids:
        return None
    for name in subset.files:
        if (folder / name).is_file():
            return read_ids(folder / name)
    raise InvalidDataset(
        f"which steps the subset {subset.name} has is in a file that is not in {folder} ({' or '.join(subset.files)}): "
        "give it with --ids"
    )


def read_ids(path: Path) -> list[Key]:
    """Return the steps that a file names, each once.

    A text with a screenshot's name a line, or JSON: rows with a screenshot's name as `image`, `screenshot` or
    `img_filename`, or with `episode_id` and `step`. Raises `InvalidDataset`.
    """
    if path.suffix in (".json", ".jsonl"):
        keys = [_of_row(row, f"row {place} of {path}") for place, row in enumerate(read_rows(path), start=1)]
    else:
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidDataset(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
        numbered = [(place, line) for place, line in enumerate(lines, start=1) if line.strip()]
        keys = [key_of(line, f"line {place} of {path}") for place, line in numbered]
    if not keys:
        raise InvalidDataset(f"{path} names no steps")
    if len(set(keys)) != len(keys):
        twice = next(key for place, key in enumerate(keys) if key in keys[:place])
        raise InvalidDataset(f"{path} names step {twice.step} of episode {twice.episode} twice")
    return keys


def key_of(name: str, where: str) -> Key:
    """Return the step whose screenshot has a name. Raises `InvalidDataset`."""
    found = _NAMED.search(name)
    if found is None:
        raise InvalidDataset(f"{where} names no screenshot of a step, such as episode_140_screenshot_0: {name[:80]!r}")
    return Key(int(found[1]), int(found[2]))


def _of_row(row: Mapping[str, object], where: str) -> Key:
    # The number in the screenshot's name counts: UGround counts a click and the text after it as one step.
    for name in ("image", "screenshot", "img_filename"):
        if isinstance(value := row.get(name), str):
            return key_of(value, where)
    episode, step = row.get("episode_id"), row.get("step")
    if isinstance(episode, int) and isinstance(step, int):
        return Key(episode, step)
    raise InvalidDataset(f"{where} has neither an image nor episode_id and step: {json.dumps(row)[:80]}")
