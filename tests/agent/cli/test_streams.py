import io
import os
import subprocess
import sys

import pytest

from handeye.agent.cli.streams import write_anything


@pytest.mark.parametrize(
    ("encoding", "written"), [("cp1252", "+ x -> é ?"), ("ascii", "+ x -> ? ?"), ("utf-8", "✓ ✗ → é 中")]
)
def test_signs_that_the_encoding_lacks_stay_apart(monkeypatch: pytest.MonkeyPatch, encoding: str, written: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    write_anything()
    stream.write("✓ ✗ → é 中")
    stream.flush()
    assert stream.buffer.getvalue().decode(encoding) == written  # type: ignore[attr-defined]


@pytest.mark.slow
def test_the_command_line_writes_to_a_pipe_of_windows() -> None:
    command = [sys.executable, "-m", "handeye", "doctor", "browser"]
    environ = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(command, env=environ, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert b" + playwright" in done.stdout
