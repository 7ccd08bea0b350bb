"""A run over drawn records, read again: rescore, report, compare, doctor."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handeye.evals.androidcontrol.drawn import write_records
from handeye.evals.androidcontrol.selftest import SELF_TESTS
from handeye.evals.cli.app import app
from handeye.evals.manifest import read_manifest
from handeye.evals.results.find import open_results


def run(*words: str) -> str:
    done = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("androidcontrol")
    write_records(folder)
    return folder


def answer(data: Path, out: Path, *more: str) -> str:
    return run("androidcontrol", str(data), "--part", "--model", "oracle", "--out", str(out), *more)


def rows(output: str, names: Sequence[str]) -> dict[str, list[str]]:
    """The cells of the table's rows that begin with names."""
    found = (re.split(r"\s{2,}", line.strip()) for line in output.splitlines())
    return {cells[0]: cells[1:] for cells in found if cells[0] in names}


@pytest.mark.slow
def test_all_judges_judge_side_by_side(data: Path, tmp_path: Path) -> None:
    output = answer(data, tmp_path)
    judges = ("qwen", "strict", "osatlas", "agentcpm", "clawgui", "uground", "ui-r1")
    table = rows(output, judges)
    assert list(table) == list(judges)
    assert {name: cells[0] for name, cells in table.items()} == {
        **dict.fromkeys(judges, "12"),
        "agentcpm": "11",
        "ui-r1": "10",
    }
    assert table["qwen"][1].startswith("100.0 %") and table["clawgui"][1].startswith("75.0 %")
    assert "Reallm-Labs/InfiGUI-R1" in output and "protocol: each judge's own" in output
    scores = json.loads((tmp_path / "scores.json").read_text())["scores"]
    assert [each["judge"] for each in scores] == list(judges)
    assert scores[0]["parts"]["type"]["rate"] == 1.0 and scores[0]["parts"]["grounding"]["samples"] == 4
    assert scores[0]["groups"]["split"]["IDD"]["samples"] == 6
    manifest = read_manifest(tmp_path)
    assert manifest["load"] == {
        "level": "high",
        "subset": "full",
        "scroll": "protocol",
        "ids": None,
        "cache": None,
        "part": True,
    }
    assert manifest["dataset"]["facts"]["scroll"].startswith("protocol: ") and not manifest["dataset"]["complete"]


@pytest.mark.slow
def test_results_are_read_again(data: Path, tmp_path: Path) -> None:
    answer(data, tmp_path / "high")
    answer(data, tmp_path / "low", "--level", "low", "--scroll", "content")
    again = run("rescore", str(tmp_path / "high"))
    assert "100.0 %" in again and "75.0 %" in again
    opened = open_results(tmp_path / "low", judge="agentcpm")
    assert opened.results.judge == "agentcpm" and len(opened.results.judges) == 7
    assert opened.results.labels == "scroll direction" and opened.results.confusion == {
        "down": {"down": 1},
        "left": {"left": 1},
        "up": {"up": 1},
    }
    page = tmp_path / "page.html"
    run("report", str(tmp_path / "high"), "--out", str(page), "--judge", "clawgui")
    text = page.read_text("utf-8")
    for said in ("AndroidControl", "clawgui", "Beside published numbers", "high, judge qwen", "scroll direction"):
        assert said in text
    assert "agentcpm" in run("compare", str(tmp_path / "high"), str(tmp_path / "high"), "--judge", "agentcpm")


@pytest.mark.slow
def test_the_doctor_notices_a_flip(data: Path, tmp_path: Path) -> None:
    answer(data, tmp_path, "--repeats", "3")
    done = CliRunner().invoke(app, ["doctor", str(tmp_path), "--judge", "agentcpm"], env={"COLUMNS": "200"})
    assert "of 9 directions, 0 as meant, 9 the opposite" in done.output.replace("\n", " "), done.output
    assert done.exit_code == 1
    well = CliRunner().invoke(app, ["doctor", str(tmp_path), "--judge", "qwen"], env={"COLUMNS": "200"})
    assert "of 9 directions, 9 as meant, 0 the opposite" in well.output.replace("\n", " ")


def test_the_self_test_passes(tmp_path: Path) -> None:
    assert SELF_TESTS[0].run(tmp_path).startswith("oracle 12/12 with each of 7 judges")
