"""The option `--adapter`: how it is written, and that commands load what it names."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from handeye.agent.cli.app import app
from handeye.agent.cli.policy import PolicySettings
from handeye.agent.policies.adapters import named_adapters, parse_adapter
from handeye.environments.errors import InvalidOption
from handeye.model import Adapter
from handeye.model.adapters.find import find_adapter
from handeye.model.errors import InvalidCheckpoint, UnknownModel
from tests.model.adapters.folders import write_adapter
from tests.model.opencua_checkpoint import write_opencua

MINIMAL = ("--device", "cpu")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model, adapters for it and for none, and an image, in which the user is."""
    monkeypatch.chdir(tmp_path)
    write_opencua(tmp_path / "opencua")
    write_adapter(tmp_path / "lora", layers=["lm_head"], base_model_name_or_path=str(tmp_path / "opencua"))
    write_adapter(tmp_path / "dora", layers=["lm_head"], use_dora=True)
    Image.new("RGB", (112, 84), "white").save(tmp_path / "a.png")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "adapter"),
    [
        ("lora", Adapter("lora", 1)),
        ("lora=0.5", Adapter("lora", 0.5)),
        ("acme/lora@v1=-2", Adapter("acme/lora@v1", -2)),
        ("r=8=0.25", Adapter("r=8", 0.25)),
        ("lora=0", Adapter("lora", 0)),
    ],
)
def test_how_it_is_written(text: str, adapter: Adapter) -> None:
    assert parse_adapter(text) == adapter
    assert parse_adapter(named_adapters([text])[0]) == adapter


@pytest.mark.parametrize("text", ["lora=", "lora=much", "=0.5", "", "lora=inf", "lora=nan"])
def test_how_it_is_not_written(text: str) -> None:
    with pytest.raises(InvalidOption, match="adapter"):
        parse_adapter(text)


def test_folders_are_found_from_any_folder(place: Path) -> None:
    (place / "r=8").mkdir()
    assert named_adapters(["lora", "lora=0.5", "r=8", "acme/lora"]) == (
        str(place / "lora"),
        f"{place / 'lora'}=0.5",
        f"{place / 'r=8'}=1.0",
        "acme/lora",
    )
    assert parse_adapter(f"{place / 'r=8'}=1") == Adapter(str(place / "r=8"), 1)


@pytest.mark.parametrize(
    "command",
    [
        ("ask", "a.png", "what is this?"),
        ("ground", "a.png", "the button"),
        ("detect", "a.png", "button"),
        ("parse", "a.png", "--max-tokens", "4"),
        ("run", "x", "--env", "android:simulated", "--max-steps", "1", "--out", "out"),
        ("doctor", "model"),
    ],
)
@pytest.mark.slow
def test_commands_load_what_it_names(command: Sequence[str], place: Path) -> None:
    done = CliRunner().invoke(app, [*command, "--model", "opencua", "--adapter", "dora", *MINIMAL])
    assert done.exit_code != 0
    if command[0] == "doctor":  # says so in its findings
        assert "use_dora is true" in done.output
        return
    assert isinstance(done.exception, InvalidCheckpoint)
    assert "use_dora is true, which is not supported" in str(done.exception)


def test_an_answer_with_an_adapter(place: Path) -> None:
    def answer(*options: str) -> str:
        done = CliRunner().invoke(app, ["ask", "a.png", "what is this?", *options, *MINIMAL])
        assert done.exit_code == 0, done.exception
        return done.output

    plain = answer("--model", "opencua")
    assert answer("--model", "opencua", "--adapter", "lora=0") == plain
    adapted = answer("--model", "opencua", "--adapter", "lora")
    assert adapted != plain
    assert answer("--model", "lora") == adapted
    with pytest.raises(UnknownModel, match="is not the folder of an adapter"):
        CliRunner().invoke(app, ["ask", "a.png", "?", "--model", "opencua", "--adapter", "x"], catch_exceptions=False)


def test_the_profile_of_an_adapter_is_its_models(place: Path) -> None:
    PolicySettings(model=str(place / "lora"), grounder=None).require()
    done = CliRunner().invoke(app, ["models", "lora"])
    assert done.exit_code == 0
    assert "opencua" in done.output


@pytest.mark.parametrize("command", [("run", "x"), ("ground", "a.png", "x"), ("parse", "a.png"), ("doctor", "model")])
def test_a_server_has_adapters_of_its_own(place: Path, command: Sequence[str]) -> None:
    done = CliRunner().invoke(app, [*command, "--server", "localhost:1", "--adapter", "lora"])
    assert isinstance(done.exception, InvalidOption)
    assert "works only with a model on this machine" in str(done.exception)


def test_an_episode_remembers_it_and_another_model_does_not(place: Path) -> None:
    policy = PolicySettings(model=str(place / "opencua"), adapters=named_adapters(["lora=0.5"]))
    assert PolicySettings.model_validate_json(policy.model_dump_json()) == policy
    assert re.search(r"opencua \+ .*lora=0\.5$", policy.label)
    assert policy.changed(model="handeye-tiny").adapters == ()
    assert policy.changed(profile="qwen").adapters == policy.adapters
    assert PolicySettings.model_validate({"model": "a/b"}).adapters == ()


@pytest.mark.parametrize("name", ["~nobody/lora", "x" * 300])
def test_a_name_that_no_folder_can_have_is_told_when_it_is_loaded(name: str) -> None:
    assert named_adapters([name]) == (name,)
    with pytest.raises(UnknownModel, match=re.escape(name[:20])):
        find_adapter(name)
