import json
import shutil
import subprocess
from pathlib import Path

import pytest

from handeye.evals.commit import commit_of
from handeye.evals.errors import UnknownTask
from handeye.evals.osworld.errors import InvalidTasks
from handeye.evals.osworld.task_file import read_task
from handeye.evals.osworld.tasks import COUNTS, read_tasks


def test_the_sets_have_their_known_sizes(checkout: Path) -> None:
    tasks = read_tasks(checkout)
    assert len(tasks.select("all")) == sum(COUNTS.values()) == 369
    assert len(tasks.select("no-google-drive")) == 361
    assert len(tasks.select("infeasible")) == 30
    assert {name: len(tasks.select(name)) for name in COUNTS} == COUNTS
    assert len(tasks.select("os, vlc")) == 41
    first = tasks.names[0]
    assert tasks.select(first) == tasks.select(first.split("/")[1]) == (first,)
    assert len(tasks.select(f"chrome,{first}")) == 46
    assert tasks.facts()["tasks"] == 369


def test_a_name_that_is_none_is_said_with_its_nearest(checkout: Path) -> None:
    tasks = read_tasks(checkout)
    with pytest.raises(UnknownTask, match="no task 'crome'"):
        tasks.select("crome")
    with pytest.raises(UnknownTask, match="no task is named"):
        tasks.select(" , ")


@pytest.fixture
def copy(checkout: Path, tmp_path: Path) -> Path:
    return shutil.copytree(checkout, tmp_path / "OSWorld")


def test_a_checkout_with_other_numbers_is_refused_unless_its_list_is_named(copy: Path) -> None:
    path = copy / "evaluation_examples" / "test_all.json"
    index = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**index, "vlc": index["vlc"][1:]}), encoding="utf-8")
    with pytest.raises(InvalidTasks, match=r"16 tasks of vlc, and OSWorld has 17.*--test-set"):
        read_tasks(copy)
    named = read_tasks(copy, Path("test_all.json"))
    assert len(named.select("all")) == 368
    path.write_text(json.dumps({**index, "more": ["00000000-1"]}), encoding="utf-8")
    with pytest.raises(InvalidTasks, match="370 tasks, and OSWorld has 369"):
        read_tasks(copy)


def test_other_numbers_of_infeasible_or_drive_tasks_are_refused(copy: Path) -> None:
    tasks = read_tasks(copy)
    path = tasks.examples / f"{tasks.names[0]}.json"
    task = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**task, "evaluator": {"func": "exact_match"}}), encoding="utf-8")
    with pytest.raises(InvalidTasks, match="29 infeasible tasks, and OSWorld has 30"):
        tasks.select("all")
    path.write_text(json.dumps({**task, "config": [{"type": "googledrive"}]}), encoding="utf-8")
    with pytest.raises(InvalidTasks, match="9 Google Drive tasks, and OSWorld has 8"):
        read_tasks(copy).select("no-google-drive")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "no list of tasks"),
        ("{", "cannot read the list"),
        ("{}", "names no task"),
        ('{"os": ["../../../../etc/passwd"]}', "which no task is called"),
        ('{"../os": ["12345678"]}', "which no task is called"),
        ('{"os": [1]}', "which no task is called"),
        ('{"os": ["12345678", "12345678"]}', "twice"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(checkout: Path, tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "list.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidTasks, match=message):
        read_tasks(checkout, path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "cannot read the task"),
        ("[]", "is no task of OSWorld"),
        ('{"id": "12345678", "instruction": " ", "evaluator": {"func": "x"}}', "is no task of OSWorld"),
        ('{"id": "12345678", "instruction": "x"}', "is no task of OSWorld"),
        ('{"id": "other", "instruction": "x", "evaluator": {"func": "x"}}', "is the task other"),
    ],
)
def test_a_file_that_is_no_task_says_why(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "os").mkdir()
    (tmp_path / "os" / "12345678.json").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidTasks, match=message):
        read_task(tmp_path, "os/12345678")


def test_what_is_no_checkout_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidTasks, match="git clone"):
        read_tasks(tmp_path)


def test_the_commit_of_a_checkout_says_whether_tasks_were_changed(copy: Path) -> None:
    assert commit_of(copy) is None
    run = ["git", "-C", str(copy), "-c", "user.name=x", "-c", "user.email=x@x"]
    try:
        subprocess.run([*run, "init", "-q"], check=True)
    except FileNotFoundError:
        pytest.skip("git is not installed")
    subprocess.run([*run, "add", "evaluation_examples"], check=True)
    subprocess.run([*run, "commit", "-q", "-m", "Tasks"], check=True)
    clean = read_tasks(copy).facts()
    assert len(clean["tasks_commit"]) == 40  # what lies beside the tasks does not matter
    with (copy / "evaluation_examples" / "test_all.json").open("a", encoding="utf-8") as file:
        file.write("\n")
    changed = read_tasks(copy).facts()
    assert changed["tasks_commit"] == clean["tasks_commit"] + "-dirty"
    assert changed["tasks_digest"] == clean["tasks_digest"], "the hash is of the tasks alone"


def test_the_real_list_has_the_known_numbers(data: Path) -> None:
    tasks = read_tasks(data / "osworld")
    assert len(tasks.names) == 369
    files = {path.relative_to(tasks.examples).with_suffix("").as_posix() for path in tasks.examples.glob("*/*.json")}
    assert len(files) == 30
    assert files <= set(tasks.names)
    read = {name: read_task(tasks.examples, name) for name in files}
    assert [name for name, task in read.items() if task.infeasible] == [
        "libreoffice_calc/2bd59342-0664-4ccb-ba87-79379096cc08"
    ]
    assert all(task.instruction for task in read.values())
