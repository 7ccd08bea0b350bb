import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from handeye.actions.schema import Terminate
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.environments.errors import InvalidOption
from handeye.evals import worker
from handeye.evals.androidworld.errors import AndroidWorldMissing
from handeye.evals.androidworld.fake.checkout import write_checkout
from handeye.evals.androidworld.fake.emulator import SimulatedEmulator
from handeye.evals.cli.app import app
from handeye.evals.errors import ResultsError, UnknownTask, WorkerFailed
from handeye.evals.pool.crew import Crew
from handeye.evals.record import Record
from handeye.evals.worker import Job

Run = Callable[..., Result]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return write_checkout(tmp_path / "android_world")


@pytest.fixture
def run(checkout: Path, tmp_path: Path) -> Run:
    """Run the command on the stand-in; `out` is the results folder."""

    def command(*words: str, **environ: str) -> Result:
        given = ["--android-world", str(checkout), "--out", str(tmp_path / "out"), *words]
        return CliRunner().invoke(app, ["androidworld", *given], env={"COLUMNS": "100", **environ})

    return command


@pytest.mark.slow
def test_mistakes_are_one_line_and_leave_nothing(run: Run, tmp_path: Path) -> None:
    for words, kind, said in (
        (["--emulators", "emulator-5554"], InvalidOption, "give them as adb devices lists them, such as 5554,5556"),
        (["--model", "oracle"], UnknownTask, "AndroidWorld's tasks have no oracles"),
        (["--tasks", "SystemBluetoothTurnOff"], UnknownTask, "did you mean SystemBluetoothTurnOn"),
        (["--python", str(tmp_path / "none")], AndroidWorldMissing, "there is no Python at"),
        (["--android-world", str(tmp_path)], AndroidWorldMissing, "is no checkout of AndroidWorld"),
    ):
        error = run(*words).exception
        assert isinstance(error, kind) and said in str(error)
        assert "\n" not in str(error)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_without_an_emulator_nothing_is_loaded_and_nothing_played(run: Run, tmp_path: Path, free_port: int) -> None:
    result = run("--emulators", "5554", ANDROID_ADB_SERVER_PORT=str(free_port))
    assert isinstance(result.exception, WorkerFailed)
    assert "adb lists no emulator-5554" in str(result.exception)
    assert "emulator -avd NAME" in str(result.exception)
    assert (tmp_path / "out" / "episodes.jsonl").read_text(encoding="utf-8") == ""


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Play in this process, by a policy that says at once that it is done."""

    def play(
        jobs: Sequence[Job], crew: Crew[Job, Record], workers: object, ready: Callable[..., None]
    ) -> Iterator[Record]:
        with crew.player() as player:
            ready(player.facts)
            yield from map(player.play, jobs)

    monkeypatch.setattr("handeye.evals.runner.run_jobs", play)
    monkeypatch.setattr(worker, "load_policy", lambda settings: ScriptedPolicy([Terminate(status="success")], name="m"))
    monkeypatch.setattr(worker, "end_on_sigterm", lambda: None)


@pytest.mark.slow
def test_a_run_has_the_scores_and_the_facts_and_is_continued_with_the_same_only(
    run: Run, here: None, tmp_path: Path
) -> None:
    with SimulatedEmulator() as emulator:
        words = ["--model", "m", "--emulators", str(emulator.emulator.console)]
        environ = {"ANDROID_ADB_SERVER_PORT": str(emulator.adb_port)}
        done = run(*words, "--tasks", "easy", **environ)
        assert done.exit_code == 0, done.output
        assert "episodes with an error count as failures" in " ".join(done.output.split())
        again = run(*words, "--tasks", "easy,PhoneNameQuestion".replace("easy", "SystemBluetoothTurnOn"), **environ)
        assert again.exit_code == 0, again.output
        other = run(*words, "--tasks", "easy", "--task-seed", "31", **environ)
    assert isinstance(other.exception, ResultsError)
    assert "task seed 30, not 31" in str(other.exception)
    out = tmp_path / "out"
    records = [json.loads(line) for line in (out / "episodes.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [record["task"] for record in records] == [
        "SystemBluetoothTurnOn",
        "SystemBrightnessMax",
        "PhoneNameQuestion",
    ], "what is there is not played again"
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["androidworld"]["all"]["scores"] == {"android_world": 0.0, "handeye": 0.0, "goal reached": 0.0}
    assert list(summary["androidworld"]["difficulty"]) == ["easy", "hard"]
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["family"], manifest["task_seed"]) == ("android_world", 30)
    assert len(manifest["android_world"]["digest"]) == 16
    about = manifest[emulator.emulator.serial]
    assert about["screen"] == [1080, 2400] and "simulated_phone" in about["build"]


@pytest.fixture
def free_port() -> Iterator[int]:
    """The port of an adb server that knows no phone, and looks for none."""
    from handeye.environments.android.adb_server import AdbServer

    with AdbServer() as server:
        yield server.port


def test_this_python_is_used_unless_another_is_named(checkout: Path) -> None:
    from handeye.evals.androidworld.place import Place

    assert Place(folder=checkout).python == sys.executable
