"""What is refused before a body is read, and how."""

import http.client
import json
import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import openai
import pytest

from handeye.model.checkpoint import Checkpoint
from handeye.model.serve.app import Options
from handeye.model.serve.limits import Limits
from tests.model.serve.serving import Served, send, serving, user, wait_until

Say = Callable[..., None]
KEY = "open-sesame"


@pytest.fixture(scope="module")
def locked(named: Checkpoint) -> Iterator[Served]:
    """A server with a key, which takes small requests."""
    with serving(named, Options(most_bytes=2000), key=KEY) as served:
        yield served


class TestKey:
    @pytest.mark.parametrize("given", [None, "Bearer", "Bearer wrong", f"Basic {KEY}", f"Bearer {KEY}x", "Bearer ü"])
    def test_without_it_nothing_is_told(self, locked: Served, given: str | None) -> None:
        headers = {} if given is None else {"Authorization": given.encode()}
        for path in ("/v1/models", "/v1/chat/completions", "/metrics", "/openapi.json", "/nothing"):
            answer = httpx2.get(f"{locked.root}{path}", headers=headers, trust_env=False)
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")
            assert KEY not in answer.text

    def test_health_needs_none(self, locked: Served) -> None:
        assert httpx2.get(f"{locked.root}/health", trust_env=False).json() == {"status": "ok"}

    def test_with_it_requests_are_answered(self, locked: Served) -> None:
        with openai.OpenAI(base_url=locked.url, api_key=KEY) as client:
            assert client.models.list().data
        assert locked.post({"Authorization": f"bearer {KEY}"}).status_code == 200


class TestSize:
    def test_a_request_that_says_that_it_is_too_large(self, locked: Served) -> None:
        answer = locked.post({"Authorization": f"Bearer {KEY}"}, messages=[user("a" * 3000)])
        assert answer.status_code == 413
        assert "2,000 bytes" in answer.json()["error"]["message"]

    def test_a_request_that_does_not_say_it(self, locked: Served) -> None:
        connection = http.client.HTTPConnection(locked.root.removeprefix("http://"))
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        pieces = [b'{"model": "', b"a" * 1500, b"a" * 1500, b'"}']
        connection.request("POST", "/v1/chat/completions", iter(pieces), headers, encode_chunked=True)
        answer = connection.getresponse()
        assert (answer.status, "2,000 bytes" in answer.read().decode()) == (413, True)
        connection.close()


def ask(served: Served, head: str, *, length: int | str = 20_000_000) -> socket.socket:
    """Send the head of a request, and nothing of the body that it promises."""
    connection = socket.create_connection(served.place)
    lines = [f"POST {head}", "Content-Type: application/json", f"Content-Length: {length}"]
    connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
    connection.settimeout(300)
    return connection


def read(connection: socket.socket) -> tuple[int, bytes]:
    """Return the status, and all that comes until the server closes the connection."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    assert answer.headers["Connection"] == "close"
    body = answer.read()
    assert connection.recv(1) == b""
    connection.close()
    return answer.status, body


CHAT = "/v1/chat/completions HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}"
REFUSED = [
    (CHAT.format("localhost", "wrong"), 401),
    (CHAT.format("localhost", KEY), 413),
    ("/nothing HTTP/1.1\r\nHost: evil.example", 401),
]


class TestBeforeItsBody:
    """A request that is refused is not read, however long its body is."""

    @pytest.mark.parametrize(("head", "status"), REFUSED)
    def test_it_is_answered(self, locked: Served, monkeypatch: pytest.MonkeyPatch, head: str, status: int) -> None:
        monkeypatch.setattr("handeye.model.serve.guard._LINGER", 0.02)
        before = locked.metric("handeye_refused_total", KEY)
        assert read(ask(locked, head))[0] == status
        assert locked.metric("handeye_refused_total", KEY) == before + 1

    @pytest.mark.parametrize(("head", "status"), REFUSED)
    def test_whoever_sends_all_of_it_sees_the_answer(
        self, locked: Served, monkeypatch: pytest.MonkeyPatch, head: str, status: int
    ) -> None:
        monkeypatch.setattr("handeye.model.serve.guard._LINGER", 300.0)
        connection = ask(locked, head)
        for _ in range(20):
            connection.sendall(bytes(1_000_000))
        assert read(connection)[0] == status

    def test_under_a_foreign_name(self, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("handeye.model.serve.guard._LINGER", 0.02)
        status, said = read(ask(served, CHAT.format("evil.example", KEY)))
        assert (status, json.loads(said)["error"]["code"]) == (403, "wrong_host")

    def test_a_client_that_asks_first_is_not_told_to_send(
        self, locked: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("handeye.model.serve.guard._LINGER", 0.02)
        connection = ask(locked, f"{CHAT.format('localhost', KEY)}\r\nExpect: 100-continue")
        assert connection.recv(100_000).startswith(b"HTTP/1.1 413")
        connection.close()

    def test_a_body_that_grows_beyond_the_limit(self, locked: Served, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("handeye.model.serve.guard._LINGER", 0.02)
        before = locked.metric("handeye_refused_total", KEY)
        connection = socket.create_connection(locked.place)
        head = f"POST {CHAT.format('localhost', KEY)}\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode() + b"7d0\r\n" + b"a" * 2000 + b"\r\n1\r\na\r\n")  # and no end
        status, said = read(connection)
        assert (status, "2,000 bytes" in said.decode()) == (413, True)
        assert locked.metric("handeye_refused_total", KEY) == before + 1

    def test_a_body_that_does_not_come(self, named: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
        """It would keep a place of those that there are."""
        monkeypatch.setattr("handeye.model.serve.guard._LINGER", 0.02)
        monkeypatch.setattr("handeye.model.serve.body._PATIENCE", 0.05)
        with serving(named, limits=Limits(requests=1)) as served:
            status, said = read(ask(served, CHAT.format("localhost", KEY), length=100))
            assert (status, "send it faster" in said.decode()) == (408, True)
            monkeypatch.undo()
            assert served.post().status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_form_of_a_web_page_is_no_request(served: Served, kind: str | None) -> None:
    """A browser sends it to any address, this one too, without asking; JSON only if the server allows it."""
    body = json.dumps({"model": "small", "messages": [user("Hi")], "max_tokens": 1}).encode()
    headers = {} if kind is None else {"Content-Type": kind}
    answer = httpx2.post(f"{served.url}/chat/completions", content=body, headers=headers, trust_env=False)
    assert answer.status_code == 400
    asked = httpx2.options(
        f"{served.url}/chat/completions",
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
        trust_env=False,
    )
    assert (asked.status_code, "access-control-allow-origin" in asked.headers) == (405, False)


def test_more_requests_than_there_may_be(named: Checkpoint, say: Say) -> None:
    say("a " * 3000, ends=False)
    with (
        serving(named, limits=Limits(running=1, requests=2)) as served,
        ThreadPoolExecutor() as pool,
        httpx2.Client(trust_env=False) as client,
    ):
        body: Any = {"model": "small", "messages": [user("Hi")], "max_tokens": 3000, "stream": True}
        with client.stream("POST", f"{served.url}/chat/completions", json=body):
            second = pool.submit(served.post)  # waits until the first one has gone
            wait_until(lambda: served.service.engine.waiting == 1)
            answer = served.post()
            error = answer.json()["error"]
            assert (answer.status_code, error["code"]) == (429, "queue_full")
            assert error["message"].startswith("2 requests are there already: ")
            assert error["message"].endswith(" a larger --max-requests")
            assert answer.headers["retry-after"] == "1"
            assert httpx2.get(f"{served.root}/health", trust_env=False).is_success
            assert not second.done()
        assert second.result().status_code == 200
        wait_until(lambda: served.post(max_tokens=1).status_code == 200)


@pytest.mark.usefixtures("endless")
def test_more_bytes_than_there_may_be(named: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies stay in memory until their replies have ended, so a few large ones are as much as many small ones."""
    monkeypatch.setattr("handeye.model.serve.guard._TOGETHER", 2)
    large = [user("a" * 1500)]
    with serving(named, Options(most_bytes=2000)) as served:
        connections = [send(served, messages=large, max_tokens=20_000) for _ in range(2)]
        wait_until(lambda: served.service.engine.running == 2)
        error = served.post(messages=large).json()["error"]
        assert error["code"] == "queue_full"
        held, most, size = (int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", error["message"]))
        assert most == 4000 and 1500 < size < 2000 and 3000 < held <= most < held + size
        assert error["message"].endswith(" a larger --max-body")
        pieces = httpx2.post(f"{served.url}/chat/completions", content=iter([b"{}"]), trust_env=False)
        error = pieces.json()["error"]
        assert (pieces.status_code, error["code"]) == (429, "queue_full")
        assert error["message"].endswith(" may have 2,000: ask again later, or send Content-Length")
        assert served.post().status_code == 200
        assert httpx2.get(f"{served.root}/health", trust_env=False).is_success
        for connection in connections:
            connection.close()
        wait_until(lambda: served.post(messages=large, max_tokens=1).status_code == 200)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example", 403),
        ("evil.example:8000", 403),
        ("", 403),
        ("LOCALHOST:9", 200),
        ("[::1]:9", 200),
        ("[::1]", 200),
        ("127.3.2.1:8000", 200),
    ],
)
def test_without_a_key_only_this_machine_is_answered(served: Served, host: str, status: int) -> None:
    """A web page whose name leads to this machine could read the answers otherwise."""
    assert httpx2.get(f"{served.url}/models", headers={"Host": host}).status_code == status
