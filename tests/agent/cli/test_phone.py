"""`handeye phone`, as a person starts and ends it."""

import os
import re
import signal
import subprocess
import sys
from socket import create_server

import psutil
import pytest

from handeye.environments.android.adb_server import AdbServer, adb_program


def start(*options: str) -> subprocess.Popen[str]:
    environ = {**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "120"}
    return subprocess.Popen(
        [sys.executable, "-m", "handeye", "phone", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environ,
    )


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_it_lives_until_it_is_told_to_end(number: int, status: int) -> None:
    with start("--port", "0", "--size", "720x1280", "--density", "320") as program:
        assert program.stdout is not None
        seen = ""
        while "press Ctrl-C to stop it" not in seen:
            line = program.stdout.readline()
            assert line, seen
            seen += line
        address = re.search(r"connect (127\.0\.0\.1:\d+)", seen)
        assert address is not None and f"--env android:{address[1]}" in seen
        with AdbServer() as server:
            adb = [str(adb_program()), "-P", str(server.port)]
            subprocess.run([*adb, "connect", address[1]], capture_output=True, timeout=120)
            size = subprocess.run([*adb, "shell", "wm size"], capture_output=True, timeout=120)
            assert size.stdout == b"Physical size: 720x1280\n"
        children = psutil.Process(program.pid).children(recursive=True)
        assert any("chrom" in child.name() for child in children)
        program.send_signal(number)
        assert program.wait(120) == status
        _, alive = psutil.wait_procs(children, timeout=60)
        assert not alive


@pytest.mark.slow
def test_a_port_that_is_taken_is_said() -> None:
    with create_server(("127.0.0.1", 0)) as taken, start("--port", str(taken.getsockname()[1])) as program:
        output, _ = program.communicate(timeout=120)
        assert program.returncode == 2
        assert f"port {taken.getsockname()[1]} cannot be used: Address already in use; choose another, or 0" in output


@pytest.mark.slow
def test_quirks_are_listed_and_others_refused() -> None:
    with start("--quirk", "list") as program:
        output, _ = program.communicate(timeout=120)
        assert program.returncode == 0
        assert "foldable-closed: a foldable, folded" in output
        assert "samsung-clear: a key combination does nothing" in output
    with start("--quirk", "samsung-clear,nosuch", "--quirk", "foldable-closed") as program:
        output, _ = program.communicate(timeout=120)
        assert program.returncode == 2
        assert "no quirk is named 'nosuch'; there are: " in output and "foldable-closed" in output


@pytest.mark.slow
def test_it_asks_at_a_terminal_only() -> None:
    with start("--ask") as program:
        output, _ = program.communicate(timeout=120)
        assert program.returncode == 2
        assert "--ask needs a terminal to ask in" in output
