"""A simulated phone, a real adb server of its own, and the real adb and adbutils to drive it with."""

import asyncio
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest

from handeye.actions.geometry import Size
from handeye.environments.android.adb_server import AdbServer, adb_program
from handeye.environments.simulated_phone.commands.table import COMMANDS, find_command
from handeye.environments.simulated_phone.device import Device
from handeye.environments.simulated_phone.files import Files
from handeye.environments.simulated_phone.phone import SimulatedPhone
from handeye.environments.simulated_phone.screen.display import Display
from handeye.environments.simulated_phone.shell.pipe import Bytes, Collected
from handeye.environments.simulated_phone.shell.run import Shell


class Ran(NamedTuple):
    """What a program wrote, and its status."""

    out: bytes
    err: bytes
    status: int

    @property
    def text(self) -> str:
        return self.out.decode()


class Adb:
    """The real adb program, at a server of its own."""

    def __init__(self, server: AdbServer) -> None:
        self.server = server
        self._environ = {**os.environ, "ANDROID_ADB_SERVER_PORT": str(server.port)}

    def __call__(self, *words: str | Path, stdin: bytes = b"", serial: str | None = None) -> Ran:
        command = [adb_program(), *(() if serial is None else ("-s", serial)), *words]
        done = subprocess.run(command, input=stdin, capture_output=True, env=self._environ, timeout=120)
        return Ran(done.stdout, done.stderr, done.returncode)

    def start(self, *words: str, serial: str) -> subprocess.Popen[bytes]:
        """Start adb with pipes on both sides."""
        command = [str(adb_program()), "-s", serial, *words]
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environ,
            bufsize=0,
        )

    def connect(self, address: str) -> None:
        """Connect, and wait until the phone is there."""
        self("connect", address)
        wait_for(lambda: self("get-state", serial=address).out == b"device\n")

    def device(self, serial: str) -> Any:
        """Return adbutils' idea of a phone."""
        import adbutils

        return adbutils.AdbClient(host="127.0.0.1", port=self.server.port).device(serial)


def kill_chromium(kind: str | None) -> None:
    """Kill the processes of a kind, such as "renderer", of our Chromiums; None is the browser itself."""
    killed = 0
    for process in psutil.Process().children(recursive=True):
        try:
            command = " ".join(process.cmdline())
            if "chrom" in process.name() and (f"--type={kind}" in command if kind else "--type=" not in command):
                process.kill()
                killed += 1
        except psutil.NoSuchProcess:  # or one that has ended and is not collected yet
            continue
    assert killed


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def eventually() -> Callable[..., None]:
    return wait_for


@pytest.fixture(scope="session")
def crash() -> Callable[[str | None], None]:
    return kill_chromium


@pytest.fixture(scope="session")
def adb() -> Iterator[Adb]:
    with AdbServer() as server:
        yield Adb(server)


@pytest.fixture(scope="module")
def shared_phone(adb: Adb) -> Iterator[SimulatedPhone]:
    with SimulatedPhone() as phone:
        adb.connect(phone.address)
        yield phone
        adb("disconnect", phone.address)


@pytest.fixture
def phone(shared_phone: SimulatedPhone, adb: Adb) -> SimulatedPhone:
    """The module's phone, as good as new, and connected: a busy computer may have lost it meanwhile."""
    shared_phone.reset()
    adb.connect(shared_phone.address)
    return shared_phone


Run = Callable[..., Ran]


@pytest.fixture
def sh(phone: SimulatedPhone, adb: Adb) -> Run:
    """Runs a script in the phone's shell, over adb."""

    def sh(script: str, stdin: bytes = b"") -> Ran:
        return adb("shell", script, stdin=stdin, serial=phone.address)

    return sh


@pytest.fixture
def local_sh() -> Run:
    """Runs a script in a shell of a phone whose screen has not been started."""
    display = Display("", Path(), headless=True, lost=lambda: None)
    device = Device(display, Files(display, tuple(COMMANDS)), Size(1080, 2400), 480, "test")

    def local_sh(script: str, stdin: bytes = b"") -> Ran:
        out, err = Collected(), Collected()
        status = asyncio.run(Shell(device, find_command).run(script, Bytes(stdin), out, err))
        return Ran(out.data, err.data, status)

    return local_sh
