"""`handeye doctor` as it is called: what it prints, and how it ends."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from handeye.actions.geometry import Size
from handeye.agent.cli import doctor as cli_doctor
from handeye.agent.cli import doctor_model
from handeye.agent.cli.app import app
from handeye.agent.cli.calibrate import model_size
from handeye.agent.cli.images.marked import ImageNotSaved
from handeye.agent.prompts.catalog import UnknownProfile
from handeye.environments.doctor.examine import Topic
from handeye.environments.doctor.finding import Finding, Status, missing, ok, warning
from handeye.environments.errors import InvalidOption

PROGRAM = "apt-get install -y a-rather-long-name-of-a-package another-one and-one-more-so-that-it-is-longer-than-a-line"


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What the doctor finds in every topic, to be filled by the test."""
    findings: list[Finding] = []

    def examine(topic: Topic) -> Iterator[Finding]:
        return iter(findings)

    monkeypatch.setattr(cli_doctor, "examine", examine)
    monkeypatch.setattr(cli_doctor, "model", lambda: iter(findings))
    return findings


def test_what_works_is_said_and_ends_with_0(found: list[Finding]) -> None:
    found += [ok("Chromium", "156"), warning("fonts", "none for emoji", PROGRAM)]
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 0
    assert "works: machine, browser, desktop, desktop:xvfb, vnc, android, android:simulated, model" in done.output
    assert "needs fixing" not in done.output


def test_what_is_missing_is_said_with_its_cure_in_one_piece(found: list[Finding]) -> None:
    found += [ok("mss", "10.2.0"), missing("Xvfb", "is not installed: it is\x1b[31m the screen", PROGRAM)]
    done = CliRunner().invoke(app, ["doctor", "desktop:xvfb"])
    assert done.exit_code == 1
    assert f"→ {PROGRAM}\n" in done.output
    assert "needs fixing: desktop:xvfb" in done.output
    assert "\x1b" not in done.output


def test_json_says_the_same(found: list[Finding]) -> None:
    found += [missing("Xvfb", "is not installed", PROGRAM)]
    done = CliRunner().invoke(app, ["doctor", "vnc", "browser", "vnc", "--json"])
    assert done.exit_code == 1
    finding = {"what": "Xvfb", "status": "missing", "detail": "is not installed", "fix": PROGRAM}
    report = {"works": False, "findings": [finding]}
    assert json.loads(done.output) == {"vnc": report, "browser": report}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["doctor", "windows"], "there is no topic 'windows'"),
        (["doctor", "--scale", "2"], "--scale works only with --calibrate"),
        (["doctor", "browser", "--calibrate", "browser"], "cannot be combined with topics"),
        (["doctor", "--model", "handeye-tiny"], "handeye doctor model --model NAME"),
        (["doctor", "browser", "--server", "localhost"], "handeye doctor model --model NAME"),
        (["doctor", "model", "--profile", "gta1"], "handeye doctor model --model NAME"),
        (["doctor", "--calibrate", "browser", "--model", "handeye-tiny"], "work only where one is tried"),
        (["doctor", "--calibrate", "windows"], "there is no environment"),
        (["doctor", "--calibrate", "android", "--scale", "2"], "--scale does not work with"),
        (["doctor", "--calibrate", "desktop:xvfb", "--size", "large"], "write it like"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: list[str], problem: str) -> None:
    done = CliRunner().invoke(app, arguments)
    assert isinstance(done.exception, InvalidOption) and problem in str(done.exception)


@pytest.mark.slow
def test_the_model_in_the_package_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_doctor, "model", lambda: iter([ok("torch", "2.13.0")]))
    done = CliRunner().invoke(app, ["doctor", "model", "--model", "handeye-tiny", "--device", "cpu", "--json"])
    assert done.exit_code == 1, done.output  # it knows nothing but its pages
    report = json.loads(done.output)["model"]
    found = {finding["what"]: finding for finding in report["findings"]}
    assert [*found] == ["torch", "model", "words", "sight", "size of images", "reading", "points", "speed"]
    assert found["model"]["status"] == "warning" and "MiniWoB++" in found["model"]["detail"]
    assert (found["size of images"]["status"], found["speed"]["status"]) == ("warning", "ok")
    assert found["points"]["fix"] and not report["works"]


def test_without_what_a_model_needs_none_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_doctor, "model", lambda: iter([missing("torch", "cannot be imported", "pip install")]))
    done = CliRunner().invoke(app, ["doctor", "model", "--model", "handeye-tiny"])
    assert done.exit_code == 1 and "words" not in done.output


def test_a_server_is_tried_without_what_a_model_needs_here(serve: Any, words: Any) -> None:
    stage = serve(words.reply("red", prompt=30))
    done = CliRunner().invoke(app, ["doctor", "model", "--server", stage.url, "--profile", "gta1"])
    assert done.exit_code == 1 and "torch" not in done.output
    assert "✗ sight" in done.output and "prompted as gta1" in done.output


def test_a_profile_that_does_not_exist_is_an_error(serve: Any, words: Any) -> None:
    done = CliRunner().invoke(app, ["doctor", "model", "--server", serve(words.reply("x")).url, "--profile", "no"])
    assert isinstance(done.exception, UnknownProfile)


def test_a_picture_needs_the_name_of_one() -> None:
    done = CliRunner().invoke(app, ["doctor", "--calibrate", "browser", "--save", "clicks.txt"])
    assert isinstance(done.exception, ImageNotSaved)


@pytest.mark.slow
def test_calibrate_prints_each_click_and_the_chain(tmp_path: Path) -> None:
    save = str(tmp_path / "clicks.png")
    options = ["--scale", "1.5", "--size", "400x300", "--save", save]
    done = CliRunner().invoke(app, ["doctor", "--calibrate", "browser", *options])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("browser at scale 1.5\n")
    assert done.output.count(" 0 px") == 25 + 1
    assert "the model image of 588x448 pixels → the screenshot of 600x450 pixels" in done.output
    assert "the screenshot of 600x450 pixels → the viewport of 400x300 pixels" in done.output
    assert "25 of 25 targets hit" in done.output
    with Image.open(tmp_path / "clicks-1.5.png") as picture:
        assert picture.size == (600, 450)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["desktop:xvfb", "android:simulated"])
def test_calibrate_is_exact_everywhere(name: str, needs: Callable[..., None]) -> None:
    needs("chromium", *(["Xvfb", "openbox"] if name == "desktop:xvfb" else []))
    done = CliRunner().invoke(app, ["doctor", "--calibrate", name, "--json"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.output)
    assert (report["environment"], report["exact"], report["worst"]) == (name, True, 0)
    assert len(report["targets"]) == 25 and len(report["transforms"]) >= 2


def test_the_model_image_is_that_of_the_released_checkpoints() -> None:
    assert model_size(Size(1920, 1080)) == Size(1316, 728)
    assert model_size(Size(40, 40)) == Size(56, 56)


def torch(**known: object) -> str:
    return json.dumps({"version": "2.13.0", "cuda": "13.0", "mps": False, "gpus": [], **known})


def gpu(free: float, capability: tuple[int, int] = (9, 0)) -> dict[str, object]:
    return {"name": "H200", "free": round(free * 1e9), "total": 150_000_000_000, "capability": capability}


@pytest.mark.parametrize(
    ("said", "status", "detail"),
    [
        (torch(gpus=[gpu(140)]), Status.OK, "fits Qwen2.5-VL-3B, Qwen2.5-VL-7B, Qwen2.5-VL-32B"),
        (torch(gpus=[gpu(11)]), Status.OK, "11 of 150 GB free; fits Qwen2.5-VL-3B"),
        (torch(gpus=[gpu(4)]), Status.WARNING, "Qwen2.5-VL-3B needs"),
        (torch(gpus=[gpu(140, (7, 5))]), Status.WARNING, "too old"),
        (torch(mps=True), Status.OK, "--device mps"),
        (torch(cuda=None), Status.WARNING, "none: released models take minutes per step on the CPU"),
    ],
)
def test_gpus_are_compared_with_what_models_need(
    said: str, status: Status, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_model, "said", lambda *_: said)
    monkeypatch.setattr(doctor_model.shutil, "which", lambda _: None)
    found = {finding.what: finding for finding in doctor_model.model()}
    assert found["torch"].status is Status.OK
    assert found["GPU"].status is status and detail in found["GPU"].detail


@pytest.mark.parametrize(
    ("free", "what", "said"),
    [
        ((40, 40), "GPUs together", "80 GB free; spread over all, as --device auto does, fits .*Qwen2.5-VL-32B"),
        ((4, 4), "GPU", r"spread the model \(--device cuda:0,cuda:1,cpu\)"),
    ],
)
def test_several_gpus_are_a_way_out(
    free: tuple[int, ...], what: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_model, "said", lambda *_: torch(gpus=[gpu(each) for each in free]))
    found = {finding.what: finding for finding in doctor_model.model()}
    assert re.search(said, str(found[what]))


def test_a_torch_that_cannot_be_imported_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for answer in (None, "", "no json", "{}"):
        monkeypatch.setattr(doctor_model, "said", lambda *_, answer=answer: answer)
        found = {finding.what: finding for finding in doctor_model.model()}
        assert found["torch"].status is Status.MISSING


def test_downloaded_checkpoints_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_model, "said", lambda *_: torch())
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.delenv("HUGGINGFACE_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    found = {finding.what: finding for finding in doctor_model.model()}
    assert "no released model yet" in found["checkpoints"].detail
    snapshot = tmp_path / "hub" / "models--Qwen--Qwen2.5-VL-3B-Instruct" / "snapshots" / "1234"
    snapshot.mkdir(parents=True)
    (snapshot / "model-00001-of-00002.safetensors").touch()
    found = {finding.what: finding for finding in doctor_model.model()}
    assert found["checkpoints"].detail.startswith("Qwen2.5-VL-3B;")
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (snapshot / "model.safetensors.index.json").write_text(json.dumps(index))
    found = {finding.what: finding for finding in doctor_model.model()}
    assert "no released model yet" in found["checkpoints"].detail  # the download was interrupted
    (snapshot / "model-00002-of-00002.safetensors").touch()
    found = {finding.what: finding for finding in doctor_model.model()}
    assert found["checkpoints"].detail.startswith("Qwen2.5-VL-3B;")
