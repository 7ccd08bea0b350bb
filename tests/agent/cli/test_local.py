"""The options that say how a model of this machine is run: the same in every command that loads one."""

import shutil
from pathlib import Path

import pytest
import typer
from click.testing import Result
from PIL import Image
from typer.testing import CliRunner

from handeye.agent.cli.app import app as agent
from handeye.agent.cli.local import Changes, with_acting, with_other_acting
from handeye.agent.cli.policy import PolicySettings
from handeye.agent.policies.acting import ActingSettings
from handeye.agent.policies.engine import Engine
from handeye.agent.policies.transformers import UnknownScale
from handeye.environments.errors import InvalidOption
from handeye.evals.cli.app import app as evals
from handeye.model.errors import UnreadableAnswer
from tests.model.adapters.folders import write_adapter
from tests.model.others.tiny import write_qwen3_vl
from tests.model.random_checkpoint import write_checkpoint

GROUP = ("--adapter", "--backend", "--device", "--dtype")
IMAGES = (("detect", "a.png", "button"), ("detect", "a.png", "button", "--points"), ("parse", "a.png"))


def invoke(*arguments: str) -> Result:
    """Run a command; `eval` is an app of its own."""
    return CliRunner().invoke(evals, arguments[1:]) if arguments[0] == "eval" else CliRunner().invoke(agent, arguments)


def options() -> dict[str, dict[str, str | None]]:
    """Return the help of each option, by command."""
    groups = {"": typer.main.get_command(agent), "eval ": typer.main.get_command(evals)}
    return {
        f"{prefix}{name}": {
            flag: option.help for option in command.params for flag in option.opts if hasattr(option, "help")
        }
        for prefix, group in groups.items()
        for name, command in group.commands.items()  # type: ignore[attr-defined]
    }


ACTING = (
    *("run", "resume", "replay"),
    *(
        f"eval {name}"
        for name in ("androidworld", "browsergym", "miniwob", "mobile-miniwob", "osworld", "simulated-phone")
    ),
)
"""The commands whose model acts on a screen."""


def asking() -> dict[str, dict[str, str | None]]:
    """Return the help of each option of the commands with a model."""
    return {name: flags for name, flags in options().items() if "--model" in flags}


def test_every_command_with_a_model_has_them() -> None:
    assert {"run", "resume", "replay", "ask", "ground", "detect", "parse", "extract", "doctor"} < asking().keys()
    assert {"eval miniwob", "eval screenspot", "eval androidcontrol"} < asking().keys()
    group = {flag: asking()["run"][flag] for flag in GROUP}
    for name, flags in asking().items():
        assert {flag: flags.get(flag) for flag in GROUP} == group, name


def test_only_a_command_whose_model_acts_keeps_it_to_replies() -> None:
    told = {name: flags["--constrain"] for name, flags in asking().items() if "--constrain" in flags}
    assert sorted(told) == sorted(ACTING)
    for help in told.values():
        assert help is not None
        assert "Only with --backend handeye, and not with --server" in help
    assert "Not with --constrain" in (asking()["run"]["--grounder"] or "")


@pytest.mark.parametrize(
    ("given", "local", "changes"),
    [
        ([], ActingSettings(), {}),
        (["--adapter", "acme/a=0.5"], ActingSettings(adapters=("acme/a=0.5",)), {"adapters": ("acme/a=0.5",)}),
        (
            ["--backend", "transformers", "--device", "cpu"],
            ActingSettings(backend=Engine.TRANSFORMERS, device="cpu"),
            {"backend": Engine.TRANSFORMERS, "device": "cpu"},
        ),
        (["--constrain"], ActingSettings(constrain=True), {"constrain": True}),
        (["--no-constrain"], ActingSettings(), {"constrain": False}),
    ],
)
def test_what_a_command_is_given(given: list[str], local: ActingSettings, changes: Changes) -> None:
    told: list[object] = []

    @with_acting
    def fresh(*, local: ActingSettings) -> None:
        told.append(local)

    @with_other_acting
    def recorded(*, local: Changes) -> None:
        told.append(local)

    for command in (fresh, recorded):
        one = typer.Typer()
        one.command()(command)
        done = CliRunner().invoke(one, given)
        assert done.exit_code == 0, done.output
    assert told == [local, changes]


def test_an_episode_goes_on_with_others() -> None:
    before = PolicySettings(model="a/b", adapters=("c/d",), device="cpu")
    assert before.changed({"adapters": ("e/f=0.5",)}).adapters == ("e/f=0.5",)
    assert before.changed({"adapters": ("e/f",)}, model="handeye-tiny").adapters == ("e/f",)
    assert before.changed(model="handeye-tiny").adapters == ()
    other = PolicySettings(model="a/b", backend=Engine.TRANSFORMERS)
    assert other.changed(model="g/h").backend is Engine.TRANSFORMERS
    served = other.changed(server="http://localhost:1")
    assert served.backend is Engine.HANDEYE
    served.require()
    kept = PolicySettings(model="a/b", constrain=True)
    kept.require()
    assert kept.changed(model="g/h").constrain
    assert not kept.changed({"constrain": False}).constrain
    assert not kept.changed(server="http://localhost:1").constrain


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with models, an adapter and an image, in which the user is."""
    monkeypatch.chdir(tmp_path)
    template = Path(__file__).parents[2] / "model" / "qwen2_5_vl.jinja"
    shutil.copy(template, write_checkpoint(tmp_path / "qwen") / "chat_template.jinja")
    write_adapter(tmp_path / "lora", layers=["lm_head"])
    Image.new("RGB", (112, 84), "white").save("a.png")
    Path("s.json").write_text('{"type": "object", "properties": {"a": {"type": "string"}}}')
    return tmp_path


@pytest.mark.parametrize("command", [*IMAGES, ("extract", "a.png", "--schema", "s.json", "--retries", "0")])
def test_transformers_runs_a_qwen(place: Path, command: tuple[str, ...]) -> None:
    here = ("--model", "qwen", "--backend", "transformers", "--device", "cpu", "--max-tokens", "4")
    done = invoke(*command, *here)
    assert isinstance(done.exception, SystemExit | UnreadableAnswer)  # random weights find nothing
    assert done.exit_code == 1


@pytest.mark.parametrize("command", IMAGES)
def test_boxes_in_other_units_are_refused(place: Path, command: tuple[str, ...]) -> None:
    write_qwen3_vl(place / "qwen3")
    done = invoke(*command, "--model", "qwen3", "--backend", "transformers", "--device", "cpu")
    assert isinstance(done.exception, UnknownScale)
    assert "is of type qwen3_vl, whose boxes may be in other units" in str(done.exception)


@pytest.mark.slow
def test_doctor_tries_it(place: Path) -> None:
    here = ["--model", "qwen", "--backend", "transformers", "--device", "cpu"]
    done = invoke("doctor", "model", *here)
    assert "prompted as qwen" in done.output, done.exception


@pytest.mark.parametrize(
    "command",
    [
        *IMAGES,
        ("ground", "a.png", "x"),
        ("extract", "a.png", "--schema", "s.json"),
        ("run", "x"),
        ("doctor", "model"),
        ("eval", "miniwob"),
        ("eval", "screenspot", "data"),
    ],
)
@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("--server", "localhost:1", "--backend", "transformers"), "--backend is for a model of this machine"),
        (("--server", "localhost:1", "--adapter", "lora"), "--adapter works only with a model on this machine"),
        (("--model", "qwen", "--backend", "transformers", "--adapter", "lora"), "only with handeye's own engine"),
    ],
)
def test_what_makes_no_sense_is_refused(
    place: Path, command: tuple[str, ...], given: tuple[str, ...], message: str
) -> None:
    done = invoke(*command, *given)
    assert isinstance(done.exception, InvalidOption)
    assert message in str(done.exception)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("run", "x", "--backend", "transformers"), "is for a model of this machine on handeye's own engine"),
        (("run", "x", "--server", "localhost:1"), "is for a model of this machine on handeye's own engine"),
        (("run", "x", "--grounder", "qwen"), "does not work with --grounder"),
        (("eval", "miniwob", "--backend", "transformers"), "is for a model of this machine on handeye's own engine"),
    ],
)
def test_only_an_own_model_that_acts_is_kept_to_replies(place: Path, command: tuple[str, ...], message: str) -> None:
    done = invoke(*command, "--model", "qwen", "--constrain")
    assert isinstance(done.exception, InvalidOption)
    assert f"--constrain {message}" in str(done.exception)


@pytest.mark.parametrize("name", ["oracle", "center"])
def test_a_script_has_no_adapters(place: Path, name: str) -> None:
    done = invoke("eval", "screenspot", "data", "--model", name, "--adapter", "lora")
    assert isinstance(done.exception, InvalidOption)
