from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from handeye.evals.cli.command import EvalCommand, Harness, add_command
from handeye.evals.cli.own_option import OwnOption
from handeye.evals.errors import UnknownTask
from handeye.evals.simulated_phone.task import SimulatedPhoneTasks

OWN = (
    OwnOption("phones", Annotated[int, typer.Option(min=1, help="How many phones.")], 2),
    OwnOption("serial", Annotated[str | None, typer.Option(help="Which phone.")]),
)


@pytest.fixture
def seen() -> list[Mapping[str, Any]]:
    return []


@pytest.fixture
def app(seen: list[Mapping[str, Any]]) -> typer.Typer:
    def harness(**own: Any) -> Harness:
        seen.append(own)

        def select(text: str, oracle: bool) -> Sequence[str]:
            raise UnknownTask(text)

        return Harness(select, lambda name: 1, SimulatedPhoneTasks, "rules")

    command = EvalCommand("own", "Help.", harness, "oracle", "all", "Tasks.", 1, 0, "Seed.", "Headed.", own=OWN)
    made = typer.Typer()
    made.callback()(lambda: None)
    add_command(made, command)
    return made


def test_the_values_of_own_options_reach_the_harness(app: typer.Typer, seen: list[Mapping[str, Any]]) -> None:
    result = CliRunner().invoke(app, ["own", "--serial", "emulator-5554", "--tasks", "x"])
    assert isinstance(result.exception, UnknownTask), result.output
    assert seen == [{"phones": 2, "serial": "emulator-5554"}]


def test_own_options_are_checked_and_explained(
    app: typer.Typer, seen: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    shown = CliRunner().invoke(app, ["own", "--help"]).output
    assert "--phones" in shown
    assert "Which phone." in shown
    assert "--model" in shown
    assert CliRunner().invoke(app, ["own", "--phones", "0"]).exit_code == 2
    assert seen == []


def test_another_evals_options_are_refused(app: typer.Typer, tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["own", "--emulator", str(tmp_path)]).exit_code == 2
