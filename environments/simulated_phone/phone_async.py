"""The simulated phone as it is on its own loop: a screen, and the daemon that lets computers drive it."""

import asyncio
import contextlib
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Size
from handeye.environments.errors import EnvironmentLost, InvalidOption
from handeye.environments.simulated_phone.adbd import Adbd
from handeye.environments.simulated_phone.adbd_auth import Authorize, PublicKey
from handeye.environments.simulated_phone.adbd_gate import Gate
from handeye.environments.simulated_phone.commands import COMMANDS
from handeye.environments.simulated_phone.device import KEYBOARDS, UIAUTOMATOR_KEYBOARD, Device
from handeye.environments.simulated_phone.display import Display
from handeye.environments.simulated_phone.files import Files
from handeye.environments.simulated_phone.screen_server import ScreenServer


@dataclass(frozen=True, slots=True)
class PhoneOptions:
    """The options of a `SimulatedPhone`; said there."""

    port: int
    size: Size
    density: int
    headless: bool
    executable: Path
    authorize: Authorize
    known: tuple[PublicKey, ...]
    keyboards: bool


class AsyncPhone:
    """What `SimulatedPhone` shows to the world without asyncio."""

    def __init__(self, options: PhoneOptions) -> None:
        self._options = options
        self.gate = Gate(options.authorize, options.known)
        self._server: ScreenServer | None = None
        self._device: Device | None = None
        self._adbd: Adbd | None = None
        self._port = 0
        self._restarting: asyncio.Task[None] | None = None
        self._cut = False
        self._closed = False

    @property
    def address(self) -> str:
        """Where it listens."""
        if self._port == 0:
            raise EnvironmentLost("the phone is not running: start() starts it")
        return f"127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Start the screen, then listen."""
        options = self._options
        self._server = ScreenServer()
        self._device = device = await self._new_device()
        self._adbd = Adbd(device, self.gate)
        try:
            self._port = await self._adbd.start(options.port)
        except OSError as error:
            raise InvalidOption(f"port {options.port} cannot be used: {error.strerror}; take another, or 0") from None
        # The serial names the port, and so does everything that is made from it.
        device.serial = f"simulated-{self._port}"
        device.properties["ro.serialno"] = device.properties["ro.boot.serialno"] = device.serial

    async def stop(self) -> None:
        """End everything. Stopping twice does nothing more."""
        self._closed = True
        if self._restarting is not None:
            self._restarting.cancel()
            await asyncio.wait((self._restarting,))
        if self._adbd is not None:
            await self._adbd.stop()
        if self._device is not None:
            await self._device.display.stop()
        if self._server is not None:
            await asyncio.to_thread(self._server.close)

    async def evaluate(self, expression: str, argument: object) -> Any:
        """Evaluate JavaScript in the page."""
        return await self._running().ask(expression, argument)

    async def load(self, state: dict[str, Any]) -> None:
        """Let the page remember this instead."""
        device = self._running()
        await device.ask("state => phone.load(state)", state)
        await device.turn()

    async def reset(self) -> None:
        """Be a new phone, with a new screen if the old one is broken."""
        device = self._running()
        if self._restarting is not None:
            await asyncio.wait((self._restarting,))
        try:
            await device.ask("() => phone.reset()")
        except EnvironmentLost:
            await self._restart(None)
        self._install(device)
        await device.restore()
        await device.ask("() => phone.rotate(0)")

    async def cut(self) -> None:
        """Break all connections, and refuse new ones."""
        self._cut = True
        if self._adbd is not None:
            await self._adbd.cut()

    async def plug(self) -> None:
        """Let computers connect again."""
        self._cut = False
        if self._adbd is not None and (self._restarting is None or self._restarting.done()):
            self._adbd.plug()

    async def allow(self) -> None:
        """Let in who waits."""
        self.gate.allow()

    async def _new_device(self) -> Device:
        options, server = self._options, self._server
        if server is None:
            raise EnvironmentLost("the phone is not running: start() starts it")
        display = Display(server.url, options.executable, options.headless, self._on_lost)
        await display.start(options.size, options.density)
        device = Device(display, Files(display, tuple(COMMANDS)), options.size, options.density, "simulated")
        device.reboot = self._reboot
        self._install(device)
        return device

    def _install(self, device: Device) -> None:
        device.installed = [KEYBOARDS[UIAUTOMATOR_KEYBOARD]] if self._options.keyboards else []

    def _on_lost(self) -> None:
        """The screen has crashed: be as a phone that restarts by itself, new."""
        self._begin(self._restart(None))

    def _reboot(self) -> None:
        """Turn off and on again; what is remembered stays."""
        self._begin(self._keep_and_restart())

    def _begin(self, work: Awaitable[None]) -> None:
        if self._closed or (self._restarting is not None and not self._restarting.done()):
            if asyncio.iscoroutine(work):
                work.close()
            return
        self._restarting = asyncio.ensure_future(work)

    async def _keep_and_restart(self) -> None:
        state = None
        with contextlib.suppress(EnvironmentLost):
            state = await self._running().ask("() => phone.state()")
        await self._restart(state)

    async def _restart(self, state: dict[str, Any] | None) -> None:
        """Break all connections, start the screen anew, and let computers connect again."""
        device, adbd = self._running(), self._adbd
        if adbd is None:
            return
        await adbd.cut()
        await device.display.stop()
        device.size_override, device.density_override, device.rotation = None, None, 0
        try:
            await device.display.start(device.physical_size, device.physical_density)
            if state is not None:
                await device.ask("state => phone.load(state)", state)
                await device.turn()
        except HandeyeError:
            return  # it stays dark; reset() tries again and says why
        if not self._cut:
            adbd.plug()

    def _running(self) -> Device:
        if self._device is None:
            raise EnvironmentLost("the phone is not running: start() starts it")
        return self._device
