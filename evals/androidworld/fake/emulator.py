"""The simulated phone as an emulator: adb lists it by its console port, as it lists those of the Android SDK.

An emulator that has started tells the adb server so, at port 5037, with `host:emulator:PORT`; the server then connects
to that port, and lists it as `emulator-N`, where N is the port before. Source: platform/packages/modules/adb,
`handle_host_request` in adb.cpp.
"""

import socket
import time
from contextlib import ExitStack
from typing import Final

from handeye.actions.closeable import Closeable
from handeye.environments.android.adb_server import AdbServer
from handeye.environments.android.link import AdbLink
from handeye.environments.android.listing import parse_phones
from handeye.environments.errors import PhoneNotFound
from handeye.environments.simulated_phone.phone import SimulatedPhone
from handeye.evals.androidworld.emulators import Emulator

_SECONDS: Final = 30.0
_POLL: Final = 0.2
_NO_GRPC: Final = 1
"""The stand-in does not use it."""


class SimulatedEmulator(Closeable):
    """A simulated phone, and an adb server of our own that lists it as an emulator."""

    def __init__(self, *, headless: bool = True) -> None:
        """Start both. Raises `MissingDependency`, `ChromiumNotFound`, `BrowserFailed` and `AdbFailed`."""
        with ExitStack() as stack:
            self.phone = stack.enter_context(SimulatedPhone(headless=headless))
            self._server = stack.enter_context(AdbServer())
            self._port = int(self.phone.address.rpartition(":")[2])
            self.emulator = Emulator(self._port - 1, _NO_GRPC)
            self.connect()
            self._stack = stack.pop_all()

    @property
    def adb_port(self) -> int:
        """Where the adb server listens."""
        return self._server.port

    def connect(self) -> None:
        """Let the adb server list it, also after `phone.cut()`. Raises `PhoneNotFound`."""
        self.phone.plug()
        link, server = AdbLink(self._server.port), self._server.port
        deadline = time.monotonic() + _SECONDS
        while not _lists(link, self.emulator.serial):
            if time.monotonic() > deadline:
                raise PhoneNotFound(f"the adb server does not list {self.emulator.serial}")
            _announce(server, self._port)  # again: the server may still be giving up the connection before
            time.sleep(_POLL)

    def close(self) -> None:
        """End both. Closing twice is harmless."""
        self._stack.close()


def _announce(server: int, port: int) -> None:
    """Tell the adb server of an emulator; it does not answer."""
    request = f"host:emulator:{port}".encode()
    with socket.create_connection(("127.0.0.1", server), timeout=_SECONDS) as connection:
        connection.sendall(b"%04x%b" % (len(request), request))
        connection.recv(1)


def _lists(link: AdbLink, serial: str) -> bool:
    """Return whether the adb server lists a phone as usable."""
    return any(phone.serial == serial and phone.state == "device" for phone in parse_phones(link.host("devices-l")))
