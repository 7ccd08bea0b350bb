"""An Android phone, seen and controlled in pixels over adb."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from handeye.actions.closeable import Closeable
from handeye.actions.schema import Action
from handeye.environments.android.actions import SUPPORTED
from handeye.environments.android.adb_server import require_adbutils, usual_port
from handeye.environments.android.apps import InstalledApp
from handeye.environments.android.connect import connect
from handeye.environments.android.keyboard import keyboard_apk
from handeye.environments.android.link import AdbLink
from handeye.environments.android.session import AndroidOptions, AndroidSession
from handeye.environments.android.shell import command
from handeye.environments.element import Element
from handeye.environments.errors import AdbFailed, EnvironmentLost
from handeye.environments.observation import Observation
from handeye.environments.owner_thread import finalizer
from handeye.environments.secrets import Secrets
from handeye.environments.settle import Settle
from handeye.environments.supported import require_supported

T = TypeVar("T")

_CLOSE_SECONDS = 10.0


class AndroidEnvironment(Closeable):
    """A phone connected by USB or network.

    May be used from any thread; calls are serialized, and `close` may be called at any time. The phone belongs to its
    owner: `reset` connects and observes, and changes nothing on the screen.
    """

    def __init__(
        self,
        serial: str | None = None,
        *,
        adb_port: int | None = None,
        secrets: Mapping[str, str] | None = None,
        settle: Settle = Settle(),
        install_keyboard: bool = False,
        verify_typing: bool = True,
    ) -> None:
        """Check the options; the first `reset` connects to the phone.

        serial: which phone, as `adb devices` lists it, or the host:port of one on the network; None for the only one.
        adb_port: the local port of the adb server; None for the default. The server is started if necessary.
        secrets: texts that the policy may type by name. An observation's texts never hold them; a screen may show them.
        settle: how long to wait for the screen after an action.
        install_keyboard: whether uiautomator2's keyboard may be installed on the phone, for non-ASCII text.
        verify_typing: whether to read back typed text where the phone reports it; this takes a second or two.

        Raises `InvalidOption`, `MissingDependency`, `AdbFailed`.
        """
        require_adbutils()
        if install_keyboard:
            keyboard_apk()
        self._secrets = Secrets(secrets or {})
        options = AndroidOptions(self._secrets, settle, install_keyboard, verify_typing)
        self._serial = serial
        self._connection = _Connection(options, AdbLink(usual_port() if adb_port is None else adb_port))
        # Also on garbage collection and at interpreter exit: the phone gets its keyboard back.
        self._finalizer = finalizer(self, self._connection.close)

    @property
    def name(self) -> str:
        """Always "android"."""
        return "android"

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that `execute` carries out."""
        return SUPPORTED

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The names of the secrets that may be typed."""
        return self._secrets.names

    def reset(self) -> Observation:
        """Connect to the phone, also after it was lost, and return the first observation.

        Raises `PhoneNotFound`, `SeveralPhones`, `PhoneUnauthorized`, `PhoneOffline`, `AdbFailed`, `EnvironmentLost`.
        """
        return self._connection.open(self._serial)

    def observe(self) -> Observation:
        """Return an observation without waiting for the screen to settle. Raises `EnvironmentLost`."""
        return self._connection.use(AndroidSession.observe)

    def execute(self, action: Action) -> Observation:
        """Carry out the action, wait until the screen has settled, and return an observation.

        Raises `ActionRejected` without having done anything, `ActionPartial` if only part of it was done, and
        `EnvironmentLost` when the phone is gone.
        """
        require_supported(action.type, SUPPORTED)
        return self._connection.use(lambda session: session.execute(action))

    def elements(self) -> tuple[Element, ...]:
        """Return the elements on the screen that can be pointed at, in reading order.

        Raises `EnvironmentLost`, and `ElementsUnknown` if the phone does not report them.
        """
        return self._connection.use(AndroidSession.elements)

    def apps(self) -> tuple[InstalledApp, ...]:
        """Return the apps that `open_app` can open. Raises `EnvironmentLost`."""
        return self._connection.use(AndroidSession.apps)

    def shell(self, arguments: Sequence[str]) -> str:
        """Run one command in the phone's shell and return its output. For harnesses; not available to actions.

        Raises `AdbFailed` if its exit status is not 0, and `EnvironmentLost`.
        """
        result = self._connection.use(lambda session: session.phone.shell(command(*arguments)))
        if result.status != 0:
            said = " ".join(self._secrets.redact(result.said).split())[:300]
            raise AdbFailed(f"the phone's command {arguments[0]!r} ended with status {result.status}: {said}")
        return result.output

    def reverse(self, port: int) -> None:
        """Forward a port on the phone's loopback to the same port on this computer's, until `reset` or `close`.

        This lets the phone open pages from a local server. For harnesses. Raises `AdbFailed`, `EnvironmentLost`.
        """
        self._connection.use(lambda session: session.reverse(port))

    def close(self) -> None:
        """Disconnect from the phone, whatever it is doing, and restore its keyboard. Closing twice is harmless."""
        self._finalizer()


class _Connection:
    """An environment's connection to its phone."""

    def __init__(self, options: AndroidOptions, link: AdbLink) -> None:
        self._options = options
        self._link = link
        self._turn = threading.Lock()
        self._session: AndroidSession | None = None
        self._lost = "no phone is connected yet: reset() connects it"

    def open(self, serial: str | None) -> Observation:
        with self._turn:
            self._require_open()
            before = self._session
            self._lost = self._lost or "the phone could not be connected: reset() tries again"
            address = connect(self._link, serial)
            encoding = None
            if before is not None and before.phone.address.serial == address.serial:
                encoding = before.viewer.camera.encoding
                before.phone.address = address  # one that was plugged in again may have another number
                before.end()
            self._session = AndroidSession(self._options, self._link, address, encoding)
            self._lost = ""
            return self._guarded(AndroidSession.observe)

    def use(self, work: Callable[[AndroidSession], T]) -> T:
        with self._turn:
            self._require_open()
            return self._guarded(work)

    def close(self) -> None:
        self._options.stopped.set()
        self._link.interrupt()
        if not self._turn.acquire(timeout=_CLOSE_SECONDS):
            return
        try:
            self._link.allow()
            if self._session is not None:
                self._session.end()
        except EnvironmentLost:
            return  # the phone is gone, so its keyboard cannot be restored
        finally:
            self._link.interrupt()
            self._turn.release()

    def _guarded(self, work: Callable[[AndroidSession], T]) -> T:
        if self._session is None or self._lost:
            raise EnvironmentLost(self._lost)
        try:
            return work(self._session)
        except EnvironmentLost as error:
            self._lost = f"{error}; reset() connects the phone again"
            raise

    def _require_open(self) -> None:
        if self._options.stopped.is_set():
            raise EnvironmentLost("the environment is closed")
