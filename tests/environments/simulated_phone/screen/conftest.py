"""The simulated phone's screen by itself: its page in Chromium, touched by a finger of the test's own."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from handeye.environments.browser.chromium import find_chromium
from handeye.environments.simulated_phone.screen.server import FOLDER, ScreenServer

PORTRAIT = {"width": 360, "height": 800}
LANDSCAPE = {"width": 800, "height": 360}


class Screen:
    """The page, and what a test does with it. Points are CSS pixels."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self._session = page.context.new_cdp_session(page)

    def ask(self, script: str, argument: object = None) -> Any:
        return self.page.evaluate(script, argument)

    def open(self, package: str, **intent: object) -> None:
        assert self.ask("([name, intent]) => phone.open(name, intent)", [package, intent])

    def nodes(self) -> list[dict[str, Any]]:
        """All nodes of the tree, outer ones first."""
        found, left = [], [self.ask("phone.tree()")]
        while left:
            node = left.pop(0)
            found.append(node)
            left = [*node["children"], *left]
        return found

    def find(self, text: str, kind: str = "") -> list[dict[str, Any]]:
        return [
            node
            for node in self.nodes()
            if text in (node["text"], node["contentDesc"]) and node["class"].endswith(kind)
        ]

    def said(self) -> set[str]:
        return {node["text"] or node["contentDesc"] for node in self.nodes()} - {""}

    def middle(self, text: str, kind: str = "") -> tuple[float, float]:
        left, top, right, bottom = self.find(text, kind)[0]["bounds"]
        return (left + right) / 2, (top + bottom) / 2

    def tap(self, text: str, kind: str = "") -> None:
        self.page.touchscreen.tap(*self.middle(text, kind))

    def key(self, label: str) -> None:
        """Tap a key of the soft keyboard, once it has one of that name."""
        script = """name => {
          const keys = [...document.querySelectorAll('#keyboard button')];
          const box = keys.find(key => (key.ariaLabel ?? key.textContent) === name)?.getBoundingClientRect();
          return box?.width ? [box.left + box.width / 2, box.top + box.height / 2] : null;
        }"""
        self.page.touchscreen.tap(*self.page.wait_for_function(script, arg=label, timeout=60_000).json_value())

    def touch(self, *path: tuple[float, float], hold_ms: int = 0) -> None:
        """Put a finger down at the first point, move it along the others, hold, and lift it."""
        self._send("touchStart", path[0])
        before = path[0]
        for point in path[1:]:
            for part in range(1, 9):
                x = before[0] + (point[0] - before[0]) * part / 8
                self._send("touchMove", (x, before[1] + (point[1] - before[1]) * part / 8))
            before = point
        self.page.wait_for_timeout(hold_ms)
        self._session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def until(self, script: str) -> None:
        """Wait until the page says true."""
        self.page.wait_for_function(script, timeout=60_000)

    def _send(self, kind: str, point: tuple[float, float]) -> None:
        touches = [{"x": point[0], "y": point[1]}]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


@pytest.fixture(scope="module")
def _module_screen() -> Iterator[Screen]:
    chromium = find_chromium()
    if chromium is None:
        missing = "needs Chromium: apt-get install chromium-headless-shell"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    server = ScreenServer()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        context = browser.new_context(
            viewport=PORTRAIT, device_scale_factor=1, is_mobile=True, has_touch=True, locale="en-US"
        )
        context.add_init_script(path=FOLDER / "js" / "look.js")
        page = context.new_page()
        screen = Screen(page)
        page.goto(server.url)
        screen.until("window.phone?.ready")
        yield screen
        browser.close()
    server.close()


@pytest.fixture
def screen(_module_screen: Screen) -> Iterator[Screen]:
    """The module's phone, as new, upright, and without motion."""
    _module_screen.page.set_viewport_size(PORTRAIT)
    _module_screen.errors.clear()
    _module_screen.ask("phone.load({settings: {global: {animator_duration_scale: '0'}}})")
    yield _module_screen
    assert _module_screen.errors == []
