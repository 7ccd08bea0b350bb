"""Bad files are refused by name, and what is in a file is what comes out."""

import json
from pathlib import Path

import pytest

from handeye.evals.grounding.drawn import LAYOUTS, draw
from handeye.evals.grounding.registry import GROUNDING
from handeye.evals.grounding.screenspot import load_v2
from handeye.evals.grounding.selftest import SELF_TESTS
from handeye.evals.samples.dataset import InvalidDataset
from handeye.evals.selftests.check import SelfTest

BY_NAME = {each.name: each for each in GROUNDING}


@pytest.mark.parametrize("test", SELF_TESTS, ids=lambda test: test.benchmark)
def test_the_self_test_passes(test: SelfTest, tmp_path: Path) -> None:
    assert "oracle 24/24, center 6/24" in test.run(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write, images, conventions = LAYOUTS["screenspot-v2"]
    write(tmp_path, draw(tmp_path / images), conventions[0])
    return tmp_path


def change(folder: Path, index: int, **fields: object) -> None:
    path = folder / "screenspot_web_v2.json"
    rows = json.loads(path.read_text())
    rows[index] |= fields
    path.write_text(json.dumps(rows))


def test_a_truncated_file_is_named(folder: Path) -> None:
    path = folder / "screenspot_mobile_v2.json"
    path.write_text(path.read_text()[:-40])
    with pytest.raises(InvalidDataset, match=r"screenspot_mobile_v2\.json is damaged or cut off"):
        load_v2(str(folder), part=True)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"bbox": [1, 2, 3]}, "row 2 has .* not 4 numbers"),
        ({"bbox": ["1", 2, 3, 4]}, "row 2 has .* not 4 numbers"),
        ({"bbox": None}, "row 2 has no bbox"),
        ({"instruction": " "}, "row 2 has no text as instruction"),
        ({"data_type": "button"}, "type 'button', which is neither text nor icon"),
        ({"img_filename": "../../secret.png"}, "outside of the dataset's folder"),
    ],
)
def test_a_bad_row_is_named(folder: Path, fields: dict[str, object], problem: str) -> None:
    change(folder, 1, **fields)
    with pytest.raises(InvalidDataset, match=problem):
        load_v2(str(folder), part=True)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "screenspot_web_v2.json").unlink()
    with pytest.raises(InvalidDataset, match=r"has no screenspot_web_v2\.json: give the benchmark's official folder"):
        load_v2(str(folder))
    assert len(load_v2(str(folder), part=True).samples) == 16
    with pytest.raises(InvalidDataset, match="there is no folder nowhere"):
        load_v2("nowhere")


def test_ids_that_appear_twice_are_refused(tmp_path: Path) -> None:
    write, images, conventions = LAYOUTS["screenspot-pro"]
    write(tmp_path, draw(tmp_path / images), conventions[0])
    (first, second) = sorted((tmp_path / "annotations").glob("*.json"))
    second.write_text(first.read_text())
    with pytest.raises(InvalidDataset, match="two samples have the id 'blender_windows_4'"):
        BY_NAME["screenspot-pro"].load(str(tmp_path), {"part": True})


def test_a_limit_takes_samples_from_all_over(folder: Path) -> None:
    whole = BY_NAME["screenspot-v2"].load(str(folder), {"part": True})
    some = BY_NAME["screenspot-v2"].load(str(folder), {"part": True, "limit": 6})
    assert len(some.samples) == 6 and some.digest != whole.digest
    assert {each.groups["platform"] for each in some.samples} == {"mobile", "desktop", "web"}


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    draw(tmp_path)
    lines = [
        {"image": "0.png", "instruction": "a", "polygon": [[0, 0], [50, 0], [0, 50]], "groups": {"app": "mail"}},
        {"image": "0.png", "instruction": "b", "refusal": True, "id": "none"},
    ]
    (tmp_path / "own.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    first, second = BY_NAME["grounding"].load(str(tmp_path / "own.jsonl"), {}).samples
    assert first.groups == {"app": "mail"} and first.target is not None and not first.target.contains(40, 40)
    assert second.is_refusal and second.id == "none"
    (tmp_path / "own.jsonl").write_text('{"image": "0.png", "instruction": "a", "polygon": [[0, 0], [1]]}\n')
    with pytest.raises(InvalidDataset, match="polygon that is no list of three or more"):
        BY_NAME["grounding"].load(str(tmp_path / "own.jsonl"), {})
