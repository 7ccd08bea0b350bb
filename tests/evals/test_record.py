from pathlib import Path

import pytest

from handeye.evals.errors import ResultsError
from handeye.evals.record import EPISODES, EpisodeLog, Record


def record(seed: int, model: str = "oracle", max_steps: int = 10) -> Record:
    return Record(task="click-tab", seed=seed, model=model, max_steps=max_steps, success=True, reward=1.0)


def test_records_come_back(tmp_path: Path) -> None:
    with EpisodeLog(tmp_path / "new" / "folder") as log:
        log.append(record(0))
        log.append(record(1))
    with EpisodeLog(tmp_path / "new" / "folder") as log:
        assert log.records == [record(0), record(1)]


def test_a_torn_last_line_is_cut_off(tmp_path: Path) -> None:
    with EpisodeLog(tmp_path) as log:
        log.append(record(0))
        log.append(record(1))
    path = tmp_path / EPISODES
    path.write_bytes(path.read_bytes()[:-7])
    with EpisodeLog(tmp_path) as log:
        assert log.records == [record(0)]
        log.append(record(2))
    with EpisodeLog(tmp_path) as log:
        assert log.records == [record(0), record(2)]


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    with EpisodeLog(tmp_path), pytest.raises(ResultsError, match="being written by another run"):
        EpisodeLog(tmp_path)
    EpisodeLog(tmp_path).close()


def test_any_other_damage_is_named(tmp_path: Path) -> None:
    (tmp_path / EPISODES).write_text('{"task": "click-tab"}\n')
    for _ in range(2):  # the first one leaves no lock behind
        with pytest.raises(ResultsError, match="line 1 is not an episode"):
            EpisodeLog(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ResultsError, match="cannot use"):
        EpisodeLog(tmp_path / "file")


def test_runs_are_not_mixed(tmp_path: Path) -> None:
    with EpisodeLog(tmp_path) as log:
        log.append(record(0))
        log.require("oracle", None)
        log.require("oracle", 10)
        with pytest.raises(ResultsError, match="holds episodes of oracle, not of handeye-tiny"):
            log.require("handeye-tiny", None)
        with pytest.raises(ResultsError, match="up to 10 steps, not 20"):
            log.require("oracle", 20)
