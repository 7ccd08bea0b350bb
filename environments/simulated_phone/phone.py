"""A simulated Android phone behind a real ADB socket."""

import threading
import weakref
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from pydantic import JsonValue

from handeye.actions.closeable import Closeable
from handeye.actions.geometry import Size
from handeye.environments.browser.chromium import require_chromium, require_playwright
from handeye.environments.errors import EnvironmentLost, InvalidOption
from handeye.environments.owner_thread import OwnerThread, finalizer
from handeye.environments.simulated_phone.adbd.auth import Authorize, PublicKey
from handeye.environments.simulated_phone.phone_async import AsyncPhone, PhoneOptions
from handeye.environments.simulated_phone.quirks.catalog import find_quirks

T = TypeVar("T")

_START_SECONDS = 120.0
_CALL_SECONDS = 30.0
_CLOSE_SECONDS = 20.0
_SIDES: Final = range(200, 8193)
_DENSITIES: Final = range(72, 1281)


class SimulatedPhone(Closeable):
    """A phone that any adb can connect to. Its screen is a page in Chromium.

    May be used from any thread: it runs on its own thread. `with SimulatedPhone() as phone:` starts and closes it.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        size: Size = Size(1080, 2400),
        density: int = 480,
        headless: bool = True,
        executable: Path | None = None,
        authorize: Authorize = Authorize.EVERYONE,
        known: Sequence[str] = (),
        keyboards: bool = True,
        quirks: Sequence[str] = (),
    ) -> None:
        """Check the options; `start` starts it.

        port: where it listens, on 127.0.0.1; 0 for any free port.
        size: the screen's size in portrait orientation, in pixels.
        density: dots per inch; a CSS pixel of its apps is `density` / 160 pixels wide.
        headless: without a window.
        executable: the Chromium to start; without one, see `handeye.environments.browser.chromium`.
        authorize: which computers it allows.
        known: public keys of computers allowed before, as lines of `adbkey.pub`.
        keyboards: whether uiautomator2's keyboard is installed, with which computers type characters without a key.
        quirks: the names of ways in which it answers as other phones do, all in `quirks.catalog`.

        Raises `InvalidOption`, `MissingDependency`, `ChromiumNotFound`, `BadKey`.
        """
        if size.width not in _SIDES or size.height not in _SIDES:
            raise InvalidOption(f"a phone's screen must have sides from 200 to 8192 px, not {size}")
        if density not in _DENSITIES:
            raise InvalidOption(f"a phone's density must be from 72 to 1280 dpi, not {density}")
        if not 0 <= port <= 65535:
            raise InvalidOption(f"a port must be a number from 0 to 65535, not {port}")
        require_playwright()
        self._options = PhoneOptions(
            port=port,
            size=size,
            density=density,
            headless=headless,
            executable=require_chromium(executable, headless=headless),
            authorize=authorize,
            known=tuple(PublicKey.parse(line) for line in known),
            keyboards=keyboards,
            quirks=find_quirks(quirks),
        )
        self._quirks = self._options.quirks
        self._turn = threading.Lock()
        self._thread: OwnerThread | None = None
        self._phone = AsyncPhone(self._options)
        self._finalizer: weakref.finalize[Any, Any] | None = None

    @property
    def address(self) -> str:
        """The address for adb to connect to, which is also the phone's serial there: "127.0.0.1:40123"."""
        return self._phone.address

    @property
    def running(self) -> bool:
        """Whether it has been started and not closed."""
        return self._thread is not None

    @property
    def size(self) -> Size:
        """The screen's size in portrait orientation, in pixels."""
        return self._options.size

    @property
    def listed_as(self) -> str | None:
        """The serial that its quirks want adb to list it with; None for its address."""
        return next((quirk.serial for quirk in self._quirks if quirk.serial is not None), None)

    @property
    def waiting(self) -> tuple[PublicKey, ...]:
        """The keys of computers waiting to be allowed, with `Authorize.ASK`."""
        return self._phone.gate.waiting

    def start(self) -> Self:
        """Start the phone and wait until adb can connect. Starting twice is harmless.

        Raises `BrowserFailed`, `InvalidOption` if the port is taken.
        """
        with self._turn:
            if self._thread is None:
                self._thread = thread = OwnerThread("handeye-phone")
                self._finalizer = finalizer(self, _close, thread, self._phone)
                try:
                    thread.call(self._phone.start(), _START_SECONDS)
                except BaseException:
                    self._finalizer()
                    self._thread = None
                    self._phone = AsyncPhone(self._options)
                    raise
        return self

    def state(self) -> dict[str, JsonValue]:
        """Return the phone's stored state: settings, contacts, notes, files, ... For oracles and tests."""
        state: dict[str, JsonValue] = self._call(self._phone.evaluate("() => phone.state()", None))
        return state

    def load(self, state: Mapping[str, JsonValue]) -> None:
        """Replace the phone's stored state; missing parts are as on a new phone. Apps are closed."""
        self._call(self._phone.load(dict(state)))

    def reset(self, quirks: Sequence[str] | None = None) -> None:
        """Become a new phone: no stored state, nothing open, upright. Also recovers from a crash of its screen.

        quirks: the names of the new phone's quirks; None keeps those that it has. Raises `InvalidOption`.
        """
        chosen = None if quirks is None else find_quirks(quirks)
        self._call(self._phone.reset(chosen), _START_SECONDS)
        self._quirks = self._quirks if chosen is None else chosen

    def evaluate(self, expression: str, argument: object = None, *, within: str | None = None) -> object:
        """Evaluate JavaScript in the phone's page, or call a function with one argument. For harnesses and tests.

        within: the package of a running app, in whose web page to do so. Raises `ScriptFailed` with the script's error,
        also if that app shows no web page, and `EnvironmentLost`.
        """
        return self._call(self._phone.evaluate(expression, argument, within))

    def cut(self) -> None:
        """Break every connection immediately, like a pulled cable, and refuse new ones until `plug`."""
        self._call(self._phone.cut())

    def plug(self) -> None:
        """Let computers connect again."""
        self._call(self._phone.plug())

    def allow(self, key: PublicKey | None = None) -> None:
        """Allow the waiting computers with this key, or all waiting ones, now and when they reconnect."""
        self._call(self._phone.allow(key))

    def close(self) -> None:
        """End the phone. Closing twice is harmless; a closed phone can be started again, and is new then."""
        with self._turn:
            if self._finalizer is not None:
                self._finalizer()
            self._thread = self._finalizer = None
            self._phone = AsyncPhone(self._options)

    def __enter__(self) -> Self:
        return self.start()

    def _call(self, work: Coroutine[Any, Any, T], seconds: float = _CALL_SECONDS) -> T:
        thread = self._thread
        if thread is None:
            work.close()
            raise EnvironmentLost("the phone is not running: call start() first")
        return thread.call(work, seconds)


def _close(thread: OwnerThread, phone: AsyncPhone) -> None:
    try:
        thread.call(phone.stop(), _CLOSE_SECONDS)
    except EnvironmentLost:
        return  # it did not end in time; Chromium's driver ends with the thread's pipes
    finally:
        thread.stop()
