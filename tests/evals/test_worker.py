from functools import partial
from pathlib import Path

import pytest

from handeye.agent.policies.acting import ActingSettings
from handeye.evals.miniwob.task import MiniWob
from handeye.evals.worker import Job, Keep, WorkerSettings, load_policy, play_job


def settings(directory: Path, keep: Keep) -> WorkerSettings:
    return WorkerSettings(partial(MiniWob), "oracle", ActingSettings(device="cpu"), keep, directory)


@pytest.mark.parametrize(("keep", "kept"), [("none", []), ("failures", ["2"]), ("all", ["1", "2"])])
def test_journals_are_kept_as_asked(suite: MiniWob, tmp_path: Path, keep: Keep, kept: list[str]) -> None:
    solved = play_job(Job("click-test", 1, 10), suite, None, settings(tmp_path, keep))
    failed = play_job(Job("click-test", 2, 0), suite, None, settings(tmp_path, keep))
    assert (solved.success, failed.success) == (True, False)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"click-test-{seed}" for seed in kept]


def test_what_an_interrupted_episode_left_is_replaced(suite: MiniWob, tmp_path: Path) -> None:
    (tmp_path / "click-test-1").mkdir()
    (tmp_path / "click-test-1" / "journal.jsonl").write_text("{")
    record = play_job(Job("click-test", 1, 10), suite, None, settings(tmp_path, "all"))
    assert record.success, record
    assert (tmp_path / "click-test-1" / "verdict.json").is_file()


def test_the_oracles_need_no_model(tmp_path: Path) -> None:
    assert load_policy(settings(tmp_path, "none")) is None
