"""Pages on a loopback server, browsers that show them, and calls that go on meanwhile."""

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.geometry import Point, Size
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.browser.settle import BROWSER_SETTLE


@dataclass(frozen=True)
class Reply:
    """What the server answers."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    status: int = 200


class Site:
    """A loopback web server whose pages a test writes."""

    def __init__(self) -> None:
        self._replies: dict[str, Reply] = {}
        self.requested: list[str] = []
        site = self

        class Request(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.requested.append(self.path)
                reply = site._replies.get(self.path.partition("?")[0], Reply(b"not here", status=404))
                time.sleep(reply.delay)
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.kind)
                self.send_header("Content-Length", str(len(reply.body)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Request)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def serve(self, path: str, body: str | bytes, **reply: Any) -> str:
        """Serve `body` at `path`; returns its address."""
        self._replies[path] = Reply(body.encode() if isinstance(body, str) else body, **reply)
        return self.url(path)

    def page(self, html: str, path: str = "/") -> str:
        """Serve a page with this body and no margins; returns its address."""
        return self.serve(path, f"<!doctype html><meta charset=utf-8><style>body{{margin:0}}</style>{html}")

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    server = Site()
    yield server
    server.close()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `downloads/` (not there yet) and the files `a.txt` and `b.txt`."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "a.txt").write_text("first")
    (folder / "b.txt").write_text("second")
    return folder


@pytest.fixture(scope="module")
def shared_browser(folders: Path) -> Iterator[BrowserEnvironment]:
    with BrowserEnvironment(
        viewport=Size(400, 300),
        downloads=folders / "downloads",
        uploads=[folders / "a.txt", folders / "b.txt"],
        secrets={"password": "hunter2 &c"},
        settle=replace(BROWSER_SETTLE, limit=3.0),
        patience=3.0,
    ) as environment:
        yield environment


@pytest.fixture
def browser(shared_browser: BrowserEnvironment) -> BrowserEnvironment:
    """The module's browser, in a fresh context, 400x300 at scale 1."""
    shared_browser.reset()
    return shared_browser


Meanwhile = Callable[..., Future[Any]]


@pytest.fixture
def meanwhile() -> Iterator[Meanwhile]:
    """Runs a function with its arguments on a thread of its own, and returns its future."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit


Show = Callable[[str], BrowserEnvironment]


@pytest.fixture
def show(browser: BrowserEnvironment, site: Site) -> Show:
    """Shows a page with the given body in the fresh browser."""

    def show(html: str) -> BrowserEnvironment:
        browser.goto(site.page(html))
        browser.observe()
        return browser

    return show


@pytest.fixture
def center() -> Callable[[BrowserEnvironment, str], Point]:
    """Finds the middle of the element that a selector names, in screenshot pixels at scale 1."""

    def center(environment: BrowserEnvironment, selector: str) -> Point:
        script = """s => { const r = document.querySelector(s).getBoundingClientRect();
                           return [Math.floor(r.x + r.width / 2), Math.floor(r.y + r.height / 2)] }"""
        x, y = environment.evaluate(script, selector)  # type: ignore[misc]
        return Point(x, y)

    return center
