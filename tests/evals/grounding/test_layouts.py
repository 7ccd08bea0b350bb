"""What is peculiar to single benchmarks: where their images are, numbers that stand for others, their own averages."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.actions.schema import Click
from handeye.evals.grounding.benchmarks import mmbench_gui, oracle, osworld_g, ui_vision
from handeye.evals.grounding.drawn import LAYOUTS, draw
from handeye.evals.grounding.mmbench_gui import load_mmbench_gui
from handeye.evals.grounding.osworld_g import load_osworld_g
from handeye.evals.grounding.own_file import load_own_file
from handeye.evals.grounding.sample import GroundingSample
from handeye.evals.grounding.screenspot import load_pro, load_v1, load_v2
from handeye.evals.grounding.ui_vision import SPLITS, load_ui_vision
from handeye.evals.samples.benchmark import Benchmark
from handeye.evals.samples.dataset import Dataset, InvalidDataset
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.rescore import score_all
from handeye.evals.samples.scores import Scores

SIZE = (1000, 500)
MISSED = Click.model_validate({"type": "click", "point": [999, 499]})


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def image(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", SIZE).save(path)


def scored(
    benchmark: Benchmark[GroundingSample], dataset: Dataset[GroundingSample], missed: Sequence[str] = ()
) -> list[Scores]:
    """Score the right answers, but for samples that are missed."""
    predictions = [
        Prediction(key=each.id, sample=each.id, actions=(MISSED,) if each.id in missed else oracle(each))
        for each in dataset.samples
    ]
    return score_all(benchmark, dataset.samples, predictions)


def instruction(index: int, kind: str, platform: str = "os_windows", **others: Any) -> Mapping[str, Any]:
    left = 0.05 * index + 0.1
    return {
        "index": index,
        "image_path": "a.png",
        "image_size": SIZE,
        "instruction": f"thing {index}",
        "bbox": [left, 0.2, left + 0.02, 0.3],
        "data_type": "icon",
        "grounding_type": kind,
        "platform": platform,
        **others,
    }


@pytest.mark.parametrize("images", ["offline_images", "MMBench-GUI-OfflineImages/offline_images"])
def test_mmbench_gui_finds_images_by_platform(tmp_path: Path, images: str) -> None:
    image(tmp_path / images / "os_windows" / "a.png")
    write(tmp_path / "L2_annotations.json", [instruction(0, "basic")])
    (sample,) = load_mmbench_gui(str(tmp_path), part=True).samples
    assert sample.image == tmp_path / images / "os_windows" / "a.png"
    assert sample.groups == {"platform": "windows", "instruction": "basic", "type": "icon"}


def test_mmbench_guis_average_is_the_mean_of_basic_and_advanced(tmp_path: Path) -> None:
    image(tmp_path / "offline_images" / "os_windows" / "a.png")
    image(tmp_path / "offline_images" / "os_web" / "a.png")
    rows = [instruction(n, "basic") for n in range(3)]
    rows += [instruction(3, "basic", "os_web"), instruction(4, "advanced"), instruction(5, "advanced", "os_web")]
    write(tmp_path / "L2_annotations.json", rows)
    dataset = load_mmbench_gui(str(tmp_path), part=True)
    missed = [each.id for each in dataset.samples if each.groups == {**each.groups, "platform": "web"}]
    (scores,) = scored(mmbench_gui(), dataset, missed)
    assert scores.overall.rate == pytest.approx(4 / 6)
    assert scores.macro == pytest.approx((3 / 4 + 1 / 2) / 2), "not the mean of the four cells, which is 1/2"


def test_minus_one_is_the_edge_in_mmbench_gui(tmp_path: Path) -> None:
    image(tmp_path / "offline_images" / "os_windows" / "a.png")
    edge = instruction(0, "basic", bbox=[-1, 0.2, 0.1, 0.3])
    write(tmp_path / "L2_annotations.json", [edge, *(instruction(n, "basic") for n in range(1, 10))])
    target = load_mmbench_gui(str(tmp_path), part=True).samples[0].target
    assert target is not None and target.bounds == (0.0, 100.0, 100.0, 150.0)


@pytest.mark.parametrize(
    ("name", "load", "words"),
    [
        ("mmbench-gui", load_mmbench_gui, "instructions: 24 instead of 3574"),
        ("ui-vision", load_ui_vision, "basic: 8 instead of 1772; functional: 8 instead of 1772; spatial: 8 inst"),
        ("osworld-g", load_osworld_g, "bbox: 15 instead of 470; polygon: 6 instead of 40; refusal: 3 instead of 54"),
        ("screenspot-pro", load_pro, "targets: 24 instead of 1581"),
        ("screenspot", load_v1, "mobile text: 4 instead of 273"),
        ("screenspot-v2", load_v2, "web icon: 4 instead of 203"),
    ],
)
def test_a_wrong_number_is_refused_unless_a_part_is_asked_for(tmp_path: Path, name: str, load: Any, words: str) -> None:
    layout, images, conventions = LAYOUTS[name]
    layout(tmp_path, draw(tmp_path / images), conventions[0])
    with pytest.raises(InvalidDataset, match=words):
        load(str(tmp_path))
    assert load(str(tmp_path), part=True).complete is False


def test_ui_visions_number_is_the_mean_of_its_splits(tmp_path: Path) -> None:
    image(tmp_path / "images" / "a.png")
    for split, count in zip(SPLITS, (10, 5, 5), strict=True):
        rows = [
            {
                "image_path": "a.png",
                "prompt_to_evaluate": f"{split} {n}",
                "bbox": [20 * n + 30, 40, 20 * n + 20, 60] if n == 3 else [20 * n + 20, 40, 20 * n + 30, 60],
                "image_size": SIZE,
                "platform": "GIMP",
                "element_type": "Button",
            }
            for n in range(count)
        ]
        write(tmp_path / "annotations" / "element_grounding" / f"element_grounding_{split}.json", rows)
    dataset = load_ui_vision(str(tmp_path), part=True)
    (scores,) = scored(ui_vision(), dataset, [each.id for each in dataset.samples if each.groups["split"] == "basic"])
    assert (scores.overall.rate, scores.macro) == (0.5, pytest.approx(2 / 3))


def test_ui_vision_with_widths_is_found_out_although_corners_may_be_reversed(tmp_path: Path) -> None:
    image(tmp_path / "images" / "a.png")
    for split in SPLITS:
        rows = [
            {
                "image_path": "a.png",
                "prompt_to_evaluate": "x",
                "bbox": [60 + 20 * n, 50 + n, 30, 20],
                "image_size": SIZE,
            }
            for n in range(40)
        ]
        write(tmp_path / f"element_grounding_{split}.json", rows)
    dataset = load_ui_vision(str(tmp_path), part=True)
    assert "xywh" in str(dataset.facts["boxes"])
    target = dataset.samples[0].target
    assert target is not None and target.bounds == (60, 50, 90, 70)


@pytest.fixture
def osworld(tmp_path: Path) -> Path:
    """OSWorld-G as its repository has it: the files in `benchmark/`."""
    folder = tmp_path / "benchmark"
    image(folder / "images" / "a.png")
    kinds = {
        "bbox": [100, 100, 50, 20],
        "polygon": [0, 0, 40, 0, 0, 40],
        "refusal": [-1, -1, -1, -1],
    }
    rows = [
        {
            "id": f"{kind}-{index}",
            "image_path": "a.png",
            "image_size": SIZE,
            "instruction": kind,
            "box_type": kind,
            "box_coordinates": [place + index if kind == "bbox" else place for place in places],
            "GUI_types": ["Label", "Button"],
        }
        for kind, places in kinds.items()
        for index in range(2)
    ]
    write(folder / "OSWorld-G.json", rows)
    write(folder / "OSWorld-G_refined.json", [{**row, "instruction": "refined"} for row in rows])
    classes = {"text_matching": [{"id": "bbox-0"}, {"id": "bbox-1"}], "layout_understanding": ["bbox-0"]}
    write(folder / "classification_result.json", {"classified": classes})
    return tmp_path


def test_osworld_g_counts_refusals_or_leaves_them_out(osworld: Path) -> None:
    dataset = load_osworld_g(str(osworld), part=True)
    assert dataset.facts["file"] == "OSWorld-G.json"
    with_them, without = scored(osworld_g(), dataset, ["refusal-0"])
    assert (with_them.judge, without.judge) == ("with-refusals", "without-refusals")
    assert (with_them.overall.correct, with_them.overall.samples, with_them.excluded) == (5, 6, 0)
    assert (without.overall.correct, without.overall.samples, without.excluded) == (4, 4, 2)


def test_osworld_gs_categories_may_overlap(osworld: Path) -> None:
    scores = scored(osworld_g(), load_osworld_g(str(osworld), part=True), ["bbox-1"])[0]
    assert scores.groups["text_matching"]["in it"].rate == 0.5
    assert scores.groups["layout_understanding"]["in it"].rate == 1.0
    (osworld / "benchmark" / "classification_result.json").write_text('{"classified": [')
    with pytest.raises(InvalidDataset, match=r"classification_result\.json is damaged"):
        load_osworld_g(str(osworld), part=True)


def test_the_refined_file_is_named(osworld: Path) -> None:
    dataset = load_osworld_g(str(osworld / "benchmark" / "OSWorld-G_refined.json"), part=True)
    assert dataset.facts["file"] == "OSWorld-G_refined.json"
    assert {each.instruction for each in dataset.samples} == {"refined"}
    assert {each.image for each in dataset.samples} == {osworld / "benchmark" / "images" / "a.png"}


def test_a_saying_that_nothing_is_there_is_wrong_where_something_is(osworld: Path) -> None:
    dataset = load_osworld_g(str(osworld), part=True)
    refused = oracle(next(each for each in dataset.samples if each.is_refusal))
    predictions = [Prediction(key=each.id, sample=each.id, actions=refused) for each in dataset.samples]
    with_them, without = score_all(osworld_g(), dataset.samples, predictions)
    assert (with_them.overall.correct, without.overall.correct) == (2, 0)
    assert with_them.wrong_format == 0, "it could be read"


def test_a_point_is_right_within_its_radius(tmp_path: Path) -> None:
    image(tmp_path / "a.png")
    row = {"image": "a.png", "instruction": "x", "point": [100, 50], "radius": 14}
    (tmp_path / "own.jsonl").write_text(json.dumps(row) + "\n")
    (sample,) = load_own_file(str(tmp_path / "own.jsonl")).samples
    assert sample.target is not None and sample.target.bounds == (86, 36, 114, 64)
    (tmp_path / "own.jsonl").write_text(json.dumps({**row, "radius": 0}) + "\n")
    with pytest.raises(InvalidDataset, match=r"own\.jsonl row 1 has 0 as radius"):
        load_own_file(str(tmp_path / "own.jsonl"))


def test_the_archive_to_unpack_is_named(tmp_path: Path) -> None:
    layout, _, conventions = LAYOUTS["screenspot-v2"]
    layout(tmp_path, draw(tmp_path / "elsewhere"), conventions[0])
    (tmp_path / "screenspotv2_image.zip").touch()
    with pytest.raises(InvalidDataset, match=r"none of the 6 images is in .*unpack .*screenspotv2_image\.zip there"):
        load_v2(str(tmp_path), part=True)
