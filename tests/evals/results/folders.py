"""Results folders of runs that never were: answers about squares, and episodes of two tasks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click
from handeye.agent.decision import SeenImage
from handeye.agent.journal.line import MetaLine
from handeye.agent.journal.writer import Journal
from handeye.agent.limits import Limits
from handeye.agent.outcome import StopReason
from handeye.evals import results_folder
from handeye.evals.catalog import Offline
from handeye.evals.record import Record
from handeye.evals.samples.dataset import Dataset
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.sample import Sample
from tests.evals.samples.squares import HEIGHT, WIDTH, benchmark, squares

SEEN = Size(WIDTH // 2, HEIGHT // 2)
"""The images as the model saw them."""


def read(data: str, count: int = 24) -> Dataset[Sample]:
    return squares(Path(data), count)


def know_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the squares be a benchmark that results folders may be of."""
    monkeypatch.setattr(results_folder, "OFFLINE", {"squares": Offline("squares", "", benchmark, read)})


def right(sample: Sample, repeat: int = 0) -> dict[str, Any]:
    """A right answer in pixels of the model's image."""
    assert sample.target is not None
    point = sample.target.inside()
    return pointed(point)


def pointed(point: Point, numbers: str | None = None) -> dict[str, Any]:
    """An answer that points at a place."""
    return {
        "text": numbers or f'{{"point_2d": [{point.x // 2}, {point.y // 2}]}}',
        "actions": (Click(point=point),),
    }


def off(sample: Sample, pixels: int = 5) -> dict[str, Any]:
    """A miss by so many pixels, above the square's right half."""
    assert sample.target is not None
    _, _, edge, bottom = sample.target.bounds
    return pointed(Point(int(edge) - 2, int(bottom) + pixels))


def unread() -> dict[str, Any]:
    return {"text": "I see a <b>square</b>", "problem": "the answer contains no point"}


def write_samples(
    folder: Path,
    answer: Callable[[Sample, int], dict[str, Any] | None],
    *,
    model: str = "Qwen/Qwen2.5-VL-7B-Instruct",
    count: int = 24,
    repeats: int = 1,
    **facts: object,
) -> Path:
    """Write the folder of a run; `answer` returns the fields of a prediction, or None for none."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder.parent / "squares"
    dataset = squares(data, count)
    lines = []
    for sample in dataset.samples:
        for repeat in range(repeats):
            fields = answer(sample, repeat)
            if fields is not None:
                known = {"size": Size(WIDTH, HEIGHT), "image": SeenImage(SEEN, 8)} if "error" not in fields else {}
                spent = {"prompt_tokens": 100, "generated_tokens": 10, "seconds": 0.5}
                prediction = Prediction(
                    **{
                        "key": f"{sample.id} {repeat}",
                        "sample": sample.id,
                        "repeat": repeat,
                        **known,
                        **spent,
                        **fields,
                    }
                )
                lines.append(prediction.model_dump_json(exclude_defaults=True) + "\n")
    (folder / "predictions.jsonl").write_text("".join(lines))
    manifest = {
        "benchmark": "squares",
        "title": "Squares",
        "model": model,
        "data": str(data),
        "load": {"count": count},
        "dataset": {"digest": dataset.digest, "complete": True},
        "profile": "qwen2.5-vl",
        "runs": [{"started": "2026-11-28T14:03:11+00:00"}],
        **facts,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def write_episodes(folder: Path, solved: Callable[[str, int], bool], *, journals: bool = False, **fields: Any) -> Path:
    """Write the folder of a run of two tasks, ten episodes each."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for task in ("click-tab", "login-user"):
        for seed in range(10):
            success = solved(task, seed)
            record = Record(
                **{
                    "task": task,
                    "seed": seed,
                    "model": "a-model",
                    "max_steps": 10,
                    "success": success,
                    "reward": 1.0 if success else -1.0,
                    "stop": "task_ended" if success else "step_limit",
                    "steps": 3 if success else 10,
                    "seconds": 2.0,
                    "instruction": f"do {task}",
                    **fields,
                }
            )
            lines.append(record.model_dump_json(exclude_defaults=True) + "\n")
            if journals and not success:
                meta = MetaLine(
                    time=1.0,
                    version="0",
                    task=f"do {task}",
                    policy="a-model",
                    profile=None,
                    environment="browser",
                    limits=Limits(),
                    screenshots=1,
                    settings={},
                )
                with Journal.create(folder / "journals" / f"{task}-{seed}", meta) as journal:
                    journal.stopped(StopReason.STEP_LIMIT, "")
    (folder / "episodes.jsonl").write_text("".join(lines))
    return folder
