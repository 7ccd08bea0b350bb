"""The benchmark of confidence, on journals whose hits and misses are known."""

import runpy
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Click
from handeye.agent.decision import Confidence, PointConfidence, Spread
from handeye.agent.journal.line import MetaLine
from handeye.agent.journal.verdict import Verdict, write_verdict
from handeye.agent.journal.writer import Journal
from handeye.agent.limits import Limits
from handeye.agent.outcome import Outcome
from handeye.agent.step import Step

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "confidence.py"


def bench(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["confidence.py", str(folder)])
    runpy.run_path(str(SCRIPT), run_name="__main__")


def test_hits_and_misses_are_compared(
    make_step: Callable[..., Step], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A task whose hit is the surer one, and one whose hit is not; an episode of which nothing is known."""
    click = make_step(0, Outcome("executed"), actions=(Click(point=Point(1, 2)),))
    cases: list[tuple[str, bool, Confidence]] = [
        ("a", True, ((PointConfidence(0.95, Spread(0.5, 2.0)),),)),
        ("a", False, ((PointConfidence(0.2, Spread(50.0, 1.0)),),)),
        ("b", True, ((PointConfidence(0.05, Spread(40.0, 0.0)),),)),
        ("b", False, ((PointConfidence(0.4, Spread(5.0, 5.0)),),)),
        ("b", False, ()),
    ]
    for number, (task, solved, confidence) in enumerate(cases):
        meta = MetaLine(
            time=1.0, version="0", task="T", policy="p", profile=None, environment="browser", limits=Limits(),
            screenshots=1, settings={"task": task},
        )  # fmt: skip
        with Journal.create(tmp_path / str(number), meta) as journal:
            journal.decided(0, click.observation, replace(click.decision, confidence=confidence))
        write_verdict(tmp_path / str(number), Verdict(solved))
    bench(tmp_path, monkeypatch)
    rows = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == "4 clicks, 2 hits and 2 misses"
    assert {"hits 0.50 21.0", "misses 0.30 27.5", "of any task 50% 75%", "of the same task 50% 50%"} <= set(rows)
    assert {"0 to 0.1 1 100%", "0.3 to 0.6 1 0%", "from 0.9 1 100%", "1 to 3 1 100%", "from 30 2 50%"} <= set(rows)


def test_a_folder_without_confidence_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="no episode has a verdict and a point whose confidence is known"):
        bench(tmp_path, monkeypatch)
