"""The accessibility bus of a Linux desktop (AT-SPI over D-Bus): what programs report about their windows.

Interfaces and the numbers of states and relations: at-spi2-core, `xml/*.xml` and `atspi/atspi-constants.h`.
"""

import asyncio
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from handeye.actions.errors import MissingDependency
from handeye.actions.geometry import Box
from handeye.environments.elements import ElementsUnknown

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus

_ACCESSIBLE = "org.a11y.atspi.Accessible"
_APPLICATION = "org.a11y.atspi.Application"
_COMPONENT = "org.a11y.atspi.Component"
_TEXT = "org.a11y.atspi.Text"
_SCREEN = 0
"""Coordinates relative to the screen's upper left corner."""
_LABELLED_BY = 2
_AT_A_TIME = 50
"""Calls without an answer yet: dbus-fast fails when the socket is full."""


class AccessibilityUnavailable(ElementsUnknown):
    """There is no accessibility bus, or nothing on it answers."""


class State(IntEnum):
    """The states of an accessible object used here: bits of the result of `GetState`."""

    ACTIVE = 1
    EDITABLE = 7
    FOCUSABLE = 11
    FOCUSED = 12
    MULTI_LINE = 17
    SENSITIVE = 24
    SHOWING = 25


class Node(NamedTuple):
    """An accessible object: the program that provides it, and its path there."""

    program: str
    path: str


class AccessibilityBus:
    """A connection to the bus, on one asyncio loop. What a program does not report is None or empty."""

    def __init__(self, bus: "MessageBus") -> None:
        self._bus = bus
        self._turns = asyncio.Semaphore(_AT_A_TIME)

    @classmethod
    async def connect(cls, environ: Mapping[str, str]) -> Self:
        """Find the bus via the session bus in `environ`; raise `AccessibilityUnavailable` if there is none."""
        address = _session_address(environ)
        if address is None:
            raise AccessibilityUnavailable("there is no session bus: DBUS_SESSION_BUS_ADDRESS is not set")
        session = cls(await _connected(address, "the session bus"))
        try:
            found = await session.call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
        finally:
            session.close()
        if not isinstance(found, str) or not found:
            raise AccessibilityUnavailable("there is no accessibility bus here: apt-get install -y at-spi2-core")
        return cls(await _connected(found, "the accessibility bus"))

    def close(self) -> None:
        """Disconnect from the bus."""
        self._bus.disconnect()

    async def call(self, program: str, path: str, interface: str, member: str, signature: str = "", *body: Any) -> Any:
        """Return the first value of the answer; None if it is empty or an error."""
        from dbus_fast import Message, MessageType

        message = Message(
            destination=program, path=path, interface=interface, member=member, signature=signature, body=list(body)
        )
        try:
            async with self._turns:
                answer = await self._bus.call(message)
        except (EOFError, OSError):
            raise AccessibilityUnavailable("the accessibility bus has closed the connection") from None
        return answer.body[0] if answer.message_type is MessageType.METHOD_RETURN and answer.body else None

    async def programs(self) -> list[Node]:
        """Return the programs that report their windows."""
        return await self.children(Node("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root"))

    async def process(self, program: Node) -> int | None:
        """Return the id of a program's process."""
        bus, path = "org.freedesktop.DBus", "/org/freedesktop/DBus"
        found = await self.call(bus, path, bus, "GetConnectionUnixProcessID", "s", program.program)
        return found if isinstance(found, int) else None

    async def children(self, node: Node) -> list[Node]:
        """Return an object's children."""
        found = await self.call(*node, _ACCESSIBLE, "GetChildren")
        return [Node(*child) for child in found or ()]

    async def toolkit(self, program: Node) -> str:
        """Return a program's toolkit, such as "gtk"."""
        return str(await self._property(program, "ToolkitName", _APPLICATION) or "")

    async def count(self, node: Node) -> int:
        """Return the number of an object's children."""
        found = await self._property(node, "ChildCount")
        return found if isinstance(found, int) else 0

    async def states(self, node: Node) -> frozenset[State]:
        """Return an object's states."""
        found = await self.call(*node, _ACCESSIBLE, "GetState") or (0, 0)
        bits = found[0] | found[1] << 32
        return frozenset(state for state in State if bits >> state & 1)

    async def role(self, node: Node) -> str:
        """Return an object's role, such as "push button"."""
        return str(await self.call(*node, _ACCESSIBLE, "GetRoleName") or "")

    async def name(self, node: Node) -> str:
        """Return an object's name."""
        return str(await self._property(node, "Name") or "")

    async def description(self, node: Node) -> str:
        """Return an object's description."""
        return str(await self._property(node, "Description") or "")

    async def label(self, node: Node) -> str:
        """Return the name of the object that labels an object."""
        for kind, targets in await self.call(*node, _ACCESSIBLE, "GetRelationSet") or ():
            if kind == _LABELLED_BY and targets:
                return await self.name(Node(*targets[0]))
        return ""

    async def characters(self, node: Node) -> int | None:
        """Return how many characters an object's text has; None if it has no text."""
        found = await self._property(node, "CharacterCount", _TEXT)
        return found if isinstance(found, int) else None

    async def text(self, node: Node, longest: int) -> str:
        """Return the beginning of an object's text."""
        return str(await self.call(*node, _TEXT, "GetText", "ii", 0, longest) or "")

    async def extents(self, node: Node) -> Box | None:
        """Return an object's box on the screen, in the program's pixels; None if it has none."""
        found = await self.call(*node, _COMPONENT, "GetExtents", "u", _SCREEN)
        if found is None or found[2] < 1 or found[3] < 1:
            return None
        left, top, width, height = found
        return Box(left, top, left + width, top + height)

    async def _property(self, node: Node, name: str, interface: str = _ACCESSIBLE) -> object:
        found = await self.call(*node, "org.freedesktop.DBus.Properties", "Get", "ss", interface, name)
        return None if found is None else found.value


def _session_address(environ: Mapping[str, str]) -> str | None:
    if address := environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return address
    runtime = environ.get("XDG_RUNTIME_DIR")
    return f"unix:path={runtime}/bus" if runtime and (Path(runtime) / "bus").is_socket() else None


async def _connected(address: str, what: str) -> "MessageBus":
    try:
        from dbus_fast.aio import MessageBus
        from dbus_fast.errors import AuthError, DBusError, InvalidAddressError
    except ImportError:
        raise MissingDependency("dbus-fast", "desktop") from None
    try:
        return await MessageBus(bus_address=address).connect()
    except (OSError, EOFError, AuthError, DBusError, InvalidAddressError) as error:
        raise AccessibilityUnavailable(f"{what} at {address} does not answer: {error}") from None
