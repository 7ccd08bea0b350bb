import json
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Click
from handeye.agent.decision import Decision
from handeye.agent.errors import InvalidTrajectory
from handeye.agent.journal.line import MetaLine, ResumedLine
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.journal.writer import JOURNAL, SCREENSHOTS, Journal
from handeye.agent.limits import Limits
from handeye.agent.outcome import Outcome, StopReason

META = MetaLine(
    time=1000.0,
    version="0",
    task="T",
    policy="p",
    profile="handeye-tiny",
    environment="e",
    limits=Limits(steps=7),
    screenshots=1,
    settings={"url": "https://example.org/"},
)
TWO = Decision("raw", "why", (Click(point=Point(1, 2)), Click(point=Point(3, 4))))


@pytest.fixture
def written(tmp_path: Path, observe: Any) -> Path:
    """Two steps: a batch of two actions, then one that is denied; then the end."""
    with Journal.create(tmp_path, META) as journal:
        journal.decided(0, observe(1, url="https://example.org/a"), TWO)
        for number in range(2):
            journal.intends(0, number)
            journal.happened(0, number, Outcome("executed", observation=observe(2 + number), seconds=0.5))
        journal.decided(1, observe(3), TWO)
        journal.happened(1, 0, Outcome("denied", "no", stop=StopReason.DENIED))
        journal.stopped(StopReason.DENIED, "denied: no")
    return tmp_path


def lines(directory: Path) -> list[bytes]:
    return (directory / JOURNAL).read_bytes().splitlines(keepends=True)


def test_it_comes_back_as_it_was(written: Path, observe: Any) -> None:
    trajectory = read_trajectory(written)
    assert (trajectory.task, trajectory.meta, trajectory.limits) == ("T", META, Limits(steps=7))
    assert (trajectory.stop, trajectory.message, trajectory.torn) == (StopReason.DENIED, "denied: no", False)
    first, second = trajectory.steps
    assert first.observation == observe(1, url="https://example.org/a")
    assert first.decision == second.decision == TWO
    assert [outcome.observation for outcome in first.outcomes] == [observe(2), observe(3)]
    assert second.outcomes == (Outcome("denied", "no", stop=StopReason.DENIED),)
    assert trajectory.last_observation == observe(3)


def test_a_journal_cut_off_anywhere_can_be_read(written: Path) -> None:
    content = (written / JOURNAL).read_bytes()
    meta = len(lines(written)[0])
    ends = {*range(meta, len(content), 29), *(at + 1 for at in range(meta - 1, len(content) - 1) if content[at] == 10)}
    for end in sorted(ends):
        (written / JOURNAL).write_bytes(content[:end])
        trajectory = read_trajectory(written)
        assert trajectory.torn == (content[end - 1 : end] != b"\n")
        whole = content[:end].count(b"\n")
        assert trajectory.stop is None
        assert [len(step.outcomes) for step in trajectory.steps] == [[], [0], [1], [1], [2], [2], [2, 0], [2, 1]][
            whole - 1
        ]
    (written / JOURNAL).write_bytes(content[: meta - 1])
    with pytest.raises(InvalidTrajectory, match="is empty"):
        read_trajectory(written)


def test_an_intent_without_an_outcome_is_unknown(written: Path) -> None:
    (written / JOURNAL).write_bytes(b"".join(lines(written)[:5]))
    (step,) = read_trajectory(written).steps
    assert [outcome.status for outcome in step.outcomes] == ["executed", "unknown"]


def test_time_between_processes_does_not_count(tmp_path: Path) -> None:
    texts = [
        {**META.model_dump(mode="json"), "time": 1000.0},
        {"kind": "stop", "time": 1004.0, "reason": "interrupted", "message": ""},
        {**ResumedLine(time=5000.0, version="0", policy="p", limits=Limits(steps=9)).model_dump(mode="json")},
        {"kind": "stop", "time": 5003.0, "reason": "step_limit", "message": ""},
    ]
    (tmp_path / JOURNAL).write_text("".join(json.dumps(text) + "\n" for text in texts))
    trajectory = read_trajectory(tmp_path)
    assert trajectory.seconds == 7.0
    assert trajectory.limits == Limits(steps=9)
    assert trajectory.stop is StopReason.STEP_LIMIT
    assert trajectory.last_observation is None


def test_a_folder_without_a_journal(tmp_path: Path) -> None:
    with pytest.raises(InvalidTrajectory, match="holds no journal"):
        read_trajectory(tmp_path)
    with pytest.raises(InvalidTrajectory, match="holds no journal"):
        read_trajectory(tmp_path / "missing")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\x89PNG\n", "not a line of JSON"),
        (b"\x00" * 100 + b"\n", "not a line of JSON"),
        (b"[" * 100_000 + b"\n", "not a line of JSON"),
        (b"[]\n", "not a journal of handeye"),
        (b'{"schema_version": "1"}\n', "not a journal of handeye"),
        (b'{"schema_version": 5, "kind": "meta"}\n', "newer handeye: its schema_version is 5"),
        (b'{"schema_version": 1, "kind": "meta"}\n', ":1 is not a line of a journal: meta.time: Field required"),
    ],
)
def test_what_is_no_journal_is_refused_in_one_line(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / JOURNAL).write_bytes(content)
    with pytest.raises(InvalidTrajectory) as caught:
        read_trajectory(tmp_path)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ([1], "has no schema_version"),
        ([0, 0], ":2 .*no other, must be the meta line"),
        ([0, 2], ":2 .*action 0 of step 0 is not the next one"),
        ([0, 6], ":2 .*step 1 follows 0 steps"),
        ([0, 1, 1], ":3 .*step 0 follows 1 steps"),
        ([0, 1, 5], ":3 .*action 1 of step 0 is not the next one"),
        ([0, 8, 1], ":3 .*the episode had already ended"),
    ],
)
def test_lines_out_of_place_are_refused(written: Path, order: list[int], reason: str) -> None:
    content = lines(written)
    (written / JOURNAL).write_bytes(b"".join(content[index] for index in order))
    with pytest.raises(InvalidTrajectory, match=reason):
        read_trajectory(written)


def test_impossible_limits_are_refused(written: Path) -> None:
    content = (written / JOURNAL).read_bytes()
    (written / JOURNAL).write_bytes(content.replace(b'"steps": 7', b'"steps": -7', 1))
    with pytest.raises(InvalidTrajectory, match=":1 is not a line of a journal: the limit steps is -7"):
        read_trajectory(written)


def test_a_missing_or_changed_screenshot_is_named(written: Path) -> None:
    path = sorted((written / SCREENSHOTS).iterdir())[0]
    content = path.read_bytes()
    path.write_bytes(content + b"x")
    with pytest.raises(InvalidTrajectory, match=f"damaged: .*{path.name}"):
        read_trajectory(written)
    path.unlink()
    with pytest.raises(InvalidTrajectory, match=f"missing: .*{path.name}"):
        read_trajectory(written)
