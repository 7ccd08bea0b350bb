from pathlib import Path

import pytest

from handeye.evals.androidworld.adapter import digest, partial_reward
from handeye.evals.androidworld.fake.registry import TaskRegistry
from handeye.evals.androidworld.fake.suite_utils import create_suite
from handeye.evals.androidworld.fake.tasks import PhoneNameQuestion


@pytest.mark.parametrize("reward", ["0.26", "-0.75", "-0.5"])
def test_a_reward_that_upstream_cannot_read_is_read(reward: str) -> None:
    with pytest.raises(ValueError) as raised:
        float(int(reward))
    assert partial_reward(raised.value) == float(reward)


@pytest.mark.parametrize("text", ["x", "", "1,5"])
def test_another_mistake_is_not_taken_for_a_reward(text: str) -> None:
    with pytest.raises(ValueError) as raised:
        int(text)
    assert partial_reward(raised.value) is None
    assert partial_reward(ValueError("Could not extract reward; something went wrong.")) is None


def test_the_hash_is_of_what_makes_and_judges_tasks(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "task.py").write_bytes(b"1")
    before = digest(tmp_path)
    (tmp_path / "inner" / "task_pb2.py").write_bytes(b"made by some protoc")
    (tmp_path / "inner" / "task_test.py").write_bytes(b"changes nothing")
    assert digest(tmp_path) == before
    (tmp_path / "inner" / "task.py").write_bytes(b"2")
    assert digest(tmp_path) != before


def test_instances_have_upstreams_seeds() -> None:
    """The seeds that android_world gave the first two instances of three of its tasks, at commit d9c569f, seed 30."""
    known = {
        "AudioRecorderRecordAudio": [2842804519, 1818871161],
        "MarkorCreateNote": [1448135622, 2337133809],
        "SimpleCalendarAddOneEvent": [3964731618, 3573444132],
    }
    suite = create_suite(dict.fromkeys(known, PhoneNameQuestion), n_task_combinations=2, seed=30)
    assert {name: [task.params["seed"] for task in tasks] for name, tasks in suite.items()} == known


def test_an_instance_is_the_same_without_the_other_tasks() -> None:
    tasks = TaskRegistry().get_registry("android_world")
    alone = create_suite({"PhoneNameQuestion": tasks["PhoneNameQuestion"]}, n_task_combinations=3, seed=30)
    for number, task in enumerate(create_suite(tasks, n_task_combinations=3, seed=30)["PhoneNameQuestion"]):
        assert alone["PhoneNameQuestion"][number].params == task.params
