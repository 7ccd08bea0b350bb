"""The benchmarks' own files: complete annotations of ScreenSpot and ScreenSpot-v2, and ten real images."""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import PIL.Image
import pytest

from handeye.evals.grounding.benchmarks import oracle, screenspot, screenspot_v2
from handeye.evals.grounding.boxes import Boxes
from handeye.evals.grounding.sample import GroundingSample
from handeye.evals.grounding.screenspot import V1_COUNTS, V2_COUNTS, load_v2, read_screenspot
from handeye.evals.samples.dataset import Dataset, InvalidDataset
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.rescore import score_all
from handeye.evals.samples.scores import Scores


def answered(dataset: Dataset[GroundingSample], benchmark: Callable = screenspot_v2) -> Scores:  # type: ignore[type-arg]
    """Score the right answers."""
    predictions = [Prediction(key=each.id, sample=each.id, actions=oracle(each)) for each in dataset.samples]
    return score_all(benchmark(), dataset.samples, predictions)[0]


def v2(data: Path) -> dict[str, list[dict]]:  # type: ignore[type-arg]
    return {path.name: json.loads(path.read_text()) for path in sorted((data / "screenspot_v2").glob("*.json"))}


def rewritten(rows: list[dict], boxes: Boxes) -> list[dict]:  # type: ignore[type-arg]
    """The rows, which have corners, in another convention."""
    found = []
    for row in rows:
        left, top, right, bottom = row["bbox"]
        width, height = row["img_size"] if boxes.is_parts else (1, 1)
        far = [right - left, bottom - top] if "xywh" in boxes else [right, bottom]
        numbers = [left / width, top / height, far[0] / width, far[1] / height]
        found.append({**row, "bbox": numbers})
    return found


@pytest.mark.slow
def test_all_of_v2_is_there_and_its_corners_are_found_out(data: Path) -> None:
    dataset = read_screenspot(data / "screenspot_v2", "_v2", V2_COUNTS, annotations_only=True)
    assert len(dataset.samples) == 1272 and dataset.complete
    assert str(dataset.facts["boxes"]).startswith("left, top, right, bottom, in pixels (xyxy, detected over 1272")
    counts = Counter(each.groups["platform"] for each in dataset.samples)
    assert counts == {"mobile": 501, "desktop": 334, "web": 437}
    scores = answered(dataset)
    assert (scores.overall.rate, scores.macro, scores.overall.samples) == (1.0, 1.0, 1272)
    assert {name: rate.samples for name, rate in scores.cells.items()} == {
        name.replace(" ", " / "): count for name, count in V2_COUNTS.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("boxes", Boxes)
def test_v2_scores_the_same_in_every_convention(data: Path, tmp_path: Path, boxes: Boxes) -> None:
    for name, rows in v2(data).items():
        (tmp_path / name).write_text(json.dumps(rewritten(rows, boxes)))
    dataset = read_screenspot(tmp_path, "_v2", V2_COUNTS, annotations_only=True)
    assert boxes.value in str(dataset.facts["boxes"])
    assert answered(dataset).overall.rate == 1.0
    official = read_screenspot(data / "screenspot_v2", "_v2", V2_COUNTS, annotations_only=True)
    for ours, theirs in zip(dataset.samples, official.samples, strict=True):
        assert ours.target is not None and theirs.target is not None
        assert ours.target.bounds == pytest.approx(theirs.target.bounds, abs=1e-6)


def test_a_v2_file_with_some_rows_in_another_convention_is_refused(data: Path, tmp_path: Path) -> None:
    for name, rows in v2(data).items():
        others = rewritten(rows, Boxes.XYWH)
        mixed = [others[index] if index % 9 == 0 else row for index, row in enumerate(rows)]
        (tmp_path / name).write_text(json.dumps(mixed))
    with pytest.raises(InvalidDataset, match="not all written in one way"):
        read_screenspot(tmp_path, "_v2", V2_COUNTS, annotations_only=True)
    with pytest.raises(InvalidDataset, match="--boxes out"):
        read_screenspot(data / "screenspot_v2", "_v2", V2_COUNTS, boxes="xywh", annotations_only=True)


@pytest.mark.slow
def test_all_of_v1_is_there(data: Path, tmp_path: Path) -> None:
    lines = (data / "screenspot_v1" / "screenspot_v1_with_descriptions.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    for platform in ("mobile", "desktop", "web"):
        own = [row for row in rows if row["platform"] == platform]
        (tmp_path / f"screenspot_{platform}.json").write_text(json.dumps(own))
    dataset = read_screenspot(tmp_path, "", V1_COUNTS, annotations_only=True)
    assert "xywh, detected over 1272 rows" in str(dataset.facts["boxes"])
    assert len({each.cluster for each in dataset.samples}) == 610
    assert answered(dataset, screenspot).overall.rate == 1.0
    with pytest.raises(InvalidDataset, match=r"mobile text: 273 instead of 290.*Use the complete files, or --part"):
        read_screenspot(tmp_path, "", V2_COUNTS, annotations_only=True)


def test_the_real_images_are_read_as_a_part(data: Path, tmp_path: Path) -> None:
    dataset = load_v2(str(data / "screenspot_v2_sample"), part=True)
    assert (len(dataset.samples), dataset.complete) == (28, False)
    assert "xywh" in str(dataset.facts["boxes"]) and "missing images" not in dataset.facts
    with pytest.raises(InvalidDataset, match="not the whole of ScreenSpot-v2"):
        load_v2(str(data / "screenspot_v2_sample"))
    copied = tmp_path / "copied"
    shutil.copytree(data / "screenspot_v2_sample", copied)
    (next((copied / "screenspotv2_image").glob("*.png"))).unlink()
    assert load_v2(str(copied), part=True).facts["missing images"] == 1
    shutil.rmtree(copied / "screenspotv2_image")
    with pytest.raises(InvalidDataset, match="none of the 10 images is in"):
        load_v2(str(copied), part=True)


def test_the_boxes_of_the_real_images_lie_on_them(data: Path) -> None:
    for sample in load_v2(str(data / "screenspot_v2_sample"), part=True).samples:
        assert sample.target is not None
        left, top, right, bottom = sample.target.bounds
        width, height = PIL.Image.open(sample.image).size
        assert 0 <= left < right <= width and 0 <= top < bottom <= height
