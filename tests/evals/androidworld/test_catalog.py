import sys
from pathlib import Path
from typing import Any

import pytest

from handeye.evals.androidworld.catalog import catalog_of, read_catalog, step_budget
from handeye.evals.androidworld.errors import AndroidWorldFailed, AndroidWorldMissing
from handeye.evals.androidworld.place import Place
from handeye.evals.errors import UnknownTask


def described(**changed: Any) -> dict[str, Any]:
    return {
        "tasks": [{"name": "A", "complexity": 1.2}, {"name": "B", "complexity": 6}],
        "metadata": [{"task_name": "A", "difficulty": "easy", "tags": [""], "optimal_steps": "6"}],
        "folder": "/nowhere/android_world",
        "commit": None,
        "digest": "0123",
        **changed,
    }


def test_the_package_says_which_tasks_there_are(checkout: Path) -> None:
    catalog = read_catalog(Place(folder=checkout), "android_world", 30)
    assert list(catalog.tasks) == sorted(catalog.tasks)
    assert catalog.tasks["TurnOffWifiAndTurnOnBluetooth"].steps == 20
    assert catalog.tasks["PhoneNameQuestion"].steps == 12
    assert catalog.tasks["PhoneNameQuestion"].tags == ("information_retrieval", "parameterized")
    assert catalog.select("easy", False) == ("SystemBluetoothTurnOn", "SystemBrightnessMax")
    assert len(catalog.select("all", False)) == 4


def test_a_step_budget_is_cut_off_as_upstream_does() -> None:
    assert [step_budget(each) for each in (1, 1.2, 1.8, 6, 3)] == [10, 12, 18, 60, 30]


def test_tags_that_are_empty_are_none() -> None:
    catalog = catalog_of(described(), "android_world", 30)
    assert catalog.tasks["A"].tags == ()
    assert catalog.tasks["B"].difficulty == ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tasks": [{"name": "A", "complexity": None}]}, "tasks.0.complexity"),
        ({"tasks": [{"name": "A", "complexity": -1}]}, "tasks.0.complexity"),
        ({"metadata": None}, "metadata"),
        ({"digest": None}, "digest"),
    ],
)
def test_what_cannot_be_understood_is_said(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(AndroidWorldFailed, match=said):
        catalog_of(described(**changed), "android_world", 30)


def test_a_task_has_to_be_there_and_no_oracle_plays_it() -> None:
    catalog = catalog_of(described(), "android_world", 30)
    with pytest.raises(UnknownTask, match="there is no task 'C'"):
        catalog.select("C", False)
    with pytest.raises(UnknownTask, match="name a model"):
        catalog.select("all", True)


def test_what_is_missing_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AndroidWorldMissing, match=r"is no checkout of AndroidWorld.*git clone"):
        read_catalog(Place(folder=tmp_path), "android_world", 30)
    with pytest.raises(AndroidWorldMissing, match=r"there is no Python at .*/none"):
        read_catalog(Place(python=str(tmp_path / "none")), "android_world", 30)
    with pytest.raises(AndroidWorldMissing, match=r"No module named 'android_world'.*--python"):
        read_catalog(Place(python=sys.executable), "android_world", 30)


def test_a_checkout_without_its_packages_is_said(tmp_path: Path) -> None:
    package = tmp_path / "android_world"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "suite_utils.py").write_text("import android_env_of_nobody\n", encoding="utf-8")
    with pytest.raises(AndroidWorldMissing, match="No module named 'android_env_of_nobody'"):
        read_catalog(Place(folder=tmp_path), "android_world", 30)
