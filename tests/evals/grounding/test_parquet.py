"""ScreenSpot as a table with its images, written here as the hub's copies are."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from handeye.evals.grounding.boxes import Boxes
from handeye.evals.grounding.drawn import LAYOUTS, draw, written
from handeye.evals.grounding.screenspot import load_v1, load_v2
from handeye.evals.samples.dataset import InvalidDataset
from handeye.model.images.image import open_image

pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed: make test-all installs it")
parquet = pytest.importorskip("pyarrow.parquet")

PREFIXES = ("mobile", "pc", "web")


@pytest.fixture(autouse=True)
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the images of the tables in a folder of the test."""
    folder = tmp_path / "assets"
    folder.mkdir()
    monkeypatch.setattr("handeye.evals.grounding.parquet.assets_folder", lambda kind, digest: folder)
    return folder


def rows(folder: Path, **changed: object) -> list[dict[str, Any]]:
    """Return a row for each drawn target, with its image."""
    return [
        {
            "file_name": f"{PREFIXES[place // 4 % 3]}_{each.image}",
            "bbox": written(each, Boxes.PARTS_XYXY),
            "instruction": f"rectangle {each.number}",
            "data_type": ("text", "icon")[each.number % 2],
            "data_source": "shop",
            "image": {"bytes": (folder / each.image).read_bytes(), "path": None},
            **changed,
        }
        for place, each in enumerate(draw(folder))
    ]


def write_tables(folder: Path, found: Sequence[Mapping[str, Any]], parts: int = 2) -> None:
    (folder / "data").mkdir(parents=True)
    size = -(-len(found) // parts)
    for part in range(parts):
        table = pyarrow.Table.from_pylist(list(found[part * size : (part + 1) * size]))
        parquet.write_table(table, folder / "data" / f"test-{part:05}-of-{parts:05}.parquet")


def test_a_table_holds_what_the_official_folder_holds(tmp_path: Path, assets: Path) -> None:
    write_tables(tmp_path / "hub", rows(tmp_path / "drawn"))
    layout, _, _ = LAYOUTS["screenspot"]
    layout(tmp_path / "official", draw(tmp_path / "official" / "screenspot_imgs"), Boxes.XYWH)
    table, official = load_v1(str(tmp_path / "hub"), part=True), load_v1(str(tmp_path / "official"), part=True)
    assert "normalised-xyxy, detected over 24 rows" in str(table.facts["boxes"])
    ours = {sample.instruction: sample for sample in table.samples}
    assert len(ours) == 24
    for sample in official.samples:
        same = ours[sample.instruction]
        assert same.target is not None
        assert sample.target is not None
        for left, right in zip(same.target.bounds, sample.target.bounds, strict=True):
            assert left == pytest.approx(right, abs=1e-9)
        assert open_image(same.image).tobytes() == open_image(sample.image).tobytes()
        assert (same.groups["platform"], same.groups["type"]) == (sample.groups["platform"], sample.groups["type"])
    assert len(list(assets.iterdir())) == 6, "rows share images"


def test_images_are_written_once_and_a_cut_one_again(tmp_path: Path, assets: Path) -> None:
    write_tables(tmp_path / "hub", rows(tmp_path / "drawn"))
    load_v2(str(tmp_path / "hub"), part=True)
    first, *others = sorted(assets.iterdir())
    content, times = first.read_bytes(), [path.stat().st_mtime_ns for path in others]
    first.write_bytes(content[:10])
    again = load_v2(str(tmp_path / "hub"), part=True)
    assert first.read_bytes() == content
    assert [path.stat().st_mtime_ns for path in others] == times
    assert len(again.samples) == 24


def test_a_part_of_the_benchmark_is_not_taken_for_all_of_it(tmp_path: Path) -> None:
    write_tables(tmp_path, rows(tmp_path / "drawn"))
    with pytest.raises(InvalidDataset, match="not the whole of ScreenSpot"):
        load_v1(str(tmp_path))


def test_the_platform_is_read_from_the_name_in_the_image_or_from_a_source_that_decides(tmp_path: Path) -> None:
    found = rows(tmp_path / "drawn", file_name=None)
    for row in found[:12]:
        row["image"]["path"] = "pc_1.png"
    for row in found[12:]:
        row["data_source"] = "android"
    write_tables(tmp_path, found)
    dataset = load_v2(str(tmp_path), part=True)
    assert dataset.facts["platform"] == {"desktop": 12, "mobile": 12}
    ids = [sample.id for sample in dataset.samples]
    assert ids[0] == "desktop-1"
    assert ids[-1] == "mobile-12"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"file_name": "x.png"}, "row 1 of the parquet files does not say its platform"),
        ({"image": None}, r"test-00000-of-00002\.parquet row 1 holds no image"),
        ({"image": {"bytes": None, "path": "a.png"}}, "holds no image"),
        ({"data_type": "picture"}, "neither text nor icon"),
    ],
)
def test_rows_that_say_too_little_are_refused(changed: Mapping[str, Any], message: str, tmp_path: Path) -> None:
    write_tables(tmp_path, rows(tmp_path / "drawn", **changed))
    with pytest.raises(InvalidDataset, match=message):
        load_v2(str(tmp_path), part=True)


@pytest.mark.parametrize("kept", [0, 3, 2000])
def test_a_file_that_is_cut_off_is_named(kept: int, tmp_path: Path) -> None:
    write_tables(tmp_path, rows(tmp_path / "drawn"), parts=1)
    [file] = (tmp_path / "data").iterdir()
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(InvalidDataset, match=rf"{file.name} is damaged or cut off.*Get it again"):
        load_v1(str(tmp_path), part=True)


def test_a_full_disk_says_where_the_images_would_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tables(tmp_path / "hub", rows(tmp_path / "drawn"))
    nowhere = tmp_path / "drawn" / "0.png" / "folder"
    monkeypatch.setattr("handeye.evals.grounding.parquet.assets_folder", lambda kind, digest: nowhere)
    with pytest.raises(InvalidDataset, match="HF_ASSETS_CACHE sets another folder"):
        load_v1(str(tmp_path / "hub"), part=True)
