"""A policy over a model that transformers runs: small, with random weights; its replies are written for it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click, Terminate
from handeye.agent.cli.app import app
from handeye.agent.cli.policy import PolicySettings
from handeye.agent.decision import SeenImage
from handeye.agent.history import History
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policies.engine import Engine
from handeye.agent.policies.grounder import Grounder, NotFound
from handeye.agent.policies.transformers import TransformersPolicy, UnknownScale
from handeye.agent.prompts.catalog import NotAnAgent, UnknownProfile, find_profile
from handeye.environments.errors import InvalidOption
from handeye.environments.scripted import ScriptedEnvironment
from handeye.model.others.load import load_transformers
from handeye.model.others.model import TransformersModel
from handeye.model.runtime import Generation
from tests.model.others.tiny import write_llava, write_qwen3_vl


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Qwen3-VL under the name of a release."""
    return write_qwen3_vl(tmp_path_factory.mktemp("transformers") / "UI-Venus-1.5-2B")


@pytest.fixture(scope="module")
def model(folder: Path) -> TransformersModel:
    return load_transformers(folder, device="cpu")


@pytest.fixture
def named(folder: Path) -> Callable[[str], Path]:
    """Returns that folder under another name."""

    def link(name: str) -> Path:
        other = folder.parent / name
        if not other.is_symlink():
            other.symlink_to(folder, target_is_directory=True)
        return other

    return link


def saying(monkeypatch: pytest.MonkeyPatch, *texts: str) -> None:
    """Let the model read each prompt, and say these replies instead of its own."""
    generate = TransformersModel.generate
    replies = iter(texts)

    def say(self: TransformersModel, messages: Any, **options: Any) -> Generation:
        return replace(generate(self, messages, **{**options, "max_new_tokens": 2}), text=next(replies), finish="stop")

    monkeypatch.setattr(TransformersModel, "generate", say)


def test_a_whole_episode(model: TransformersModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    template = "<think>\nIt is there.\n</think>\n<action>\n{}\n</action>\n<conclusion>\nDone.\n</conclusion>"
    saying(monkeypatch, "junk", *map(template.format, ("Click(box=(500,250))", "Finished(content='')")))
    screens = [Image.new("RGB", (320, 240), (level, level, level)) for level in (0, 90, 180)]
    policy = TransformersPolicy(model, seed=1)
    journal = tmp_path / "episode"
    episode = run_episode("Press OK.", ScriptedEnvironment(screens), policy, limits=Limits(3), journal=journal)
    assert episode.stop is StopReason.SUCCESS, episode.message
    junk, click, end = episode.steps
    assert junk.decision.problem is not None
    assert click.decision.actions == (Click(point=Point(160, 60)),)
    assert end.decision.actions == (Terminate(status="success"),)
    assert click.decision.image == SeenImage(Size(320, 256), 80)
    assert click.decision.tokens is not None
    assert click.decision.tokens.prompt > 80
    assert read_trajectory(journal).meta.profile == "ui-venus-1.5"


def test_junk_by_itself_is_a_problem(folder: Path, observe: Any) -> None:
    pieces: list[str] = []
    policy = TransformersPolicy(folder, device="cpu", max_new_tokens=5, on_text=pieces.append)
    decision = policy.decide(History("T", (), observe()))
    assert (decision.actions, decision.text) == ((), "".join(pieces))
    assert decision.problem is not None
    assert "cut off after 5 tokens" in decision.problem.reason
    assert policy.model.pixel_limits == (3136, 12_845_056)


def test_a_place_in_thousandths(model: TransformersModel, monkeypatch: pytest.MonkeyPatch) -> None:
    saying(monkeypatch, "[500,250]", "[-1,-1]")
    grounder = Grounder(model, find_profile("ui-venus-1.5"))
    assert grounder.find(Image.new("RGB", (1000, 500)), "OK").point == Point(500, 125)
    with pytest.raises(NotFound) as raised:
        grounder.find(Image.new("RGB", (1000, 500)), "OK")
    assert raised.value.absent


def test_the_template_is_told_what_the_profile_leaves_out(
    named: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, bool]] = []
    templated = TransformersModel.templated
    monkeypatch.setattr(
        TransformersModel, "templated", lambda self, options: told.append(options) or templated(self, options)
    )
    Grounder(load_transformers(named("Holo2-4B"), device="cpu"), find_profile("holo2"))
    assert told == [{"thinking": False}]


def test_what_cannot_be_prompted_is_refused(named: Callable[[str], Path], folder: Path, tmp_path: Path) -> None:
    unknown = named("my-own-model")
    with pytest.raises(UnknownProfile, match=r"a model of type qwen3_vl may write points in other units.*--profile"):
        TransformersPolicy(unknown, device="cpu")
    assert TransformersPolicy(unknown, profile="mai-ui", device="cpu").profile_id.name == "mai-ui"
    with pytest.raises(NotAnAgent):
        TransformersPolicy(named("Holo2-8B"), device="cpu")
    llava = write_llava(tmp_path / "llava")
    with pytest.raises(UnknownScale, match="give a profile with thousandths"):
        TransformersPolicy(llava, profile="qwen2.5-vl", device="cpu")
    assert TransformersPolicy(llava, profile="ui-venus-1.5", device="cpu").model.factor == 1


@pytest.mark.slow
def test_the_commands(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (64, 64)).save(tmp_path / "a.png")
    here = ["--model", str(folder), "--backend", "transformers", "--device", "cpu"]
    done = CliRunner().invoke(app, ["ask", str(tmp_path / "a.png"), "What is it?", *here])
    assert done.exit_code == 0, done.exception
    (tmp_path / "frames").mkdir()
    for number in range(2):
        Image.new("RGB", (64, 64)).save(tmp_path / f"frames/{number}.png")
    video = CliRunner().invoke(app, ["ask", "--video", str(tmp_path / "frames"), "When?", *here])
    assert isinstance(video.exception, InvalidOption)
    flash = CliRunner().invoke(app, ["ask", str(tmp_path / "a.png"), "?", *here[:3], "transformers-flash", *here[4:]])
    assert "flash-attn" in str(flash.exception)
    saying(monkeypatch, "[500,250]")
    found = CliRunner().invoke(app, ["ground", str(tmp_path / "a.png"), "the button", *here])
    assert (found.exit_code, found.output) == (0, "[32, 16]\n"), found.exception


def test_the_settings(folder: Path) -> None:
    settings = PolicySettings(model=str(folder), backend=Engine.TRANSFORMERS, device="cpu")
    assert PolicySettings.model_validate_json(settings.model_dump_json()) == settings
    assert settings.notice == ""
    assert isinstance(settings.make(), TransformersPolicy)
    assert json.loads(settings.model_dump_json())["backend"] == "transformers"
    with pytest.raises(InvalidOption, match="--backend is for a model of this machine"):
        PolicySettings(server="http://localhost:1", backend=Engine.TRANSFORMERS).require()


@pytest.mark.slow
def test_the_example_of_the_page(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[3] / "docs" / "model.md").read_text(encoding="utf-8")
    (example,) = (
        block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "load_transformers" in block
    )
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / folder.name).symlink_to(folder, target_is_directory=True)
    Image.new("RGB", (96, 64)).save(tmp_path / "screen.png")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(example, names)
    assert isinstance(names["policy"], TransformersPolicy)
    assert names["policy"].profile_id.name == "ui-venus-1.5"
