"""The protocol byte by byte, as clients speak it that are not adb; the phone's screen is not needed for it."""

import asyncio
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from socket import create_connection, create_server, socket

import pytest

from handeye.actions.geometry import Size
from handeye.environments.simulated_phone.adbd.auth import Authorize
from handeye.environments.simulated_phone.adbd.daemon import Adbd
from handeye.environments.simulated_phone.adbd.gate import Gate
from handeye.environments.simulated_phone.adbd.message import CHECKED_VERSION, VERSION, Command, Message
from handeye.environments.simulated_phone.commands.table import COMMANDS, find_command
from handeye.environments.simulated_phone.device import Device
from handeye.environments.simulated_phone.files import Files
from handeye.environments.simulated_phone.screen.display import Display


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where a daemon listens whose phone has no screen."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    display = Display("", Path(), headless=True, lost=lambda: None)
    device = Device(display, Files(display, tuple(COMMANDS)), Size(1080, 2400), 480, "test")
    adbd = Adbd(device, Gate(Authorize.EVERYONE), find_command)
    listener = create_server(("127.0.0.1", 0))
    asyncio.run_coroutine_threadsafe(adbd.start(listener), loop).result(60)
    yield listener.getsockname()[1]
    asyncio.run_coroutine_threadsafe(adbd.stop(), loop).result(60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


class Client:
    """The computer's end of a connection."""

    def __init__(self, port: int, version: int = VERSION, most: int = 4096) -> None:
        self._socket: socket = create_connection(("127.0.0.1", port), timeout=60)
        self._version = version
        self.send(Message(Command.CNXN, version, most, b"host::features=shell_v2\0"), CHECKED_VERSION)
        self.hello = self.receive()

    def send(self, message: Message, version: int | None = None) -> None:
        self._socket.sendall(message.encode(self._version if version is None else version))

    def receive(self) -> Message:
        number, first, second, length, checksum, inverted = struct.unpack("<6I", self._exactly(24))
        payload = self._exactly(length)
        assert number ^ 0xFFFFFFFF == inverted
        assert checksum in ((0, sum(payload)) if self._version == VERSION else (sum(payload),))
        return Message(Command(number), first, second, payload)

    def open(self, name: str, number: int = 1) -> int:
        """Open a stream and return the phone's number of it."""
        self.send(Message(Command.OPEN, number, 0, name.encode() + b"\0"))
        answer = self.receive()
        assert (answer.command, answer.second) == (Command.OKAY, number)
        return answer.first

    def all_of(self, number: int = 1) -> bytes:
        """Return all that comes on a stream until it is closed."""
        parts = []
        while True:
            message = self.receive()
            assert message.second == number
            if message.command is Command.CLSE:
                return b"".join(parts)
            if message.command is Command.WRTE:
                parts.append(message.payload)
                self.send(Message(Command.OKAY, number, message.first))

    def close(self) -> None:
        self._socket.close()

    def at_end(self) -> bool:
        try:
            return self._socket.recv(1) == b""
        except ConnectionError:
            return True

    def raw(self, data: bytes) -> None:
        self._socket.sendall(data)

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            assert part, "the phone has hung up"
            data += part
        return data


@pytest.mark.parametrize("version", [CHECKED_VERSION, VERSION])
def test_both_versions_of_the_protocol(port: int, version: int) -> None:
    client = Client(port, version)
    assert client.hello.command is Command.CNXN
    assert client.hello.payload == (
        b"device::ro.product.name=simulated_phone;ro.product.model=Simulated phone;ro.product.device=simulated;"
        b"features=shell_v2,cmd,fixed_push_mkdir"
    )
    client.open("shell:echo hello; nosuch; echo X4EXIT:$?")
    assert client.all_of() == b"hello\n/system/bin/sh: nosuch: inaccessible or not found\nX4EXIT:127\n"
    client.close()


def test_packets_of_the_second_shell(port: int) -> None:
    client = Client(port)
    own = client.open("shell,v2,TERM=xterm,raw:cat; echo err >&2; exit 5")
    client.send(Message(Command.WRTE, 1, own, struct.pack("<BI", 0, 3) + b"abc"))
    assert client.receive().command is Command.OKAY
    client.send(Message(Command.WRTE, 1, own, struct.pack("<BI", 4, 0)))
    data = client.all_of()
    assert data == (
        struct.pack("<BI", 1, 3) + b"abc" + struct.pack("<BI", 2, 4) + b"err\n" + struct.pack("<BIB", 3, 1, 5)
    )
    client.close()


def test_no_message_is_larger_than_the_other_end_takes(port: int) -> None:
    client = Client(port, most=1000)
    client.open("exec:cat /dev/null; printf " + "x" * 5000)
    sizes = []
    while (message := client.receive()).command is Command.WRTE:
        sizes.append(len(message.payload))
        client.send(Message(Command.OKAY, 1, message.first))
    assert sizes == [1000] * 5
    client.close()


def test_nothing_more_is_sent_before_what_was_is_taken(port: int) -> None:
    client = Client(port)
    client.open("shell:echo one; echo two")
    first = client.receive()
    assert first.payload == b"one\n"
    client._socket.settimeout(0.2)
    with pytest.raises(TimeoutError):
        client.receive()
    client._socket.settimeout(60)
    client.send(Message(Command.OKAY, 1, first.first))
    assert client.receive().payload == b"two\n"
    client.close()


def test_streams_do_not_wait_for_each_other(port: int) -> None:
    client = Client(port)
    client.open("shell:sleep 600", number=1)
    client.open("shell:echo quick", number=2)
    assert client.all_of(2) == b"quick\n"
    client.close()


@pytest.mark.parametrize("service", ["sync:", "shell:sleep 600", "exec:sleep 0.1", "shell,v2,raw:cat", "shell,v2,pty:"])
def test_a_close_is_answered_by_a_close(port: int, service: str) -> None:
    client = Client(port)
    own = client.open(service, number=23)
    client.send(Message(Command.CLSE, 23, own))
    while (answer := client.receive()).command is Command.WRTE:
        continue  # a prompt was on its way
    assert answer[:3] == (Command.CLSE, own, 23)
    client.send(Message(Command.CLSE, 23, own))  # what is closed already is not answered
    client.open("shell:echo still here", number=24)
    assert client.all_of(24) == b"still here\n"
    client.close()


def test_what_is_not_there_is_refused(port: int) -> None:
    client = Client(port)
    for name in ("jdwp:1", "tcp:80", "localabstract:scrcpy", "framebuffer:", ""):
        client.send(Message(Command.OPEN, 9, 0, name.encode() + b"\0"))
        assert client.receive()[:3] == (Command.CLSE, 0, 9)
    client.send(Message(Command.WRTE, 9, 77, b"to nobody"))
    assert client.receive()[:3] == (Command.CLSE, 0, 9)
    client.send(Message(Command.OKAY, 9, 77))
    client.send(Message(Command.CLSE, 9, 77))
    client.open("shell:echo still here")
    assert client.all_of() == b"still here\n"
    client.close()


def test_strangers_get_no_answer(port: int) -> None:
    with create_connection(("127.0.0.1", port), timeout=60) as stranger:
        stranger.sendall(Message(Command.OPEN, 1, 0, b"shell:id\0").encode(VERSION))
        stranger.settimeout(0.3)
        with pytest.raises(TimeoutError):
            stranger.recv(1)


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\nHost: phone\r\n\r\n", bytes(24), b"\xff" * 5000])
def test_what_is_no_message_ends_the_connection_only(port: int, data: bytes) -> None:
    client = Client(port)
    client.raw(data)
    assert client.at_end()
    client.close()
    other = Client(port)
    other.open("shell:echo well")
    assert other.all_of() == b"well\n"
    other.close()


def test_syncs_own_errors(port: int) -> None:
    client = Client(port)
    own = client.open("sync:")
    for request in (b"RECV" + struct.pack("<I", 5) + b"/none", b"LIST" + struct.pack("<I", 5) + b"/none"):
        client.send(Message(Command.WRTE, 1, own, request))
        assert client.receive().command is Command.OKAY
        answer = client.receive()
        client.send(Message(Command.OKAY, 1, own))
        assert answer.payload in (
            b"FAIL" + struct.pack("<I", 38) + b"open failed: No such file or directory",
            b"DONE" + bytes(16),
        )
    client.send(Message(Command.WRTE, 1, own, b"NOPE" + struct.pack("<I", 0)))
    assert client.receive().command is Command.OKAY
    assert client.all_of() == b"FAIL" + struct.pack("<I", 20) + b"unknown command NOPE"
    client.close()
