"""adb's server: the program between this computer and its phones, the user's own or one of ours."""

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
import weakref
from pathlib import Path
from typing import IO, Self

from handeye.actions.closeable import Closeable
from handeye.actions.errors import MissingDependency
from handeye.environments.errors import AdbFailed

USUAL_PORT = 5037
"""Where adb's server listens when nothing else is said."""
_START_SECONDS = 20.0
_STOP_SECONDS = 5.0
_POLL = 0.005
_ATTEMPTS = 3
"""How often a port is looked for: another program may take the free one before adb does."""

_GUARD = 'exec 3<&0; { read -r line <&3; kill $$; rm -rf "$HOME"; } 2>/dev/null & exec "$@" </dev/null 3<&-'
"""Becomes adb, and ends it when its standard input is closed: by `close`, and by the end of this process, however it
comes. `$HOME` is the folder that was made for this adb."""


def adb_program() -> Path:
    """Return the adb to run: `ADBUTILS_ADB_PATH`, the one on the PATH, or the one that adbutils brings along.

    Raises `MissingDependency`, and `AdbFailed` where adbutils brings none.
    """
    require_adbutils()
    import adbutils  # type: ignore[import-untyped]

    try:
        return Path(adbutils.adb_path())
    except adbutils.AdbError:
        raise AdbFailed("no adb program is found: install Android's platform-tools, or put adb on the PATH") from None


def require_adbutils() -> None:
    """Raise `MissingDependency` unless adbutils is installed, and `AdbFailed` for settings that it cannot read."""
    if importlib.util.find_spec("adbutils") is None:
        raise MissingDependency("adbutils", "android")
    usual_port()  # adbutils reads the same variable when it is imported, and breaks at what is no number


def usual_port() -> int:
    """Return where the user's own adb server listens: `ANDROID_ADB_SERVER_PORT`, else 5037."""
    given = os.environ.get("ANDROID_ADB_SERVER_PORT", "")
    if not given:
        return USUAL_PORT
    if not (given.isdecimal() and 0 < int(given) < 65_536):
        raise AdbFailed(f"ANDROID_ADB_SERVER_PORT must be a port's number, not {given!r}")
    return int(given)


def require_server(port: int) -> None:
    """Start adb's server on `port` of this computer unless one answers there; it goes on after this process.

    Raises `AdbFailed`, `MissingDependency`.
    """
    if is_listening(port):
        return
    command = [str(adb_program()), "-P", str(port), "start-server"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_START_SECONDS)
    except subprocess.TimeoutExpired:
        raise AdbFailed(f"adb's server does not start within {_START_SECONDS:.0f} s on port {port}") from None
    except OSError as error:
        raise AdbFailed(f"adb does not run: {error}") from None
    if done.returncode != 0 or not is_listening(port):
        raise AdbFailed(f"adb's server does not start on port {port}: {last_line(done.stderr)}")


def is_listening(port: int) -> bool:
    """Return whether something accepts connections on a port of this computer."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return True
    except OSError:
        return False


def last_line(output: bytes) -> str:
    """Return the last line that a program wrote, or a word for none."""
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "it does not say why"


class AdbServer(Closeable):
    """An adb server of our own, on a free port, with a folder of its own for its keys.

    It takes no phone on USB from the user's server and looks for no emulators: phones are connected to it by address.
    """

    def __init__(self) -> None:
        """Nothing runs before `start`."""
        self._port: int | None = None
        self._finalizer: weakref.finalize[..., AdbServer] | None = None

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1. Raises `AdbFailed` while it does not run."""
        if self._port is None:
            raise AdbFailed("the adb server does not run: start() it first")
        return self._port

    def start(self) -> None:
        """Start it, unless it runs. Raises `AdbFailed`, `MissingDependency`."""
        if self._port is not None:
            return
        process, home, self._port = _started(adb_program())
        self._finalizer = weakref.finalize(self, _stop, process, home)

    def close(self) -> None:
        """End it, and forget its keys. Closing twice does nothing more; `start` starts it afresh."""
        if self._finalizer is not None:
            self._finalizer()
        self._finalizer = self._port = None

    def __enter__(self) -> Self:
        self.start()
        return self


def _started(program: Path) -> tuple[subprocess.Popen[bytes], Path, int]:
    with tempfile.TemporaryFile() as log:
        for _ in range(_ATTEMPTS):
            home = Path(tempfile.mkdtemp(prefix="handeye-adb-"))
            port = _free_port()
            process = _run(program, home, port, log)
            deadline = time.monotonic() + _START_SECONDS
            while process.poll() is None and time.monotonic() < deadline:
                if is_listening(port):
                    return process, home, port
                time.sleep(_POLL)
            _stop(process, home)
        log.seek(0)
        raise AdbFailed(f"adb's server does not start: {last_line(log.read())}")


def _run(program: Path, home: Path, port: int, log: IO[bytes]) -> subprocess.Popen[bytes]:
    # "localhost" is the only host of this computer that adb accepts. libusb takes seconds to start, and is not needed.
    command = [str(program), "-L", f"tcp:localhost:{port}", "server", "nodaemon"]
    quiet = {"ADB_LIBUSB": "0", "ADB_USB": "0", "ADB_EMU": "0", "ADB_MDNS": "0"}
    environ = {**os.environ, **quiet, "HOME": str(home), "TMPDIR": str(home)}
    environ.pop("ADB_SERVER_SOCKET", None)
    if os.name == "posix":
        command = ["/bin/sh", "-c", _GUARD, "sh", *command]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        env=environ,
        start_new_session=True,  # Ctrl-C is for us; we end it
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop(process: subprocess.Popen[bytes], home: Path) -> None:
    if process.stdin is not None:
        process.stdin.close()  # the guard ends adb
    if os.name != "posix":
        process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    shutil.rmtree(home, ignore_errors=True)
