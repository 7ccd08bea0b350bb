"""What `handeye serve` says before a model is loaded, and what it asks for then."""

import re
import socket
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handeye.actions.errors import MissingDependency
from handeye.agent.cli.app import app
from handeye.environments.errors import InvalidOption
from handeye.model.errors import CannotListen, InvalidCheckpoint, UnknownModel


def error_of(*arguments: str) -> BaseException | None:
    return CliRunner().invoke(app, ["serve", "--model", "handeye-tiny", *arguments]).exception


def test_without_its_packages_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "handeye.model.serve.listen", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    error = error_of("--port", "0")
    assert isinstance(error, MissingDependency)
    assert str(error) == 'needs uvicorn: pip install "handeye[serve]"'


def test_options_that_make_no_sense(tmp_path: Path) -> None:
    for arguments in (("--media", str(tmp_path / "none")), ("--api-key", " ")):
        assert isinstance(error_of(*arguments), InvalidOption)


def test_an_address_for_others_needs_a_key() -> None:
    assert "set a key" in str(error_of("--host", "0.0.0.0"))


def test_a_port_that_is_taken_is_known_before_the_model_is_loaded() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        error = error_of("--model", "/no/such/model", "--port", str(other.getsockname()[1]))
    assert isinstance(error, CannotListen)
    assert "choose another --port" in str(error)


def test_the_address_is_told_before_the_model_is_loaded() -> None:
    pytest.importorskip("prometheus_client")
    done = CliRunner().invoke(app, ["serve", "--model", "/no/such/model", "--port", "0"])
    assert re.match(r"http://127\.0\.0\.1:\d+/v1 answers when /no/such/model is loaded\n", done.output)
    assert isinstance(done.exception, UnknownModel | InvalidCheckpoint)


@pytest.mark.parametrize("pixels", ["0", "100"])
def test_a_limit_of_images_that_makes_no_sense(pixels: str) -> None:
    pytest.importorskip("prometheus_client")
    error = error_of("--port", "0", "--max-pixels", pixels, "--device", "cpu")
    assert isinstance(error, InvalidOption)
    assert "max_pixels" in str(error)


@pytest.mark.parametrize("given", [" open-sesame", "open-sesame\n", "\topen-sesame \r\n"])
def test_white_space_around_a_key_is_none_of_it(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes from files, and no client can send it."""
    pytest.importorskip("prometheus_client")
    from handeye.model.serve.listen import Listener

    keys: list[str | None] = []
    monkeypatch.setattr(Listener, "answer", lambda listener, ready: keys.append(listener.endpoint.key))
    done = CliRunner().invoke(
        app, ["serve", "--model", "handeye-tiny", "--port", "0", "--device", "cpu"], env={"HANDEYE_API_KEY": given}
    )
    assert done.exception is None, done.output
    assert keys == ["open-sesame"]
