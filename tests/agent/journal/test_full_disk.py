"""An episode on a disk that fills up: what could not be written down is not done."""

import json
from pathlib import Path
from typing import Any

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Terminate
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.journal.writer import JOURNAL
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.agent.resume import resume_episode

SCRIPT = [Click(point=Point(1, 1)), Click(point=Point(2, 2)), Terminate(status="success")]


def test_wherever_the_disk_is_full(room: Any, tmp_path: Path, no_file_longer_than: Any) -> None:
    run_episode("T", room(), ScriptedPolicy(SCRIPT), journal=tmp_path / "whole")
    content = (tmp_path / "whole" / JOURNAL).read_bytes()
    first = content.index(b"\n") + 1
    # Not within the first line, whose time is not always as long, nor within the last: by then the episode is over.
    for length in range(first + 32, len(content) - 200, 211):
        directory = tmp_path / str(length)
        environment = room()
        with no_file_longer_than(length):
            episode = run_episode("T", environment, ScriptedPolicy(SCRIPT), journal=directory)
        assert episode.stop is StopReason.FAILED
        assert episode.message.startswith(f"cannot write the journal in {directory}: File too large")
        assert "\n" not in episode.message
        lines = [json.loads(line) for line in (directory / JOURNAL).read_bytes().splitlines()]
        assert sum(line["kind"] == "intent" for line in lines) == len(environment.executed)
        assert lines[-1]["kind"] == "stop" or length - (directory / JOURNAL).stat().st_size < 300
        # With room on the disk again, it goes on.
        again = resume_episode(directory, room(), ScriptedPolicy(SCRIPT))
        assert again.stop is StopReason.SUCCESS
        assert read_trajectory(directory).steps == again.steps
