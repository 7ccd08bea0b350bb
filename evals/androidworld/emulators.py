"""The emulators of a run: each is used by one worker at a time, also across runs."""

import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from filelock import FileLock, Timeout

from handeye.environments.android.adb_server import require_adbutils, require_server, usual_port
from handeye.environments.android.link import AdbLink
from handeye.environments.android.listing import parse_phones
from handeye.environments.errors import InvalidOption
from handeye.evals.androidworld.errors import EmulatorMissing

_GRPC_AFTER_CONSOLE: Final = 3000
"""AndroidWorld's emulator listens for gRPC at 8554, and its console at 5554."""
_ONE: Final = re.compile(r"([0-9]{1,5})(?::([0-9]{1,5}))?")
_LARGEST_PORT: Final = 65_535


class Emulator(NamedTuple):
    """A running emulator, by the ports that it listens at."""

    console: int
    grpc: int

    @property
    def serial(self) -> str:
        """How adb lists it."""
        return f"emulator-{self.console}"


def parse_emulators(text: str) -> tuple[Emulator, ...]:
    """Return the emulators that `text` names: console ports separated by commas, as 5554,5556 or 5554:8600.

    The port for gRPC comes after a colon; without one it is 3000 above the console's. Raises `InvalidOption`.
    """
    found = []
    for part in (part.strip() for part in text.split(",")):
        match = _ONE.fullmatch(part)
        if match is None:
            raise InvalidOption(
                f"--emulators: {part!r} is no console port: give them as adb devices lists them, such as 5554,5556"
            )
        console = int(match[1])
        found.append(Emulator(console, int(match[2]) if match[2] else console + _GRPC_AFTER_CONSOLE))
    ports = [port for emulator in found for port in emulator]
    if not all(0 < port <= _LARGEST_PORT for port in ports):
        raise InvalidOption(f"--emulators: a port must be from 1 to {_LARGEST_PORT}: {text}")
    if len(set(ports)) < len(ports):
        raise InvalidOption(f"--emulators: a port is named twice: {text}")
    return tuple(found)


def require_listed(emulators: Sequence[Emulator], adb_port: int | None = None) -> None:
    """Raise `EmulatorMissing` unless adb lists one of the emulators; `adb_port` as for `AndroidEnvironment`.

    Raises `AdbFailed` and `MissingDependency` without adb.
    """
    require_adbutils()
    port = usual_port() if adb_port is None else adb_port
    require_server(port)
    listed = [phone.serial for phone in parse_phones(AdbLink(port).host("devices-l"))]
    if not any(emulator.serial in listed for emulator in emulators):
        wanted = " or ".join(emulator.serial for emulator in emulators)
        there = ", ".join(listed) or "nothing"
        raise EmulatorMissing(f"adb lists no {wanted}, but {there}: {starting(emulators[0])}")


def starting(emulator: Emulator) -> str:
    """Return how to start an emulator, in words."""
    return (
        f"start it with emulator -avd NAME -no-snapshot -port {emulator.console} -grpc {emulator.grpc}, "
        "or name a running one with --emulators"
    )


class Claim:
    """The right to use an emulator. It ends with `release`, or with this process."""

    def __init__(self, emulator: Emulator, lock: FileLock) -> None:
        self.emulator = emulator
        self._lock = lock

    def release(self) -> None:
        """Let others use it. Releasing twice is harmless."""
        self._lock.release()


def claim(emulators: Sequence[Emulator]) -> Claim:
    """Take the first emulator that no worker uses. Raises `EmulatorMissing` if there is none."""
    for emulator in emulators:
        lock = FileLock(_lock_file(emulator))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        return Claim(emulator, lock)
    names = ", ".join(emulator.serial for emulator in emulators)
    raise EmulatorMissing(
        f"every emulator is in use ({names}): each worker needs one of its own, so name as many with --emulators"
    )


def _lock_file(emulator: Emulator) -> Path:
    """Return the file that is locked while it is used: of this user, where others may have files beside it."""
    user = f"-{os.getuid()}" if sys.platform != "win32" else ""
    return Path(tempfile.gettempdir()) / f"handeye{user}-{emulator.serial}.lock"
