"""An address is taken before the model is loaded, and answers only afterwards."""

import socket
from contextlib import closing

import pytest

from handeye.model.checkpoint import Checkpoint
from handeye.model.errors import CannotListen
from handeye.model.serve.app import Options
from handeye.model.serve.endpoint import Endpoint, is_loopback
from handeye.model.serve.listen import Listener
from handeye.model.serve.service import Service
from tests.model.serve.serving import LONG, send, serving, wait_until


def port_of(url: str) -> int:
    return int(url.removesuffix("/v1").rpartition(":")[2])


def test_nobody_can_connect_until_it_is_open() -> None:
    with Endpoint("127.0.0.1", 0, key=None) as endpoint:
        place = ("127.0.0.1", port_of(endpoint.url))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(place)
        endpoint.open()
        socket.create_connection(place).close()


@pytest.mark.parametrize("opened", [False, True])
def test_an_address_is_taken_once(opened: bool) -> None:
    with Endpoint("127.0.0.1", 0, key=None) as first:
        if opened:
            first.open()
        with pytest.raises(CannotListen, match=r"nothing can listen at 127\.0\.0\.1:\d+: .*; choose another --port"):
            Endpoint("127.0.0.1", port_of(first.url), key=None)


def test_an_address_can_be_taken_again_at_once() -> None:
    """Also where the server has ended a connection, which the system remembers for a minute."""
    with Endpoint("127.0.0.1", 0, key=None) as first:
        first.open()
        with socket.create_connection(("127.0.0.1", port_of(first.url))) as client:
            first.socket.accept()[0].close()
            assert client.recv(1) == b""
    with Endpoint("127.0.0.1", port_of(first.url), key=None) as second:
        second.open()


def test_an_address_that_another_program_opens_first(named: Checkpoint) -> None:
    """Some systems let two programs take an address that neither has opened."""
    with Endpoint("127.0.0.1", 0, key=None) as endpoint, closing(socket.socket()) as other:
        for taken in (endpoint.socket, other):
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port_of(endpoint.url)))
        other.listen()
        with pytest.raises(CannotListen, match="nothing can listen at"):
            Listener(Service(named), Options(), endpoint).answer()


@pytest.mark.parametrize("host", ["192.0.2.1", "a..b", "x" * 70])
def test_an_address_of_another_machine(host: str) -> None:
    with pytest.raises(CannotListen, match=r"choose another --port or --host|is not an address of this machine"):
        Endpoint(host, 0, key="a key")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "localhost.example"])
def test_others_are_let_in_only_with_a_key(host: str) -> None:
    with pytest.raises(CannotListen, match="set a key"):
        Endpoint(host, 0, key=None)


@pytest.mark.parametrize(
    ("host", "own"), [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("", False)]
)
def test_what_stands_for_this_machine(host: str, own: bool) -> None:
    assert is_loopback(host) is own


def test_a_number_in_brackets() -> None:
    if not socket.has_ipv6:
        pytest.skip("needs IPv6")
    try:
        endpoint = Endpoint("::1", 0, key=None)
    except CannotListen:
        pytest.skip("needs IPv6")
    with endpoint:
        assert endpoint.url.startswith("http://[::1]:")


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="needs Linux")
@pytest.mark.slow
@pytest.mark.usefixtures("endless")
def test_a_client_that_takes_nothing_loses_its_place(named: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """It neither reads nor goes, so its request would never end."""
    with serving(named, stalled=1) as served:
        connection = send(served, stream=True, buffer=1024, logprobs=True, top_logprobs=20)
        wait_until(lambda: served.service.engine.running == 1)
        served.settle()
        assert served.service.engine.used_tokens == 0
        assert served.metric("handeye_generated_tokens_total") < LONG
        connection.close()
