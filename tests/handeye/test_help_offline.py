"""The examples of the offline benchmarks, on drawn screenshots in each benchmark's own layout."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from handeye.evals.androidcontrol.drawn import write_records
from handeye.evals.grounding.drawn import LAYOUTS, draw
from handeye.evals.manifest import read_manifest
from handeye.evals.selftests.catalog import self_tests

if TYPE_CHECKING:
    from conftest import Example, Played

    Play = Callable[..., Played]

pytestmark = pytest.mark.slow


def write(name: str, folder: Path) -> None:
    """Write the files of a benchmark, a part of it."""
    layout, images, conventions = LAYOUTS[name]
    layout(folder, draw(folder / images), conventions[0])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param(
            "screenspot",
            "data",
            marks=pytest.mark.example("handeye eval screenspot data --model oracle --out runs/oracle"),
        ),
        pytest.param(
            "screenspot-v2",
            "data",
            marks=pytest.mark.example("handeye eval screenspot-v2 data --model oracle --out runs/oracle"),
        ),
        pytest.param(
            "screenspot-pro",
            "data",
            marks=pytest.mark.example("handeye eval screenspot-pro data --model oracle --out runs/oracle"),
        ),
        pytest.param(
            "osworld-g",
            "data",
            marks=pytest.mark.example("handeye eval osworld-g data --model oracle --out runs/oracle"),
        ),
        pytest.param(
            "ui-vision",
            "data",
            marks=pytest.mark.example("handeye eval ui-vision data --model oracle --out runs/oracle"),
        ),
        pytest.param(
            "mmbench-gui",
            "data",
            marks=pytest.mark.example("handeye eval mmbench-gui data --model oracle --out runs/oracle"),
        ),
        pytest.param(
            "grounding",
            ".",
            marks=pytest.mark.example("handeye eval grounding targets.jsonl --model oracle --out runs/oracle"),
        ),
    ],
)
def test_the_right_answers(name: str, data: str, example: "Example", play: "Play", tmp_path: Path) -> None:
    write(name, tmp_path / data)
    done = play([*example.words, "--part"], folder=tmp_path)
    assert done.status == 0, done.output
    assert "100.0 %" in done.output
    assert read_manifest(tmp_path / "runs/oracle")["benchmark"] == name


@pytest.mark.example("handeye eval rescore runs/screenspot-v2")
def test_judging_again(example: "Example", play: "Play", tmp_path: Path) -> None:
    write("screenspot-v2", tmp_path / "data")
    first = ["eval", "screenspot-v2", "data", "--part", "--model", "center", "--out", "runs/screenspot-v2"]
    assert play(first, folder=tmp_path).status == 0
    done = play(example.words, folder=tmp_path)
    assert done.status == 0, done.output
    assert "25.0 %" in done.output


@pytest.mark.example("handeye eval androidcontrol data --model oracle --out runs/oracle")
def test_the_right_steps(example: "Example", play: "Play", tmp_path: Path) -> None:
    write_records(tmp_path / "data")
    done = play([*example.words, "--part"], folder=tmp_path)
    assert done.status == 0, done.output
    assert "100.0 %" in done.output and "clawgui" in done.output
    assert read_manifest(tmp_path / "runs/oracle")["benchmark"] == "androidcontrol"


@pytest.mark.example("handeye eval androidcontrol data --level low --subset os-atlas -m oracle")
def test_the_steps_of_a_subset(example: "Example", play: "Play", tmp_path: Path) -> None:
    write_records(tmp_path / "data")
    (tmp_path / "data/ac_idx.txt").write_text("episode_7_screenshot_1\nepisode_8_screenshot_2\n", encoding="utf-8")
    done = play([*example.words, "--part"], folder=tmp_path)
    assert done.status == 0, done.output
    manifest = read_manifest(tmp_path / "runs/androidcontrol")
    assert manifest["dataset"]["samples"] == 2 and manifest["load"]["level"] == "low"


@pytest.mark.example("handeye eval selftest")
def test_all_self_tests(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0, done.output
    right = [line.split()[0] for line in done.output.splitlines() if line.split()[1:2] == ["right"]]
    assert right == [test.benchmark for test in self_tests("all")]


@pytest.mark.example("handeye eval selftest screenspot-v2,osworld-g")
def test_some_self_tests(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0, done.output
    assert done.output.count("oracle 24/24") == 2
