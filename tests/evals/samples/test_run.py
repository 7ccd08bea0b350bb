import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from handeye.evals.errors import ResultsError, WorkerFailed
from handeye.evals.manifest import read_manifest
from handeye.evals.pool.run import Workers
from handeye.evals.samples.log import PREDICTIONS, read_predictions
from handeye.evals.samples.rescore import SCORES
from handeye.evals.samples.run import MOST_FAILURES, Loading, run_samples
from handeye.evals.samples.scores import Scores
from handeye.evals.samples.settings import AskSettings
from tests.evals.samples.squares import benchmark, squares

PROGRAM = """
import sys
from pathlib import Path
from rich.console import Console
from handeye.evals.pool.run import Workers
from handeye.evals.samples.run import Loading, run_samples
from handeye.evals.samples.settings import AskSettings
from tests.evals.samples.squares import benchmark, squares

if __name__ == "__main__":
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    dataset = squares(folder, 400)
    run_samples(benchmark, dataset, Loading(str(folder), {}), AskSettings(model="random"), out,
                workers=Workers(2), console=Console())
"""


def run(
    folder: Path,
    out: Path,
    model: str = "oracle",
    count: int = 12,
    workers: int = 1,
    repeats: int = 1,
    retry_errors: bool = False,
) -> tuple[list[Scores], str]:
    shown = io.StringIO()
    scores = run_samples(
        benchmark,
        squares(folder, count),
        Loading(str(folder), {}),
        AskSettings(model=model),
        out,
        workers=Workers(workers),
        console=Console(file=shown, width=100),
        repeats=repeats,
        retry_errors=retry_errors,
    )
    return scores, shown.getvalue()


def test_the_right_answers_score_everything(tmp_path: Path) -> None:
    (scores, large), shown = run(tmp_path / "images", tmp_path / "out")
    assert (scores.overall.rate, scores.overall.samples, scores.macro) == (1.0, 12, 1.0)
    assert (large.overall.samples, large.excluded) == (6, 6)
    assert "12/12" in shown and "100.0%" in shown
    kept = json.loads((tmp_path / "out" / SCORES).read_text())
    assert [Scores.model_validate(each) for each in kept["scores"]] == [scores, large]
    manifest = read_manifest(tmp_path / "out")
    assert (manifest["model"], manifest["dataset"]["samples"], manifest["dataset"]["complete"]) == ("oracle", 12, True)
    assert manifest["runs"][0]["results"] == 12
    assert {"versions", "hardware", "data", "load", "repeats", "tokens"} <= manifest.keys()


def test_the_middle_of_an_image_scores_what_is_there(tmp_path: Path) -> None:
    (scores, _), _ = run(tmp_path / "images", tmp_path / "out", "center")
    assert scores.overall.rate == 0.0 and scores.wrong_format == 0
    assert scores.groups["size"]["small"].samples == 6


@pytest.mark.slow
def test_places_at_random_are_the_same_with_any_number_of_workers(tmp_path: Path) -> None:
    one, _ = run(tmp_path / "images", tmp_path / "one", "random", 40)
    two, _ = run(tmp_path / "images", tmp_path / "two", "random", 40, workers=2)
    assert one == two
    assert 0 < one[0].overall.rate < 1
    assert one[0].overall.correct == 4, "known of this rule and these squares"


@pytest.mark.slow
def test_a_run_goes_on_where_it_was_and_asks_nothing_twice(tmp_path: Path) -> None:
    run(tmp_path / "images", tmp_path / "out", "random", 8)
    log = tmp_path / "out" / PREDICTIONS
    log.write_bytes(log.read_bytes()[:-5])  # as if the process had died while it wrote the last line
    run(tmp_path / "images", tmp_path / "out", "random", 12)
    asked = [each.sample for each in read_predictions(tmp_path / "out")]
    assert sorted(asked) == sorted(f"square-{index}" for index in range(12))
    before = log.read_bytes()
    run(tmp_path / "images", tmp_path / "out", "random", 12)
    assert log.read_bytes() == before
    assert [each["results"] for each in read_manifest(tmp_path / "out")["runs"]] == [8, 5, 0]


def test_a_folder_holds_one_model(tmp_path: Path) -> None:
    run(tmp_path / "images", tmp_path / "out", "random", 4)
    with pytest.raises(ResultsError, match="model random, not oracle: choose another --out"):
        run(tmp_path / "images", tmp_path / "out", "oracle", 4)


@pytest.mark.slow
def test_a_changed_image_is_asked_about_again(tmp_path: Path) -> None:
    run(tmp_path / "images", tmp_path / "out", "oracle", 8)
    image = tmp_path / "images" / "0.png"
    image.write_bytes(image.read_bytes() + b"\0")
    run(tmp_path / "images", tmp_path / "out", "oracle", 8)
    assert sum(1 for _ in read_predictions(tmp_path / "out")) == 12


@pytest.mark.slow
def test_a_missing_image_is_a_failure_that_counts(tmp_path: Path) -> None:
    squares(tmp_path / "images", 8)
    dataset = squares(tmp_path / "images", 8)
    (tmp_path / "images" / "1.png").unlink()
    shown = Console(file=io.StringIO())
    loading = Loading("", {})
    out, oracle = tmp_path / "out", AskSettings(model="oracle")
    (scores, _) = run_samples(benchmark, dataset, loading, oracle, out, workers=Workers(), console=shown)
    assert (scores.overall.rate, scores.errors) == (0.5, 4)
    failed = [each.error for each in read_predictions(out) if each.error is not None]
    assert len(failed) == 4 and "1.png" in failed[0]
    squares(tmp_path / "images", 8)
    (scores, _), _ = run(tmp_path / "images", out, "oracle", 8)
    assert (scores.overall.rate, scores.errors) == (1.0, 0), "another image, another key"


@pytest.mark.slow
def test_repeats_tell_how_steady_answers_are(tmp_path: Path) -> None:
    (scores, _), _ = run(tmp_path / "images", tmp_path / "out", "random", 12, repeats=3)
    assert (scores.overall.samples, scores.repeats, len(scores.pass_hat)) == (12, 3, 3)
    assert scores.flip_rate is not None and scores.flip_rate > 0
    assert scores.pass_hat[0] == pytest.approx(scores.overall.rate)
    assert scores.pass_hat[0] > scores.pass_hat[2]
    (steady, _), _ = run(tmp_path / "images", tmp_path / "oracle", "oracle", 12, repeats=2)
    assert (steady.flip_rate, steady.pass_hat) == (0.0, (1.0, 1.0))


@pytest.mark.slow
def test_a_model_that_is_gone_ends_the_run_and_can_be_asked_again(tmp_path: Path) -> None:
    dataset, out = squares(tmp_path / "images", 40), tmp_path / "out"
    settings = AskSettings(model="handeye-tiny", device="cpu")
    console = Console(file=io.StringIO())
    with pytest.raises(WorkerFailed, match=f"{MOST_FAILURES} samples in a row failed.*the server is gone"):
        run_samples(benchmark, dataset, Loading("", {}), settings, out, workers=Workers(), console=console)
    assert read_manifest(out)["prompt"] == "square 0"
    kept = list(read_predictions(out))
    assert len(kept) == MOST_FAILURES and all(each.error == "the server is gone" for each in kept)
    scores = json.loads((out / SCORES).read_text())["scores"][0]
    assert (scores["errors"], scores["missing"], scores["overall"]["rate"]) == (MOST_FAILURES, 40 - MOST_FAILURES, 0)
    with pytest.raises(WorkerFailed):
        run_samples(
            benchmark, dataset, Loading("", {}), settings, out, workers=Workers(), console=console, retry_errors=True
        )
    assert [each.attempt for each in read_predictions(out)] == [1] * MOST_FAILURES + [2] * MOST_FAILURES


@pytest.mark.slow
def test_a_full_disk_is_named_and_what_was_written_stays(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    run(tmp_path / "images", tmp_path / "out", "random", 4)
    written = (tmp_path / "out" / PREDICTIONS).stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    request.addfinalizer(partial(resource.setrlimit, resource.RLIMIT_FSIZE, limits))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written * 2, limits[1]))
    with pytest.raises(ResultsError, match=r"cannot write .*File too large"):
        run(tmp_path / "images", tmp_path / "out", "random", 40)
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    (scores, _), _ = run(tmp_path / "images", tmp_path / "out", "random", 40)
    assert (scores.overall.samples, scores.missing, scores.errors) == (40, 0, 0)


@pytest.mark.slow
def test_a_kill_at_any_moment_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for wait in (20, 150, 260):
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / "images"), str(out)]
        process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while not (out / PREDICTIONS).exists() or (out / PREDICTIONS).read_bytes().count(b"\n") < wait:
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    (scores, _), _ = run(tmp_path / "images", out, "random", 400)
    keys = [each.key for each in read_predictions(out)]
    assert len(keys) == len(set(keys)) == 400
    (alone, _), _ = run(tmp_path / "images", tmp_path / "alone", "random", 400)
    assert scores == alone
