"""What a browser can be asked to be, and what it cannot."""

import http.server
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.errors import MissingDependency
from handeye.actions.geometry import Box, Size
from handeye.actions.schema import Home
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.browser.options import proxy_settings
from handeye.environments.errors import ActionRejected, BrowserFailed, ChromiumNotFound, InvalidOption


def test_making_and_closing_one_leaves_nothing() -> None:
    before = set(threading.enumerate())
    environment = BrowserEnvironment()
    environment.close()
    environment.close()
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"viewport": Size(0, 720)}, "the viewport's sides must be from 1 to 16384 px, not 0x720"),
        ({"viewport": Size(9000, 100), "device_scale_factor": 2.0}, "sides must be from 1 to 8192 px"),
        ({"device_scale_factor": 0.0}, "device_scale_factor must be greater than 0"),
        ({"device_scale_factor": float("nan")}, "device_scale_factor must be greater than 0"),
        ({"clip": Box(0, 0, 2000, 10)}, "clip: the box .* lies outside the viewport of 1280x720"),
        ({"clip": Box(5, 5, 5, 10)}, "clip: .* is empty"),
        ({"proxy": "ftp://host:1"}, "the proxy must be an address"),
        ({"patience": 0.0}, "patience must be more than 0 seconds"),
        ({"secrets": {"x": ""}}, "the secret 'x' is empty"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        BrowserEnvironment(**options)


def test_pages_are_told_what_was_asked_for(site: Any) -> None:
    url = site.page("<script>early = window.mine</script>")
    with BrowserEnvironment(
        url,
        viewport=Size(320, 200),
        device_scale_factor=1.5,
        user_agent="test agent",
        locale="de-DE",
        timezone="Asia/Tokyo",
        init_script="window.mine = 'set before'",
    ) as environment:
        environment.reset()
        told = environment.evaluate(
            """[innerWidth, innerHeight, devicePixelRatio, navigator.userAgent, navigator.language,
                Intl.DateTimeFormat().resolvedOptions().timeZone, early]"""
        )
    assert told == [320, 200, 1.5, "test agent", "de-DE", "Asia/Tokyo", "set before"]


@pytest.mark.slow
def test_a_profile_is_kept(site: Any, tmp_path: Path) -> None:
    url = site.page("<title>profile</title>")
    with BrowserEnvironment(url, profile=tmp_path / "profile", viewport=Size(320, 200)) as environment:
        assert environment.reset().size == (320, 200)
        environment.evaluate("() => { localStorage.kept = 'yes' }")
        assert environment.reset().tabs == (("profile", url, True),)
        assert environment.evaluate("localStorage.kept") == "yes"
    with BrowserEnvironment(url, profile=tmp_path / "profile") as environment:
        environment.reset()
        assert environment.evaluate("localStorage.kept") == "yes"


@pytest.fixture
def proxy() -> Iterator[str]:
    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<title>proxied {self.path}</title>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.slow
def test_pages_come_through_the_proxy(proxy: str) -> None:
    with BrowserEnvironment("http://somewhere.invalid/page", proxy=proxy) as environment:
        assert environment.reset().title == "proxied http://somewhere.invalid/page"


def test_a_proxy_may_need_a_login() -> None:
    assert proxy_settings("http://me:p%40ss@host:3128") == {
        "server": "http://host:3128",
        "username": "me",
        "password": "p@ss",
    }


def test_unsupported_actions_are_refused(browser: BrowserEnvironment) -> None:
    assert "zoom" not in browser.supported
    with pytest.raises(ActionRejected, match="`home` is not possible here; possible actions: `back`, `click`"):
        browser.execute(Home())


def test_no_playwright(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "playwright", raising=False)
    for name in [name for name in sys.modules if name.startswith("playwright.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(MissingDependency, match=r'needs playwright: pip install "handeye\[browser\]"'):
        BrowserEnvironment()


def test_no_chromium(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HANDEYE_CHROMIUM", str(tmp_path / "nothing"))
    with pytest.raises(ChromiumNotFound, match=r"HANDEYE_CHROMIUM is .*nothing, which is not a program"):
        BrowserEnvironment()


def test_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(BrowserFailed, match="a browser with a window needs a display"):
        BrowserEnvironment(headless=False)


def test_a_display_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":987")
    with (
        BrowserEnvironment(headless=False) as environment,
        pytest.raises(BrowserFailed, match="the display :987 cannot be reached"),
    ):
        environment.reset()


def test_a_program_that_is_no_browser(tmp_path: Path) -> None:
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\necho not a browser\nexit 3\n")
    program.chmod(0o755)
    with (
        BrowserEnvironment(executable=program) as environment,
        pytest.raises(BrowserFailed, match="does not start") as caught,
    ):
        environment.reset()
    assert "\n" not in str(caught.value)
