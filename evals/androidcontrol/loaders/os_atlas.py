"""`ac_test.jsonl` and `ac_low_test.jsonl` of OS-Atlas (OS-Copilot/OS-Atlas, eval/data): conversations.

The question ends with `Task: GOAL You need to: STEP`, the answer is `thoughts: … actions:` and the action; places are
in thousandths of the screen's sides. Paths of images are those of another machine: their names count.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from typing import Any, Final

from handeye.actions.geometry import Size
from handeye.evals.androidcontrol.loaders.steps import Step
from handeye.evals.androidcontrol.sample import USUAL_SCREEN
from handeye.evals.androidcontrol.subsets import Key, key_of
from handeye.evals.androidcontrol.truth import (
    Finished,
    Opened,
    Pressed,
    Scrolled,
    Tap,
    Truth,
    Typed,
    Waited,
    direction_of,
)
from handeye.evals.grounding.files import Fields, Images, field, words
from handeye.evals.samples.dataset import InvalidDataset
from handeye.evals.samples.region import Spot

_TASK: Final = re.compile(r"\nTask: (?P<goal>.*?)(?: You need to: (?P<step>.*?))?\nHistory:", re.DOTALL)
_ACTION: Final = re.compile(r"actions:\n(?P<name>[A-Z_]+)\s*(?P<rest>.*)", re.DOTALL)
_POINT: Final = re.compile(r"\[\[\s*(\d+)\s*,\s*(\d+)\s*\]\]")


def os_atlas_steps(rows: list[Fields], images: Images, path: Path) -> Iterator[Step]:
    """Yield the steps. Raises `InvalidDataset`."""
    earlier: dict[int, list[tuple[Key, Truth]]] = {}
    for place, row in enumerate(rows, start=1):
        where = f"row {place} of {path}"
        name = PureWindowsPath(words(row, ["image"], where)).name  # takes either slash
        key = key_of(name, where)
        question, answer = _said(row, where)
        task = _TASK.search(question)
        if task is None:
            raise InvalidDataset(f"{where} has no task in its question")
        file = images.path(name, where)
        size = images.size(file) or USUAL_SCREEN  # only thousandths of it are compared
        truth = _truth(answer, size, where)
        done = earlier.setdefault(key.episode, [])
        yield Step(
            key=key,
            goal=task["goal"].strip(),
            instruction=(task["step"] or _thought(answer)).strip(),
            truth=truth,
            history=tuple(each for known, each in done if known.step < key.step),
            image=file,
            size=size,
        )
        done.append((key, truth))


def _said(row: Fields, where: str) -> tuple[str, str]:
    """Return the question and the answer."""
    turns: Any = field(row, ["conversations"], where)
    values = [turn.get("value") for turn in turns if isinstance(turn, dict)] if isinstance(turns, list) else []
    match values:
        case [str(question), str(answer), *_]:
            return question, answer
        case _:
            raise InvalidDataset(f"{where} has no question and answer as conversations")


def _truth(answer: str, size: Size, where: str) -> Truth:
    found = _ACTION.search(answer)
    if found is None:
        raise InvalidDataset(f"{where} has no action in its answer: {answer[:80]!r}")
    rest = found["rest"].strip()
    bare = rest[1:-1] if rest.startswith("[") and rest.endswith("]") else rest
    match found["name"]:
        case "CLICK" | "LONG_PRESS" as name:
            return Tap(_spot(rest, size, where), name == "LONG_PRESS")
        case "SCROLL":
            return Scrolled(direction_of(bare, where))
        case "TYPE":
            return Typed(bare)
        case "OPEN_APP":
            return Opened(bare)
        case "PRESS_BACK":
            return Pressed("back")
        case "PRESS_HOME":
            return Pressed("home")
        case "WAIT":
            return Waited()
        case "COMPLETE":
            return Finished()
        case name:
            raise InvalidDataset(f"{where} has the action {name}, which OS-Atlas does not have here")


def _spot(rest: str, size: Size, where: str) -> Spot:
    """Return the middle of the thousandth that is named."""
    found = _POINT.search(rest)
    if found is None:
        raise InvalidDataset(f"{where} has no point in its action: {rest[:80]!r}")
    return Spot((int(found[1]) + 0.5) * size.width / 1000, (int(found[2]) + 0.5) * size.height / 1000)


def _thought(answer: str) -> str:
    """Return the thought of an answer, which is the instruction of the step."""
    return answer.partition("actions:")[0].removeprefix("thoughts:").strip()
