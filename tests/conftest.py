"""What all tests share: no network, no chance, no browser left behind."""

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest
from hypothesis import settings

from handeye.environments.browser.chromium import find_chromium

# Before anything imports huggingface_hub, which reads it once: no test may depend on a network.
os.environ["HF_HUB_OFFLINE"] = "1"
# Before anything imports torch: on a busy machine, threads that wait for each other make small networks much slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A shell starts what runs in its background with Ctrl-C ignored, and so would be every process that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
# And nohup with the closing of the terminal ignored.
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

settings.register_profile("handeye", derandomize=True, deadline=None, database=None)
settings.load_profile("handeye")

Site = Callable[[Mapping[str, str]], str]


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Serve HTML pages by their paths, such as {"/": "<h1>Hello"}, on this machine; returns the address of the root."""
    servers: list[ThreadingHTTPServer] = []

    def serve(pages: Mapping[str, str]) -> str:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = pages.get(self.path)
                self.send_response(404 if page is None else 200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write((page or "nothing here").encode())

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session", autouse=True)
def no_browser_is_left_behind() -> Iterator[None]:
    """When all tests are done, no browser that they started still runs."""
    yield
    _, alive = psutil.wait_procs(browsers(), timeout=60)
    assert not alive, f"browsers were left behind: {[(each.pid, each.cmdline()[-1]) for each in alive]}"


def browsers() -> list[psutil.Process]:
    """Return the Chromium processes below this one."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if "chrom" in process.name():
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


PACKAGES = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "xmodmap": "x11-xserver-utils",
    "xrandr": "x11-xserver-utils",
    "dbus-daemon": "dbus-daemon",
    "xdpyinfo": "x11-utils",
    "setpriv": "util-linux",
    "javac": "default-jdk",
    "java": "default-jdk",
    "libreoffice": "libreoffice-calc libreoffice-gtk3",
    "/usr/libexec/at-spi-bus-launcher": "at-spi2-core",
}
"""The Debian packages of programs that are not called as their package."""


def need(*programs: str) -> None:
    """Skip the test if one of the programs is not installed; with CI=true, fail."""
    there = {program: shutil.which(program) is not None for program in programs if program != "chromium"}
    if "chromium" in programs:  # with windows, wherever it lies
        there["chromium"] = find_chromium(headless=False) is not None
    missing = [PACKAGES.get(program, program) for program in programs if not there[program]]
    if missing:
        message = f"needs apt-get install -y {' '.join(missing)}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A temporary folder with a short path: Chromium makes a socket in its own, and sockets allow for 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="handeye-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def needs() -> Callable[..., None]:
    """Skips a test for programs that are not installed, as `need` does."""
    return need
