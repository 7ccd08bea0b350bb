import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handeye.actions.errors import HandeyeError
from handeye.evals.cli.app import app


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "name the interpreter that has BrowserGym: --python gym/bin/python, or HANDEYE_BROWSERGYM_PYTHON"),
        (["--python", "no/such/python"], "cannot start no/such/python"),
        (["--python", sys.executable], "-m pip install browsergym-core"),
        (["--python", sys.executable, "--chromium", "no/such/browser"], "no/such/browser, which is not a program"),
    ],
)
def test_what_is_missing_is_said_in_one_line_and_leaves_nothing(
    tmp_path: Path, words: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HANDEYE_BROWSERGYM_PYTHON", raising=False)
    result = CliRunner().invoke(app, ["browsergym", *words, "--out", str(tmp_path / "out")])
    assert isinstance(result.exception, HandeyeError), result.output
    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
    assert not (tmp_path / "out").exists()
