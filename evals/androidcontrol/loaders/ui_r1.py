"""`ac_test.json` of UI-R1 (lll6gg/UI-R1): rows with `image`, `gt` and `task`, the instruction of the step.

Waiting, long presses and going home are left out, and so are the goals of the episodes.
"""

from collections.abc import Iterator
from pathlib import Path

from handeye.evals.androidcontrol.loaders.steps import Step
from handeye.evals.androidcontrol.subsets import Key, key_of
from handeye.evals.androidcontrol.truth import Truth, read_truth
from handeye.evals.grounding.files import Fields, Images, field, words

BOXES = "none: qwen, agentcpm and clawgui judge clicks by distance alone, strict and uground judge nothing"


def ui_r1_steps(rows: list[Fields], images: Images, path: Path) -> Iterator[Step]:
    """Yield the steps. Raises `InvalidDataset`."""
    earlier: dict[int, list[tuple[Key, Truth]]] = {}
    for place, row in enumerate(rows, start=1):
        where = f"row {place} of {path}"
        image = words(row, ["image"], where)
        key, truth = key_of(image, where), read_truth(field(row, ["gt"], where), where)
        done = earlier.setdefault(key.episode, [])
        file = images.path(image, where)
        yield Step(
            key=key,
            goal="",
            instruction=str(row.get("task", "")),  # empty for some steps
            truth=truth,
            history=tuple(each for known, each in done if known.step < key.step),
            image=file,
            size=images.size(file),
        )
        done.append((key, truth))
