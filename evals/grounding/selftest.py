"""The proof of the grounding harness, on drawn screenshots in each benchmark's own layout."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from PIL import Image

from handeye.actions.geometry import Size
from handeye.evals.catalog import Offline
from handeye.evals.grounding.drawn import LAYOUTS, draw
from handeye.evals.grounding.registry import GROUNDING
from handeye.evals.grounding.sample import GroundingSample
from handeye.evals.samples.dataset import Dataset, InvalidDataset
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.rescore import score_all
from handeye.evals.samples.scripted import ScriptedAsker
from handeye.evals.samples.settings import CENTER, ORACLE, RANDOM
from handeye.evals.selftests.check import SelfTest, SelfTestFailed

_CENTER: Final = 6
"""How many of the 24 drawn targets hold the middle of their image: one in each."""
_RANDOM: Final = {
    "screenspot": 1,
    "screenspot-v2": 1,
    "screenspot-pro": 2,
    "osworld-g": 3,
    "ui-vision": 1,
    "mmbench-gui": 2,
    "grounding": 1,
}
"""How many the places at random hit; they depend on the ids of the samples, and are the same each time."""


def _prove(offline: Offline, folder: Path) -> str:
    """Prove one benchmark; see `SelfTest.run`."""
    write, images, conventions = LAYOUTS[offline.name]
    drawn = draw(folder / images)
    shown = []
    for boxes in conventions:
        write(folder, drawn, boxes)
        dataset = _load(offline, folder)
        scores = {name: _correct(offline, dataset, name) for name in (ORACLE, CENTER, RANDOM)}
        expected = {ORACLE: len(drawn), CENTER: _CENTER, RANDOM: _RANDOM[offline.name]}
        if scores != expected:
            raise SelfTestFailed(f"with boxes as {boxes.value} the scores are {scores}, not {expected}")
        shown = [f"{name} {count}/{len(drawn)}" for name, count in scores.items()]
    _require_refused(offline, folder)
    return f"{', '.join(shown)}; the same in {len(conventions)} box conventions; a mixed-up file is refused"


def _load(offline: Offline, folder: Path) -> Dataset[GroundingSample]:
    data = folder / "targets.jsonl" if offline.name == "grounding" else folder
    return offline.load(str(data), {"part": True, "boxes": None})


def _correct(offline: Offline, dataset: Dataset[GroundingSample], name: str) -> int:
    """Return how many samples a rule gets right by the benchmark's first judge."""
    benchmark = offline.benchmark()
    asker: ScriptedAsker[Any] = ScriptedAsker(benchmark, name)
    predictions = []
    for sample in dataset.samples:
        with Image.open(sample.image) as image:
            reply = asker.ask(sample, image, 0)
            size = Size(*image.size)
        predictions.append(Prediction(key=sample.id, sample=sample.id, actions=reply.actions, size=size))
    scores = score_all(benchmark, dataset.samples, predictions)[0]
    return round(scores.overall.correct)


def _require_refused(offline: Offline, folder: Path) -> None:
    """Mix up the boxes of a file, and require that it is refused."""
    write, images, conventions = LAYOUTS[offline.name]
    drawn = draw(folder / images)
    halves = [folder / boxes.value for boxes in conventions[:2]]
    for half, targets, boxes in zip(halves, (drawn[::2], drawn[1::2]), conventions[:2], strict=True):
        half.mkdir()
        write(half, targets, boxes)
    for first in sorted(halves[0].rglob("*.json*")):
        name = first.relative_to(halves[0])
        (folder / name).write_text(
            _joined(first.read_text("utf-8"), (halves[1] / name).read_text("utf-8")), encoding="utf-8"
        )
    try:
        _load(offline, folder)
    except InvalidDataset:
        return
    raise SelfTestFailed("a file whose boxes are written in two ways was read without a word")


def _joined(first: str, second: str) -> str:
    """Return the rows of two files in one."""
    if first.startswith("["):
        return json.dumps([*json.loads(first), *json.loads(second)])
    return first + second


def _test(offline: Offline) -> SelfTest:
    return SelfTest(offline.name, partial(_prove, offline))


SELF_TESTS: Final[Sequence[SelfTest]] = tuple(map(_test, GROUNDING))
