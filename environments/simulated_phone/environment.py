"""A simulated phone, controlled over adb like any other."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from handeye.actions.closeable import Closeable
from handeye.actions.geometry import Size
from handeye.actions.schema import Action
from handeye.environments.android.actions import SUPPORTED
from handeye.environments.android.adb_server import AdbServer, require_adbutils
from handeye.environments.android.apps import InstalledApp
from handeye.environments.android.connect import connect
from handeye.environments.android.environment import AndroidEnvironment
from handeye.environments.android.link import AdbLink
from handeye.environments.element import Element
from handeye.environments.errors import EnvironmentLost
from handeye.environments.observation import Observation
from handeye.environments.settle import Settle
from handeye.environments.simulated_phone.alias import AdbAlias
from handeye.environments.simulated_phone.phone import SimulatedPhone

DEFAULT_SIZE: Final = Size(1080, 2400)


class SimulatedPhoneEnvironment(Closeable):
    """A simulated phone, our own adb server, and the same environment as for every phone.

    The phone is controlled only over adb; `phone` is for evaluating what was done on it.
    """

    def __init__(
        self,
        *,
        size: Size = DEFAULT_SIZE,
        density: int = 480,
        headless: bool = True,
        executable: Path | None = None,
        quirks: Sequence[str] = (),
        secrets: Mapping[str, str] | None = None,
        settle: Settle = Settle(),
    ) -> None:
        """Check the options; the phone starts with the first `reset`.

        size, density, headless, executable, quirks: see `SimulatedPhone`.
        secrets, settle: see `AndroidEnvironment`.

        Raises `InvalidOption`, `MissingDependency`, `ChromiumNotFound`.
        """
        require_adbutils()
        self.phone = SimulatedPhone(size=size, density=density, headless=headless, executable=executable, quirks=quirks)
        self._server = AdbServer()
        self._secrets = dict(secrets or {})
        self._settle = settle
        self._android: AndroidEnvironment | None = None
        self._alias: AdbAlias | None = None
        self._opening = threading.Lock()
        self._closed = False

    @property
    def name(self) -> str:
        """Always "android": it behaves like any other phone."""
        return "android"

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that `execute` carries out."""
        return SUPPORTED

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The names of the secrets that may be typed."""
        return tuple(sorted(self._secrets))

    def reset(self) -> Observation:
        """Start with a new, empty phone and return an observation; also recovers from `EnvironmentLost`.

        Raises `BrowserFailed`, `AdbFailed`.
        """
        with self._opening:
            if self._closed:
                raise EnvironmentLost("the environment is closed")
            self._server.start()
            if self.phone.running:
                self.phone.plug()
                self.phone.reset()
            else:
                self.phone.start()
            serial, port = self._listed()
            if self._android is None:
                self._android = AndroidEnvironment(serial, adb_port=port, secrets=self._secrets, settle=self._settle)
            android = self._android
        return android.reset()

    def observe(self) -> Observation:
        """Return the current screen. Raises `EnvironmentLost`."""
        return self._open().observe()

    def execute(self, action: Action) -> Observation:
        """Carry out the action, wait until the screen has settled, and return an observation.

        Raises `ActionRejected` without having done anything, and `EnvironmentLost`.
        """
        return self._open().execute(action)

    def elements(self) -> tuple[Element, ...]:
        """Return the elements on the screen, from its view tree. Raises `EnvironmentLost`."""
        return self._open().elements()

    def apps(self) -> tuple[InstalledApp, ...]:
        """Return the apps that `open_app` can open. Raises `EnvironmentLost`."""
        return self._open().apps()

    def shell(self, arguments: Sequence[str]) -> str:
        """Run a command on the phone and return its output. For harnesses; not available to actions."""
        return self._open().shell(arguments)

    def close(self) -> None:
        """End the phone and the adb server. Closing twice is harmless."""
        self._closed = True
        android, self._android = self._android, None
        if android is not None:
            android.close()
        self.phone.close()
        if self._alias is not None:
            self._alias.close()
        self._server.close()

    def _listed(self) -> tuple[str, int]:
        """Return the serial with which the phone is listed, and the port of the server that lists it."""
        address, serial = self.phone.address, self.phone.listed_as
        if serial is None:
            return address, self._server.port
        # Nobody connects to a phone with such a serial but the server that has found it.
        connect(AdbLink(self._server.port), address)
        if self._alias is None:
            self._alias = AdbAlias(self._server.port, address, serial)
        return serial, self._alias.port

    def _open(self) -> AndroidEnvironment:
        if self._android is None:
            raise EnvironmentLost(
                "the environment is closed" if self._closed else "the phone is not running yet: reset() starts it"
            )
        return self._android
