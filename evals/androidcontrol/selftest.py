"""The proof of the harness, on drawn episodes that are written as records and read back."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from handeye.evals.androidcontrol.drawn import STEPS, write_records
from handeye.evals.androidcontrol.registry import ANDROIDCONTROL
from handeye.evals.androidcontrol.sample import LEVELS, StepSample
from handeye.evals.doctor.scrolls import scroll_finding
from handeye.evals.samples.dataset import Dataset, InvalidDataset
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.rescore import score_all
from handeye.evals.samples.scores import Scores
from handeye.evals.samples.scripted import ScriptedAsker
from handeye.evals.samples.settings import CENTER, ORACLE, RANDOM
from handeye.evals.samples.worker import read_size
from handeye.evals.selftests.check import SelfTest, SelfTestFailed

_COUNTED: Final = {
    "qwen": 12,
    "strict": 12,
    "osatlas": 12,
    "agentcpm": 11,
    "clawgui": 12,
    "uground": 12,
    "ui-r1": 10,
}
"""How many of the twelve steps each judge counts."""
_CENTER: Final = {
    "qwen": 3,
    "strict": 1,
    "osatlas": 1,
    "agentcpm": 4,
    "clawgui": 3,
    "uground": 1,
    "ui-r1": 1,
}
"""A click in the middle: on the button that one of the four clicks hits, in the list of two more, and, as the bounds of
the window are a box for AgentCPM-GUI, in that of the last one."""
_RANDOM: Final = {
    "qwen": 3,
    "strict": 0,
    "osatlas": 2,
    "agentcpm": 4,
    "clawgui": 3,
    "uground": 0,
    "ui-r1": 1,
}
"""Places at random, which depend on the names of the steps alone."""
_TURNED: Final = 3
"""Scrolls of which the labels mean the opposite for judges that turn them round."""


def _prove(folder: Path) -> str:
    """Prove the harness; see `SelfTest.run`."""
    write_records(folder)
    for level in LEVELS:
        for scroll in ("content", "finger"):
            _require(_load(folder, level, scroll), ORACLE, _COUNTED)
        dataset = _load(folder, level, "protocol")
        turned = {name: 0 if name in ("qwen", "strict", "ui-r1") else _TURNED for name in _COUNTED}
        scores = _require(dataset, ORACLE, {name: count - turned[name] for name, count in _COUNTED.items()})
        _require_flip(scores)
        _require(dataset, CENTER, _CENTER)
        _require(dataset, RANDOM, _RANDOM)
    _require_refused(folder)
    return (
        f"oracle {STEPS}/{STEPS} with each of {len(_COUNTED)} judges, center {_CENTER['qwen']}/{STEPS}, "
        f"random {_RANDOM['qwen']}/{STEPS} with qwen; both levels, read from records; a turned scroll is noticed; "
        "damaged records and a part are refused"
    )


def _load(folder: Path, level: str, scroll: str) -> Dataset[StepSample]:
    return ANDROIDCONTROL.load(str(folder), {"level": level, "scroll": scroll, "part": True})


def _require(dataset: Dataset[StepSample], name: str, expected: Mapping[str, int]) -> list[Scores]:
    """Let a rule answer all steps, and return the scores. Raises `SelfTestFailed` if they are not the known ones."""
    benchmark = ANDROIDCONTROL.benchmark()
    asker: ScriptedAsker[Any] = ScriptedAsker(benchmark, name)
    predictions = []
    for sample in dataset.samples:
        image = read_size(sample.image)
        actions = asker.ask(sample, image, 0).actions
        predictions.append(Prediction(key=sample.id, sample=sample.id, actions=actions, size=sample.size))
    scores = score_all(benchmark, dataset.samples, predictions)
    found = {each.judge: (round(each.overall.correct), each.overall.samples) for each in scores}
    wanted = {judge: (count, _COUNTED[judge]) for judge, count in expected.items()}
    if found != wanted:
        raise SelfTestFailed(f"{name} gets (right, steps) {found}, not {wanted}")
    return scores


def _require_flip(scores: Sequence[Scores]) -> None:
    """Require that the confusion of a judge that turns labels round shows it."""
    tripled = {
        each.judge: {meant: {said: 3 * count for said, count in row.items()} for meant, row in each.confusion.items()}
        for each in scores
    }
    if scroll_finding(tripled["qwen"]).suspicious or not scroll_finding(tripled["agentcpm"]).suspicious:
        raise SelfTestFailed("labels of scrolls that were turned round were not noticed")


def _require_refused(folder: Path) -> None:
    """Require that a part is no whole, and that a damaged shard is named."""
    try:
        ANDROIDCONTROL.load(str(folder), {"part": False})
    except InvalidDataset:
        pass
    else:
        raise SelfTestFailed("a part of the benchmark was read as the whole of it")
    shard = next(iter(sorted(folder.glob("android_control-*"))))
    shard.write_bytes(shard.read_bytes()[:-1000])
    try:
        ANDROIDCONTROL.load(str(folder), {"part": True})
    except InvalidDataset as error:
        if shard.name in str(error):
            return
        raise SelfTestFailed(f"the message about a shard that is cut off does not name it: {error}") from None
    raise SelfTestFailed("a shard that is cut off was read without a word")


SELF_TESTS: Final[Sequence[SelfTest]] = (SelfTest(ANDROIDCONTROL.name, _prove),)
