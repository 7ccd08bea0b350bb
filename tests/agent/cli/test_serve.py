"""What `handeye serve` says before a model is loaded."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handeye.actions.errors import MissingDependency
from handeye.agent.cli.app import app
from handeye.environments.errors import InvalidOption


def error_of(*arguments: str) -> BaseException | None:
    return CliRunner().invoke(app, ["serve", "--model", "handeye-tiny", *arguments]).exception


def test_without_its_packages_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("handeye.model.serve")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    error = error_of()
    assert isinstance(error, MissingDependency)
    assert str(error) == 'needs uvicorn: pip install "handeye[serve]"'


def test_options_that_make_no_sense(tmp_path: Path) -> None:
    for arguments in (("--media", str(tmp_path / "none")), ("--api-key", " ")):
        assert isinstance(error_of(*arguments), InvalidOption)


def test_an_address_for_others_needs_a_key() -> None:
    pytest.importorskip("prometheus_client")
    assert "set a key" in str(error_of("--host", "0.0.0.0"))
