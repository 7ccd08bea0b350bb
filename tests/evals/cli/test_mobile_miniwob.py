import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handeye.evals.cli.app import app
from handeye.evals.errors import ResultsError, UnknownTask, WorkerFailed
from handeye.evals.report.published import published_for
from handeye.evals.results.episodes import results_of_episodes


@pytest.mark.slow
def test_every_score_is_labelled_as_one_of_a_proxy(tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["mobile-miniwob", "--tasks", "click-test,click-link", "--out", str(out)]
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    assert "2/2" in result.output
    assert "PROXY IN CHROMIUM, NOT ANDROID" in result.output
    assert "drag-item" in result.output
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["protocol"].startswith("PROXY IN CHROMIUM, NOT ANDROID")
    assert summary["families"]["families"]["miniwob_subset"]["mean"] == 1.0
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["left_out"], manifest["pages_as_in_android_world"]) == (["drag-item"], 66)
    results = results_of_episodes(out)
    assert results.title == "MobileMiniWob++ (proxy in Chromium, not Android)"
    assert {each.score for each in published_for(results)} == {91.4, 68.0}
    report = tmp_path / "report.html"
    assert CliRunner().invoke(app, ["report", str(out), "--out", str(report)]).exit_code == 0
    assert "proxy in Chromium, not Android" in report.read_text(encoding="utf-8")

    other = CliRunner().invoke(app, [*arguments, "--proxy", "phone"])
    assert isinstance(other.exception, ResultsError)
    assert "choose another --out" in str(other.exception)


@pytest.mark.slow
@pytest.mark.parametrize("proxy", ["chromium", "phone"])
def test_a_machine_without_a_browser_plays_nothing_rather_than_badly(tmp_path: Path, proxy: str) -> None:
    arguments = ["mobile-miniwob", "--proxy", proxy, "--tasks", "click-test", "--out", str(tmp_path)]
    result = CliRunner().invoke(app, arguments, env={"HANDEYE_CHROMIUM": str(tmp_path / "none")})
    assert isinstance(result.exception, WorkerFailed)
    assert "HANDEYE_CHROMIUM" in str(result.exception)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tasks", "clik-test"], "did you mean click-test"),
        (["--tasks", "drag-item"], "--android-world FOLDER"),
        (["--tasks", "miniwob"], "no oracle plays"),
        (["--android-world", "."], "name the root of a checkout"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(tmp_path: Path, arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(app, ["mobile-miniwob", *arguments, "--out", str(tmp_path / "out")])
    assert isinstance(result.exception, UnknownTask)
    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
    assert not (tmp_path / "out").exists()
