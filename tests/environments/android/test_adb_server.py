"""An adb server of our own: it starts at once, keeps to itself, and ends with us."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from handeye.environments.android import adb_server
from handeye.environments.android.adb_server import AdbServer, adb_program, is_listening, usual_port
from handeye.environments.errors import AdbFailed


def _ask(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(b"%04x" % len(request) + request)
        return connection.recv(100)


def _servers(port: int) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if f"tcp:localhost:{port}" in process.cmdline() and "adb" in process.name():
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_a_server_answers_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adb_server.tempfile, "tempdir", str(tmp_path))
    server = AdbServer()
    with server:
        port = server.port
        assert _ask(port, b"host:version").startswith(b"OKAY")
        assert list(tmp_path.iterdir())
    assert not is_listening(port)
    assert not _servers(port)
    assert not list(tmp_path.iterdir())


def test_it_starts_again_after_it_was_closed_and_closes_twice() -> None:
    server = AdbServer()
    server.start()
    server.start()
    server.close()
    server.close()
    with pytest.raises(AdbFailed, match="start"):
        _ = server.port
    with server:
        assert is_listening(server.port)


def test_two_servers_do_not_meet() -> None:
    with AdbServer() as one, AdbServer() as other:
        assert one.port != other.port


def test_it_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import time; from handeye.environments.android.adb_server import AdbServer\n"
        "server = AdbServer(); server.start(); print(server.port, flush=True); time.sleep(600)"
    )
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        assert _servers(port)
        os.kill(process.pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while (_servers(port) or any(tmp_path.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _servers(port)
    assert not any(tmp_path.iterdir())


def test_the_usual_port_is_the_one_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANDROID_ADB_SERVER_PORT", raising=False)
    assert usual_port() == 5037
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", "6001")
    assert usual_port() == 6001
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", "none")
    for use in (usual_port, adb_program):  # before adbutils is imported, which takes a ValueError for the end
        with pytest.raises(AdbFailed, match="ANDROID_ADB_SERVER_PORT"):
            use()


def test_a_program_that_is_no_adb_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "adb"
    program.write_text("#!/bin/sh\n[ $1 = version ] && exit 0\necho 'this is no adb' >&2; exit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("ADBUTILS_ADB_PATH", str(program))
    with pytest.raises(AdbFailed, match="this is no adb"):
        AdbServer().start()
