"""The simulated phone on its own loop: a screen, and the daemon that lets computers control it."""

import asyncio
import contextlib
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Size
from handeye.environments.errors import EnvironmentLost, InvalidOption
from handeye.environments.simulated_phone.adbd.auth import Authorize, PublicKey
from handeye.environments.simulated_phone.adbd.daemon import Adbd
from handeye.environments.simulated_phone.adbd.gate import Gate
from handeye.environments.simulated_phone.commands.table import COMMANDS, find_command
from handeye.environments.simulated_phone.device import KEYBOARDS, UIAUTOMATOR_KEYBOARD, Device
from handeye.environments.simulated_phone.files import Files
from handeye.environments.simulated_phone.focus import App
from handeye.environments.simulated_phone.quirks.quirk import Quirk, change_commands
from handeye.environments.simulated_phone.screen.display import Display
from handeye.environments.simulated_phone.screen.server import ScreenServer
from handeye.environments.simulated_phone.shell.call import FindCommand


@dataclass(frozen=True, slots=True)
class PhoneOptions:
    """The options of a `SimulatedPhone`, documented there."""

    port: int
    size: Size
    density: int
    headless: bool
    executable: Path
    authorize: Authorize
    known: tuple[PublicKey, ...]
    keyboards: bool
    quirks: tuple[type[Quirk], ...]


class AsyncPhone:
    """The asyncio implementation of `SimulatedPhone`."""

    def __init__(self, options: PhoneOptions) -> None:
        self._options = options
        self._quirks: tuple[Quirk, ...] = ()
        self._find_command: FindCommand = find_command
        self._adopt(options.quirks)
        self.gate = Gate(options.authorize, options.known)
        self._server: ScreenServer | None = None
        self._device: Device | None = None
        self._adbd: Adbd | None = None
        self._port = 0
        self._restarting: asyncio.Task[None] | None = None
        self._cut = False
        self._crashed = False
        """Whether the stored state is lost and `reset` has not yet acknowledged that."""
        self._closed = False

    @property
    def address(self) -> str:
        """Where it listens."""
        if self._port == 0:
            raise EnvironmentLost("the phone is not running: call start() first")
        return f"127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Bind the port, start the screen, then let computers connect."""
        options = self._options
        listener = _listening(options.port)
        try:
            self._server = ScreenServer()
            self._device = await self._new_device(listener.getsockname()[1])
            await self._prepare(self._device)
        except BaseException:
            listener.close()
            raise
        self._adbd = Adbd(self._device, self.gate, lambda name: self._find_command(name), self._refuses)
        await self._adbd.start(listener)
        self._port = listener.getsockname()[1]

    async def stop(self) -> None:
        """End everything. Stopping twice is harmless."""
        self._closed = True
        if self._restarting is not None:
            self._restarting.cancel()
            await asyncio.wait((self._restarting,))
        if self._adbd is not None:
            await self._adbd.stop()
        if self._device is not None:
            await self._device.display.stop()
        if self._server is not None:
            self._server.close()  # not on another thread: none can be started while the interpreter ends

    async def evaluate(self, expression: str, argument: object, within: str | None = None) -> Any:
        """Evaluate JavaScript in the phone's page, or in the web page of the app `within`."""
        return await (await self._awake()).ask(expression, argument, within=within)

    async def load(self, state: dict[str, Any]) -> None:
        """Replace the page's stored state."""
        device = await self._awake()
        await device.ask("state => phone.load(state)", state)
        await device.turn()

    async def reset(self, quirks: tuple[type[Quirk], ...] | None) -> None:
        """Become a new phone, with a new screen if the old one is broken, and with other quirks if they are given."""
        self._crashed = False
        if quirks is not None:
            self._adopt(quirks)
        device = await self._awake()
        try:
            await device.ask("() => phone.reset()")
        except EnvironmentLost:
            await self._restarted(device)
            self._crashed = False
        await device.renew(self._installed())
        await self._prepare(device)

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

    async def allow(self, key: PublicKey | None) -> None:
        """Allow the waiting computers with the key, or all."""
        self.gate.allow(key)

    async def _new_device(self, port: int) -> Device:
        options, server = self._options, self._server
        if server is None:
            raise EnvironmentLost("the phone is not running: call start() first")
        display = Display(server.url, options.executable, options.headless, self._on_lost)
        await display.start(options.size, options.density)
        device = Device(display, Files(display, tuple(COMMANDS)), options.size, options.density, f"simulated-{port}")
        device.reboot = self._on_reboot
        device.installed = self._installed()
        return device

    def _refuses(self, service: str) -> bool:
        return any(quirk.refuses(service) for quirk in self._quirks)

    def _adopt(self, quirks: tuple[type[Quirk], ...]) -> None:
        self._quirks = tuple(quirk() for quirk in quirks)
        self._find_command = change_commands(find_command, self._quirks)

    async def _prepare(self, device: Device) -> None:
        for quirk in self._quirks:
            await quirk.prepare(device)

    def _installed(self) -> list[App]:
        return [KEYBOARDS[UIAUTOMATOR_KEYBOARD]] if self._options.keyboards else []

    def _on_lost(self) -> None:
        """Handle a crash of the screen: behave like a phone that restarts by itself, as a new one."""
        self._crashed = True
        self._restart_soon(keep=False)

    def _on_reboot(self) -> None:
        self._restart_soon(keep=True)

    def _restart_soon(self, keep: bool) -> None:
        if not self._closed and (self._restarting is None or self._restarting.done()):
            self._restarting = asyncio.create_task(self._restart_quietly(keep))

    async def _restart_quietly(self, keep: bool) -> None:
        # A phone that fails to restart stays dark and unreachable; reset() tries again, and reports why it fails.
        with contextlib.suppress(HandeyeError):
            await self._restart(await self._running().ask("() => phone.state()") if keep else None)

    async def _restarted(self, device: Device) -> None:
        """Return when the screen runs again: a loss begins a restart by itself, as soon as it is noticed."""
        while not device.display.running:
            if self._restarting is None or self._restarting.done():
                self._restarting = asyncio.create_task(self._restart(None))
                await self._restarting
            else:
                await asyncio.wait((self._restarting,))

    async def _restart(self, state: dict[str, Any] | None) -> None:
        """Break all connections, restart the screen, and let computers connect again."""
        device, adbd = self._running(), self._adbd
        if adbd is not None:
            await adbd.cut()
        await device.display.stop()
        device.upright()
        await device.display.start(device.size, device.density)
        await self._prepare(device)
        if state is not None:
            await device.ask("state => phone.load(state)", state)
            await device.turn()
        if adbd is not None and not self._cut:
            adbd.plug()

    async def _awake(self) -> Device:
        """Return the device once it is not restarting; raise `EnvironmentLost` after a crash."""
        if self._restarting is not None:
            await asyncio.wait((self._restarting,))
        if self._crashed:
            raise EnvironmentLost("the phone's screen has crashed: reset() restarts it")
        return self._running()

    def _running(self) -> Device:
        if self._device is None:
            raise EnvironmentLost("the phone is not running: call start() first")
        return self._device


def _listening(port: int) -> socket.socket:
    """Return a socket that listens on the port, or any free one for 0; raise `InvalidOption` if it is taken."""
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise InvalidOption(f"port {port} cannot be used: {reason}; choose another, or 0") from None
