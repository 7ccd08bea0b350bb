"""The published records: which steps are read, what is kept of them, and what is refused."""

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import PIL.Image
import pytest

from handeye.actions.geometry import Size
from handeye.environments.errors import InvalidOption
from handeye.evals.androidcontrol.drawn import EPISODES, NODES, STEPS, TEST, write_records
from handeye.evals.androidcontrol.loaders import shards
from handeye.evals.androidcontrol.loaders.load import load_androidcontrol
from handeye.evals.androidcontrol.records.forest import Bounds
from handeye.evals.androidcontrol.sample import StepSample
from handeye.evals.androidcontrol.subsets import FULL, UGROUND, Key, ids_of, read_ids
from handeye.evals.androidcontrol.truth import Finished, Opened, Scrolled, Tap
from handeye.evals.samples.dataset import Dataset, InvalidDataset
from handeye.evals.samples.region import Spot


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    write_records(folder)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "records"))


def load(folder: Path, **options: object) -> Dataset[StepSample]:
    return load_androidcontrol(str(folder), **{"part": True, **options})  # type: ignore[arg-type]


def test_the_steps_of_the_test_split(folder: Path) -> None:
    dataset = load(folder)
    assert [each.id for each in dataset.samples] == [f"{n}_{place}" for n in TEST for place in range(6)]
    second = dataset.samples[1]
    assert (second.goal, second.instruction, second.step) == (
        "Do what episode 7 is about",
        "Do what episode 7 is about",
        "take step 2 of 6",
    )
    assert second.truth == Tap(Spot(540, 1200)) and second.history == (Opened("Clock"),)
    assert (second.size, second.cluster) == (Size(1080, 2400), "7")
    assert second.groups == {"action": "click", "split": "IDD"}
    assert second.screen.candidates == (NODES[0].bounds, NODES[1].bounds) and second.screen.smallest == NODES[1].bounds
    assert second.screen.nearest is not None and second.screen.nearest[0] == Bounds(0, 0, 1080, 2400)
    assert second.screen.elements is not None and [each.text for each in second.screen.elements][:2] == [
        "Save",
        "Alarm",
    ]
    assert second.target is not None and second.target.bounds == (440, 1150, 640, 1250)
    assert dataset.samples[0].screen.candidates == (NODES[4].bounds,), "what is called as the app"
    assert dataset.samples[2].truth == Scrolled("down") and dataset.samples[2].screen.candidates == ()
    assert dataset.samples[6].groups["split"] == "app_unseen", "the first of two"
    assert not dataset.complete and dataset.facts["files"] == "2 files of records"


def test_the_low_level_tells_the_step(folder: Path) -> None:
    low, high = load(folder, level="low"), load(folder)
    assert low.samples[1].instruction == "take step 2 of 6" and low.digest != high.digest
    assert low.samples[1].asked != high.samples[1].asked
    assert load(folder, level="low").digest == low.digest
    assert load(folder, scroll="content").digest != high.digest


def test_screenshots_are_put_into_the_cache_once(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "elsewhere"
    samples = load(folder, cache=str(cache)).samples
    assert len(list(cache.rglob("*.png"))) == STEPS == len({each.image for each in samples})
    assert {PIL.Image.open(each.image).size for each in samples} == {(1080, 2400)}
    read: list[Path] = []
    whole = shards.read_records
    monkeypatch.setattr(shards, "read_records", lambda path, told: (read.append(path), whole(path, told))[1])
    assert load(folder, cache=str(cache)).samples == samples and read == []
    samples[0].image.unlink()
    assert load(folder, cache=str(cache)).samples == samples and [path.name[-14:] for path in read] == [
        "00000-of-00002"
    ]
    assert samples[0].image.is_file()
    read.clear()
    (cache / "android_control-00001-of-00002.jsonl").write_text("damaged")
    assert load(folder, cache=str(cache)).samples == samples and len(read) == 1
    read.clear()
    changed = folder / "android_control-00000-of-00002"
    os.utime(changed, ns=(1, 1))
    assert load(folder, cache=str(cache)).samples == samples and read == [changed]


def test_a_cache_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidDataset, match=r"cannot write to .*file/cache.*--cache"):
        load(folder, cache=str(tmp_path / "file" / "cache"))


def test_a_shard_that_is_damaged_is_named(folder: Path) -> None:
    shard = folder / "android_control-00001-of-00002"
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 0x55
    shard.write_bytes(bytes(content))
    with pytest.raises(InvalidDataset, match=r"00001-of-00002 is (damaged|cut off) .*byte \d+ .decompressed"):
        load(folder)


def test_fewer_steps_than_the_whole_are_refused(folder: Path) -> None:
    with pytest.raises(InvalidDataset, match=r"all steps of the test split: steps: 12 instead of 8444.*--part"):
        load(folder, part=False)
    (folder / "ac_idx.txt").write_text("episode_7_screenshot_1\nepisode_8_screenshot_1\n")
    with pytest.raises(InvalidDataset, match=r"the steps of OS-Atlas.*click: 1 instead of 4598"):
        load(folder, part=False, subset="os-atlas")
    assert [each.id for each in load(folder, subset="os-atlas").samples] == ["7_1", "8_1"]


def test_steps_by_a_file_of_the_user(folder: Path, tmp_path: Path) -> None:
    rows = [{"episode_id": 7, "step": 2}, {"image": "8/screenshot_6.png", "episode_id": 8, "step": 5}]
    (tmp_path / "own.json").write_text(json.dumps(rows))
    samples = load(folder, subset="uground", ids=str(tmp_path / "own.json")).samples
    assert [each.id for each in samples] == ["7_2", "8_6"]
    end = samples[1]
    assert end.truth == Finished() and len(end.history) == 6 and end.step == "", "the number of the screenshot counts"
    (tmp_path / "none.json").write_text('[{"episode_id": 70, "step": 2}]')
    with pytest.raises(InvalidDataset, match="none of the steps is in these files"):
        load(folder, ids=str(tmp_path / "none.json"))
    with pytest.raises(InvalidDataset, match=r"which steps the subset uground has .*500_steps.json.*--ids"):
        load(folder, subset="uground")


def test_all_but_the_train_split_with_the_ends_of_episodes(folder: Path) -> None:
    splits = {"train": [9], "validation": [7], "test": [8]}
    (folder / "splits.json").write_text(json.dumps(splits))
    kinds = Counter(each.groups["action"] for each in load(folder, subset="agentcpm", part=False).samples)
    assert kinds["finish"] == 2 and sum(kinds.values()) == STEPS + 2
    assert [each.cluster for each in load(folder).samples] == ["8"] * 6


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("splits.json", None, "has no splits.json"),
        ("splits.json", "[]", "is not an object of lists"),
        ("splits.json", "{", "cannot read"),
        ("splits.json", '{"train": []}', "no list of episodes as test"),
        ("splits.json", '{"test": ["7"]}', "no list of episodes as test"),
    ],
)
def test_bad_splits(folder: Path, name: str, content: str | None, problem: str) -> None:
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_text(content)
    with pytest.raises(InvalidDataset, match=problem):
        load(folder)


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        ({"level": "middle"}, "no level 'middle': give high or low"),
        ({"subset": "half"}, "no subset 'half': give full, os-atlas, ui-r1, uground, agentcpm"),
        ({"scroll": "up"}, "no convention 'up': give protocol, content, finger"),
    ],
)
def test_options_that_do_not_exist(folder: Path, option: dict[str, str], problem: str) -> None:
    with pytest.raises(InvalidOption, match=problem):
        load(folder, **option)


def test_ids_in_every_form(tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    path.write_text("episode_140_screenshot_0\n\n140/screenshot_12.png\nepisode_7-screenshot_3.png\n")
    assert read_ids(path) == [Key(140, 0), Key(140, 12), Key(7, 3)]
    for content, problem in (
        ("episode_1_screenshot_0\nepisode_1_screenshot_0\n", "names step 0 of episode 1 twice"),
        ("first\n", "line 1 of .* names no screenshot"),
        ("\n", "names no steps"),
    ):
        path.write_text(content)
        with pytest.raises(InvalidDataset, match=problem):
            read_ids(path)
    rows = tmp_path / "rows.json"
    rows.write_text('[{"a": 1}]')
    with pytest.raises(InvalidDataset, match=r"row 1 of .* has neither an image nor"):
        read_ids(rows)
    assert ids_of(FULL, None, tmp_path) is None
    (tmp_path / "500_steps.json").write_text('[{"episode_id": 1, "step": 2}]')
    assert ids_of(UGROUND, None, tmp_path) == [Key(1, 2)]
    with pytest.raises(InvalidDataset, match="cannot read"):
        read_ids(tmp_path / "nowhere.txt")


def test_a_screenshot_that_is_no_picture(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "_PNG", b"other")
    with pytest.raises(InvalidDataset, match="at step 0 that is no PNG"):
        load(folder)
    assert len(EPISODES) == 3
