"""Serves the phone's pages to its own screen, on a loopback port."""

import functools
import http.server
import os
import threading
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent


class ScreenServer:
    """Serves the folder `screen` until closed."""

    def __init__(self) -> None:
        self._server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(_QuietRequest, directory=str(FOLDER))
        )
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="handeye-phone-pages", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """The address of the phone's page."""
        return f"http://127.0.0.1:{self._server.server_port}/phone.html"

    def close(self) -> None:
        """Stop serving. Closing twice is harmless."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _QuietRequest(http.server.SimpleHTTPRequestHandler):
    """Answers without writing a log line to the terminal."""

    protocol_version = "HTTP/1.1"  # one connection for all files: the page loads in half the time

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        if str(path).endswith(".js"):
            return "text/javascript; charset=utf-8"  # some systems map .js to a type that is not allowed for modules
        kind = super().guess_type(path)
        return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind

    def log_message(self, format: str, *args: object) -> None:
        pass
