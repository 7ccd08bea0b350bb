"""A page that reports its input: every pointer event to the pixel, every key, every text.

`TargetServer` serves it on this machine only. Any environment that can show a page can show this one, and the page's
reports verify what the environment's actions do.
"""

import http.server
import secrets
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from handeye.actions.closeable import Closeable
from handeye.actions.errors import HandeyeError

_PAGE = Path(__file__).with_name("targets.html")
_IDLE_SECONDS = 3.0
"""Seconds after which an idle connection is closed: a browser that has exited may leave one half open."""
_MOST_BYTES = 4_000_000
"""The largest report accepted, in bytes."""


class TargetsNotShown(HandeyeError):
    """The page of targets was not opened, or cannot be found on the screen."""


class Layout(BaseModel):
    """The positions of the page's parts, in CSS px of its viewport."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ratio: float
    """Device pixels per CSS px."""
    viewport: tuple[float, float]
    boxes: dict[str, tuple[float, float, float, float]]
    """Left, top, right and bottom of each part, by name."""

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the targets, in the order of their numbers."""
        return tuple(name for name in self.boxes if name.startswith("target"))


class Event(BaseModel):
    """An event in the page. Fields that do not apply to its kind have their defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    """The DOM's name ("pointerdown", "keyup", "input"), "layout" when the page has laid out its parts, "code" for an
    input event of the code's fields, or "done" when a process started by a button is over."""
    time: float
    """Seconds on the page's clock."""
    part: str
    """The part of the page that received it; empty for the page itself."""
    modifiers: tuple[str, ...] = ()
    """The modifiers held, by their canonical names."""
    x: float = 0.0
    y: float = 0.0
    """CSS px of the viewport, with fractions if the browser reports them."""
    screen: tuple[float, float] = (0.0, 0.0)
    button: int = 0
    """-1 none, 0 left, 1 middle, 2 right."""
    buttons: int = 0
    """The sum of the buttons that are down: 1 left, 2 right, 4 middle."""
    count: int = 0
    """For a mousedown: its number within a multiple click."""
    pointer: str = ""
    """"mouse", "touch" or "pen"."""
    key: str = ""
    repeat: bool = False
    dx: float = 0.0
    dy: float = 0.0
    """For a wheel event the distance, for a scroll event the new position of the area, in CSS px."""
    text: str = ""
    """For an input event, the text area's entire contents; for "code", one character for each of the code's fields."""
    layout: Layout | None = None


_EVENTS = TypeAdapter(list[Event])


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a page that was closed before it was answered."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class TargetServer(Closeable):
    """Serves the page at an unguessable address, and keeps the reports of the newest page.

    It listens on 127.0.0.1 from its creation until `close`. May be used from any thread.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._page = 0
        self._events: list[Event] = []
        self._text = ""
        self._scrolled = (0.0, 0.0)
        self._layout: Layout | None = None
        self._root = f"/{secrets.token_urlsafe(9)}/"
        self._server = _Server(("127.0.0.1", 0), self._request_class())
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="handeye-targets", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_port)

    @property
    def url(self) -> str:
        """The page with all its parts: targets, a text area, the fields of a code, a scrollable area, buttons."""
        return f"http://127.0.0.1:{self.port}{self._root}"

    @property
    def grid_url(self) -> str:
        """The page with nothing but targets, all over it."""
        return f"{self.url}#grid"

    def forget(self) -> None:
        """Ignore the current page and wait for a new one."""
        with self._changed:
            self._renew()

    def layout(self, seconds: float = 30.0) -> Layout:
        """Return the newest page's layout; raise `TargetsNotShown` if none is opened within `seconds`."""
        if not self.wait(lambda: self._layout is not None, seconds) or self._layout is None:
            raise TargetsNotShown(f"the page of targets was not opened within {seconds:g} s: {self.url}")
        return self._layout

    def events(self, *kinds: str) -> tuple[Event, ...]:
        """Return the events since the last `clear`, of these kinds or of all."""
        with self._changed:
            return tuple(event for event in self._events if not kinds or event.kind in kinds)

    def text(self) -> str:
        """Return the text area's contents."""
        with self._changed:
            return self._text

    def scrolled(self) -> tuple[float, float]:
        """Return how far the scrollable area is scrolled to the right and down, in CSS px."""
        with self._changed:
            return self._scrolled

    def clear(self) -> None:
        """Forget the events, but keep the page's resulting state."""
        with self._changed:
            self._events.clear()

    def wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until the condition holds, checking after each report; return whether it does."""
        with self._changed:
            return self._changed.wait_for(condition, seconds)

    def wait_quiet(self, quiet: float, seconds: float) -> None:
        """Wait until no report has arrived for `quiet` seconds, at most `seconds`."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while (left := deadline - time.monotonic()) > 0 and self._changed.wait(min(quiet, left)):
                continue

    def close(self) -> None:
        """Stop serving. Closing twice is harmless."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def _renew(self) -> int:
        self._page += 1
        self._events.clear()
        self._text = ""
        self._scrolled = (0.0, 0.0)
        self._layout = None
        return self._page

    def _opened(self) -> bytes:
        with self._changed:
            number = self._renew()
        return _PAGE.read_bytes().replace(b"PAGE_NUMBER", str(number).encode())

    def _reported(self, page: str, events: list[Event]) -> None:
        with self._changed:
            if page != str(self._page):
                return
            for event in events:
                if event.layout is not None:
                    self._layout = event.layout
                elif event.kind == "input":
                    self._text = event.text
                elif event.kind == "scroll":
                    self._scrolled = (event.dx, event.dy)
            self._events.extend(events)
            self._changed.notify_all()

    def _request_class(self) -> type[http.server.BaseHTTPRequestHandler]:
        server = self

        class Request(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = _IDLE_SECONDS

            def do_GET(self) -> None:
                if self.path == server._root:
                    self._answer(HTTPStatus.OK, server._opened())
                else:
                    self._answer(HTTPStatus.NOT_FOUND)

            def do_POST(self) -> None:
                length = self.headers.get("Content-Length", "")
                page = self.path.removeprefix(f"{server._root}events/")
                if page == self.path or not length.isdecimal() or int(length) > _MOST_BYTES:
                    self.close_connection = True
                    self._answer(HTTPStatus.BAD_REQUEST)
                    return
                try:
                    events = _EVENTS.validate_json(self.rfile.read(int(length)))
                except ValidationError:
                    self._answer(HTTPStatus.BAD_REQUEST)
                    return
                server._reported(page, events)
                self._answer(HTTPStatus.NO_CONTENT)

            def _answer(self, status: HTTPStatus, body: bytes = b"") -> None:
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Cache-Control", "no-store")
                if status != HTTPStatus.NO_CONTENT:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing."""

        return Request
