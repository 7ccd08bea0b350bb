"""From adb's listing to a phone that answers: odd and equal serials, phones that come back, services that do not."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from handeye.actions.closeable import Closeable
from handeye.actions.geometry import Size
from handeye.actions.schema import Home
from handeye.environments.android.adb_server import AdbServer
from handeye.environments.android.environment import AndroidEnvironment
from handeye.environments.android.link import Address
from handeye.environments.android.listing import Phone, address_of, chosen, network_address, parse_phones
from handeye.environments.errors import AdbFailed, EnvironmentLost, PhoneNotFound, PhoneOffline, SeveralPhones
from handeye.environments.settle import Settle
from handeye.environments.simulated_phone.phone import SimulatedPhone

Refuse = Callable[[str], str | None]
"""Returns adb's reason for refusing a request; None to let it pass."""


class Relay(Closeable):
    """Passes requests for its phones on to one real phone."""

    def __init__(self, upstream: int, real: str, listing: str, refuse: Refuse = lambda request: None) -> None:
        """`upstream` is the real server's port, `real` the phone's address there, `listing` the answer to devices-l."""
        self._upstream = upstream
        self._real = real
        self.listing = listing
        self.refuse = refuse
        self.requests: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError, EOFError):
            request = _request(client)
            if self._refused(client, request):
                return
            if request == "host:devices-l":
                client.sendall(b"OKAY" + _text(self.listing))
                return
            leads = request.startswith(("host:transport:", "host:transport-id:"))
            if leads and not self._lists(request):
                client.sendall(b"FAIL" + _text("device not found"))
                return
            with socket.create_connection(("127.0.0.1", self._upstream)) as server:
                server.sendall(_text(f"host:transport:{self._real}" if leads else request))
                if leads:
                    client.sendall(server.recv(4))
                    service = _request(client)
                    if self._refused(client, service):
                        return
                    server.sendall(_text(service))
                back = threading.Thread(target=_pipe, args=(client, server), daemon=True)
                back.start()
                _pipe(server, client)
                back.join(60)

    def _lists(self, request: str) -> bool:
        if request.startswith("host:transport:"):
            serial = request.removeprefix("host:transport:")
            return any(line.startswith(f"{serial} ") for line in self.listing.splitlines())
        return f"transport_id:{request.removeprefix('host:transport-id:')}" in self.listing.split()

    def _refused(self, client: socket.socket, request: str) -> bool:
        self.requests.append(request)
        reason = self.refuse(request)
        if reason is not None:
            client.sendall(b"FAIL" + _text(reason))
        return reason is not None


def _request(client: socket.socket) -> str:
    return _exactly(client, int(_exactly(client, 4), 16)).decode()


def _text(text: str) -> bytes:
    return b"%04x%b" % (len(text.encode()), text.encode())


def _exactly(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = client.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _pipe(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def relay(phone: SimulatedPhone, android: AndroidEnvironment, adb: AdbServer) -> Iterator[Callable[..., Relay]]:
    """Starts a server in front of the one that knows the phone."""
    with contextlib.ExitStack() as open_:
        yield lambda listing, refuse=lambda request: None: open_.enter_context(
            Relay(adb.port, phone.address, listing, refuse)
        )


def environment(server: Relay, serial: str | None = None) -> AndroidEnvironment:
    return AndroidEnvironment(serial, adb_port=server.port, settle=Settle(0.05, 0.05, 2.0))


def line(serial: str, state: str = "device", number: int = 1, port: str = "") -> str:
    """Return a line as adb writes it."""
    where = f" {port}" if port else ""
    return f"{serial:<22} {state}{where} product:p model:Nice_Phone device:d transport_id:{number}\n"


@pytest.mark.parametrize(
    ("text", "serial", "state"),
    [
        (line("adb-R5CT60-x9Ab1c (3)._adb-tls-connect._tcp"), "adb-R5CT60-x9Ab1c (3)._adb-tls-connect._tcp", "device"),
        (line("Test offline Tablet", "unauthorized"), "Test offline Tablet", "unauthorized"),
        ("A device B\tdevice\n", "A device B", "device"),
        (line("device"), "device", "device"),
        (line("host device:7"), "host device:7", "device"),
        ("(no serial number)     device usb:3-1 transport_id:9\n", "(no serial number)", "device"),
        ("0123                   no permissions (a b? c); see [http://x/y] usb:1-2 transport_id:4\n", "0123", ""),
        (line("R58", "newly-invented"), "R58", "newly-invented"),
    ],
)
def test_serials_with_spaces_and_words_of_states(text: str, serial: str, state: str) -> None:
    (phone,) = parse_phones(text)
    assert phone.serial == serial
    assert phone.state == state or (not state and phone.state.startswith("no permissions (a b? c)"))


def test_a_tablet_is_known_by_its_place() -> None:
    listed = parse_phones(line("SAME", number=7, port="usb:1-1") + line("SAME", number=8, port="usb:2-4.1"))
    for serial in (None, "SAME"):
        with pytest.raises(SeveralPhones, match=r"usb:1-1 .*usb:2-4\.1 "):
            chosen(listed, serial)
    for serial in ("usb:2-4.1", "transport_id:8"):
        assert address_of(chosen(listed, serial), listed) == Address("SAME", 8)
    ready = (listed[0]._replace(state="offline"), listed[1])
    assert chosen(ready, "SAME").transport == 8


def test_a_unique_serial_is_enough() -> None:
    listed = parse_phones(line("ONE", number=3))
    assert address_of(listed[0], listed) == Address("ONE")
    assert chosen((Phone("a", "device"), Phone("b", "offline")), None).serial == "a"


def test_what_is_a_network_address() -> None:
    assert network_address("10.0.0.7") == "10.0.0.7:5555"
    assert network_address("pixel.local:41321") == "pixel.local:41321"
    for serial in ("R58M123ABC", "usb:1-1", "usb:1", "adb-X (2)._adb-tls-connect._tcp"):
        assert network_address(serial) is None


@pytest.mark.slow
def test_a_serial_with_spaces_is_reached(relay: Callable[..., Relay]) -> None:
    server = relay(line("Pixel 9 device (2)"))
    for serial in (None, "Pixel 9 device (2)"):
        with environment(server, serial) as phone:
            assert phone.reset().size == Size(720, 1600)


def test_one_of_two_equal_phones_is_reached_by_its_place(relay: Callable[..., Relay]) -> None:
    def refuse(request: str) -> str | None:
        return "more than one device with serial TWIN" if request == "host:transport:TWIN" else None

    server = relay(line("TWIN", number=21, port="usb:1-4") + line("TWIN", number=22, port="usb:1-5"), refuse)
    with environment(server, "TWIN") as either, pytest.raises(SeveralPhones, match="several phones have the serial"):
        either.reset()
    with environment(server, "usb:1-5") as one:
        assert one.reset().size == Size(720, 1600)
        assert "host:transport-id:22" in server.requests


@pytest.mark.slow
def test_the_variable_of_adb_chooses_and_is_named(relay: Callable[..., Relay], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handeye.environments.android.connect.PATIENCE", 0.1)
    server = relay(line("CABLE", port="usb:1-1") + line("10.1.2.3:5555", number=2))
    with environment(server) as phone:
        with pytest.raises(SeveralPhones, match="ANDROID_SERIAL"):
            phone.reset()
        monkeypatch.setenv("ANDROID_SERIAL", "CABLE")
        assert phone.reset().size == Size(720, 1600)
        monkeypatch.setenv("ANDROID_SERIAL", "GONE")
        with pytest.raises(PhoneNotFound, match=r"'GONE' \(ANDROID_SERIAL\) is connected; there are: CABLE"):
            phone.reset()
        monkeypatch.setenv("ANDROID_SERIAL", "")
        with pytest.raises(SeveralPhones):
            phone.reset()
    monkeypatch.setenv("ANDROID_SERIAL", "GONE")
    with environment(server, "CABLE") as phone:
        assert phone.reset().size == Size(720, 1600)


@pytest.mark.slow
def test_a_phone_that_a_hub_has_dropped_is_waited_for(
    relay: Callable[..., Relay], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handeye.environments.android.connect.PATIENCE", 60.0)
    server = relay(line("HUB", number=5))
    with environment(server, "HUB") as phone:
        phone.reset()
        server.listing = ""
        with pytest.raises(EnvironmentLost, match="gone"):
            phone.execute(Home())
        asked = len(server.requests)

        def back() -> None:
            while server.requests[asked:].count("host:devices-l") < 3:
                stopped.wait(0.01)
            server.listing = line("HUB", number=6)

        stopped = threading.Event()
        threading.Thread(target=back, daemon=True).start()
        assert phone.reset().size == Size(720, 1600)


def test_a_phone_that_is_listed_and_closed_is_connected_anew(
    relay: Callable[..., Relay], phone: SimulatedPhone
) -> None:
    stuck = threading.Event()

    def refuse(request: str) -> str | None:
        if request.startswith("host:disconnect:"):
            stuck.clear()
            return "disconnected"
        return "closed" if stuck.is_set() and not request.startswith("host:") else None

    server = relay(line(phone.address), refuse)
    with environment(server, phone.address) as one:
        one.reset()
        stuck.set()
        with pytest.raises(EnvironmentLost, match="does not answer adb: closed"):
            one.execute(Home())
        assert one.reset().size == Size(720, 1600)


def test_a_phone_by_cable_that_stays_closed_is_no_device(
    relay: Callable[..., Relay], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handeye.environments.android.connect.PATIENCE", 0.2)
    server = relay(
        line("CABLE", number=4, port="usb:1-1"), lambda request: None if request.startswith("host") else "closed"
    )
    with environment(server) as phone, pytest.raises(PhoneOffline, match="closed, although adb lists it as usable"):
        phone.reset()
    assert "host-transport-id:4:reconnect" in server.requests


def test_an_android_without_exit_statuses_is_named(relay: Callable[..., Relay]) -> None:
    server = relay(line("MOTO"), lambda request: "closed" if request.startswith("shell,v2") else None)
    with environment(server) as phone, pytest.raises(AdbFailed, match="MOTO runs Android 6 or older"):
        phone.reset()
