"""The adb server: the program between this computer and its phones, either the user's or our own."""

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
"""Where the adb server listens by default."""
_START_SECONDS = 20.0
_STOP_SECONDS = 5.0
_POLL = 0.005
_ATTEMPTS = 3
"""How many ports to try: another program may take the free one before adb does."""

_GUARD = 'exec 3<&0; { read -r line <&3; kill $$; rm -rf "$HOME"; } 2>/dev/null & exec "$@" </dev/null 3<&-'
"""Becomes adb, and ends it when its standard input is closed: by `close`, or when this process ends for any reason.
`$HOME` is the folder made for this adb."""


def adb_program() -> Path:
    """Return the adb to run: `ADBUTILS_ADB_PATH`, the one on the PATH, or the one bundled with adbutils.

    Raises `MissingDependency`, and `AdbFailed` if adbutils bundles none.
    """
    require_adbutils()
    import adbutils  # type: ignore[import-untyped]

    try:
        return Path(adbutils.adb_path())
    except adbutils.AdbError:
        raise AdbFailed("no adb program was found: install Android's platform-tools, or put adb on the PATH") from None


def require_adbutils() -> None:
    """Raise `MissingDependency` unless adbutils is installed, and `AdbFailed` for settings it cannot read."""
    if importlib.util.find_spec("adbutils") is None:
        raise MissingDependency("adbutils", "android")
    usual_port()  # adbutils reads the same variable when it is imported, and fails if it is not a number


def usual_port() -> int:
    """Return the port of the user's adb server: `ANDROID_ADB_SERVER_PORT`, else 5037."""
    given = os.environ.get("ANDROID_ADB_SERVER_PORT", "")
    if not given:
        return USUAL_PORT
    if not (given.isdecimal() and 0 < int(given) < 65_536):
        raise AdbFailed(f"ANDROID_ADB_SERVER_PORT must be a port number, not {given!r}")
    return int(given)


def require_server(port: int) -> None:
    """Start the adb server on a local port unless one answers there; it outlives this process.

    Raises `AdbFailed`, `MissingDependency`.
    """
    if is_listening(port):
        return
    command = [str(adb_program()), "-P", str(port), "start-server"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_START_SECONDS)
    except subprocess.TimeoutExpired:
        raise AdbFailed(f"the adb server did not start within {_START_SECONDS:.0f} s on port {port}") from None
    except OSError as error:
        raise AdbFailed(f"adb could not be run: {error}") from None
    if not is_listening(port):  # a nonzero status is no failure if another program has started it meanwhile
        raise AdbFailed(f"the adb server does not start on port {port}: {last_line(done.stderr)}")


def is_listening(port: int) -> bool:
    """Return whether something accepts connections on a local port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return True
    except OSError:
        return False


def last_line(output: bytes) -> str:
    """Return the last line that a program wrote, or a placeholder if it wrote none."""
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "no reason given"


class AdbServer(Closeable):
    """Our own adb server, on a free port, with its own folder for its keys.

    It takes no USB phone from the user's server and does not look for emulators: phones are connected by address.
    """

    def __init__(self) -> None:
        """Nothing runs before `start`."""
        self._port: int | None = None
        self._finalizer: weakref.finalize[..., AdbServer] | None = None

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1. Raises `AdbFailed` while it is not running."""
        if self._port is None:
            raise AdbFailed("the adb server is not running: call start() first")
        return self._port

    def start(self) -> None:
        """Start it unless it is running. Raises `AdbFailed`, `MissingDependency`."""
        if self._port is not None:
            return
        process, home, self._port = _started(adb_program())
        self._finalizer = weakref.finalize(self, _stop, process, home)

    def close(self) -> None:
        """End it and delete its keys. Closing twice is harmless; `start` starts it again."""
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
        raise AdbFailed(f"the adb server does not start: {last_line(log.read())}")


def _run(program: Path, home: Path, port: int, log: IO[bytes]) -> subprocess.Popen[bytes]:
    # "localhost" is the only local host name that adb accepts. libusb takes seconds to start and is not needed.
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
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
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
