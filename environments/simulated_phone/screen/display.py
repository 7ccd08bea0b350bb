"""The phone's screen: a Chromium page in mobile emulation, painted, touched and typed on."""

import asyncio
import base64
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from handeye.actions.geometry import Frame, Point, Size, Transform
from handeye.environments.browser.launch import arguments, start_playwright
from handeye.environments.browser.picker import POPUP_SCRIPT
from handeye.environments.browser.screen import input_point
from handeye.environments.browser.screenshot import png_size
from handeye.environments.browser.touch import OUTERMOST
from handeye.environments.errors import BrowserFailed, EnvironmentLost, ScriptFailed
from handeye.environments.simulated_phone.screen.server import FOLDER

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession, Page, Playwright
    from playwright.async_api import Frame as PageFrame

_START_SECONDS = 60.0
_ANSWER_SECONDS = 10.0
"""How long the page may take to answer before it counts as hung."""
_CLOSE_SECONDS = 5.0
_CAPTURES = (2.0, 4.0, 8.0)
"""Seconds for each try: a capture while a frame navigates can hang forever; the next one succeeds."""
_ORIENTATIONS = ("portraitPrimary", "landscapePrimary", "portraitSecondary", "landscapeSecondary")
WEB_PAGE: Final = "handeye-page"
"""The name of the frame in which an app shows a web page."""
_FRAME_OF = f"""name => phone.tasks.running.find((task) => task.app.package === name)
  ?.frame.contentDocument.querySelector("iframe[name={WEB_PAGE}]") ?? null"""
_BASE_DENSITY: Final = 160
"""Dots per inch at which a CSS pixel is one pixel."""


def css_size(size: Size, density: int) -> Size:
    """Return the size of a screen in CSS pixels, each `density` / 160 pixels wide."""
    scale = density / _BASE_DENSITY
    return Size(max(1, round(size.width / scale)), max(1, round(size.height / scale)))


class Display:
    """One Chromium with one page. All calls are made on the loop that started it."""

    def __init__(self, url: str, executable: Path, headless: bool, lost: Callable[[], None]) -> None:
        """Show the page at `url` in the given Chromium; `lost` is called if either crashes."""
        self._url = url
        self._executable = executable
        self._headless = headless
        self._tell_lost = lost
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._page: Page | None = None
        self._session: CDPSession | None = None
        self._transform = Transform(Frame("screen", Size(1, 1)), Frame("page", Size(1, 1)))

    @property
    def running(self) -> bool:
        """Whether its page is shown, as far as known."""
        return self._page is not None

    @property
    def size(self) -> Size:
        """In pixels, in the current rotation."""
        return self._transform.source.size

    @property
    def css(self) -> Size:
        """In CSS pixels, in the current rotation."""
        return self._transform.target.size

    async def start(self, size: Size, density: int) -> None:
        """Start Chromium and wait until the page is ready; raise `BrowserFailed`."""
        from playwright.async_api import Error

        self._playwright = await start_playwright()
        try:
            css = css_size(size, density)
            self._browser = await self._playwright.chromium.launch(
                executable_path=self._executable,
                headless=self._headless,
                args=[
                    f"--window-size={css.width},{css.height + (0 if self._headless else 90)}",
                    *arguments(touched=True),
                ],
                handle_sigint=False,
                timeout=_START_SECONDS * 1000,
            )
            self._browser.on("disconnected", lambda _: self._broken())
            context = await self._browser.new_context(no_viewport=True, locale="en-US", timezone_id="UTC")
            # Pages from other origins report by messages which of their fields has the focus.
            await context.add_init_script(path=FOLDER / "js" / "look.js")
            # In the apps' web pages, as in a browser: a list that the system draws would not take touches.
            await context.add_init_script(f"if (window.name === '{WEB_PAGE}') {{ {POPUP_SCRIPT} }}")
            page = await context.new_page()
            page.on("crash", lambda _: self._broken())
            self._session = await context.new_cdp_session(page)
            await self._send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})
            if not self._headless:
                mouse = {"enabled": True, "configuration": "mobile"}
                await self._send("Emulation.setEmitTouchEventsForMouse", mouse)
            await self.resize(size, density, 0)
            await page.goto(self._url, timeout=_START_SECONDS * 1000)
            await page.wait_for_function("() => window.phone?.ready", timeout=_START_SECONDS * 1000)
            page.on("framenavigated", self._navigated)
            self._page = page
        except Error as error:
            await self.stop()
            raise BrowserFailed(f"the phone's screen does not start: {error.message.splitlines()[0]}") from None
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End Chromium. Stopping twice is harmless."""
        from playwright.async_api import Error

        self._page = self._session = None
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        endings: list[Callable[[], Coroutine[Any, Any, None]]] = [] if browser is None else [browser.close]
        endings += [] if playwright is None else [playwright.stop]
        for end in endings:
            try:
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await end()
            except (TimeoutError, Error):
                continue  # Playwright's driver kills what is left when it ends

    async def resize(self, size: Size, density: int, rotation: int) -> None:
        """Give the page the size of a screen rotated by `rotation` quarter turns."""
        turned = rotation % 2 == 1
        shown = Size(size.height, size.width) if turned else size
        css = css_size(shown, density)
        self._transform = Transform(Frame("screen", shown), Frame("page", css))
        await self._send(
            "Emulation.setDeviceMetricsOverride",
            {
                "width": css.width,
                "height": css.height,
                "screenWidth": css.width,
                "screenHeight": css.height,
                "deviceScaleFactor": density / _BASE_DENSITY,
                "mobile": True,
                "screenOrientation": {"type": _ORIENTATIONS[rotation], "angle": rotation * 90},
            },
        )

    async def evaluate(self, expression: str, argument: object = None, *, within: str | None = None) -> Any:
        """Evaluate JavaScript, or call a function with one argument, in the page or in the web page of an app.

        within: the package of that app. Raises `ScriptFailed`, also if it shows no web page, and `EnvironmentLost`.
        """
        from playwright.async_api import Error

        page = self._require_page()
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                place = page if within is None else await _web_page(page, within)
                return await place.evaluate(expression, argument)
        except TimeoutError:
            raise self._loss(f"did not answer within {_ANSWER_SECONDS:g} s") from None
        except Error as error:
            if self._page is None or page.is_closed() or "crash" in error.message or "closed" in error.message:
                raise self._loss("has crashed") from None
            raise ScriptFailed(error.message.splitlines()[0]) from None

    async def png(self) -> bytes:
        """Capture the screen, at exactly `size`. Raises `EnvironmentLost`."""
        problem = ""
        for seconds in _CAPTURES:
            # Without its own scale the clip is captured in pixels, in half the time of Playwright's screenshot.
            clip = {"x": 0, "y": 0, "width": self.css.width, "height": self.css.height, "scale": 1}
            try:
                answer = await self._send(
                    "Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True, "clip": clip}, seconds
                )
            except ScriptFailed as error:
                problem = str(error)
                continue
            except TimeoutError:
                problem = f"no picture within {seconds:g} s"
                continue
            return base64.b64decode(answer["data"])
        raise self._loss(f"no longer paints: {problem}")

    async def touch(self, kind: str, points: Sequence[Point] = ()) -> None:
        """Send `touchStart`, `touchMove`, `touchEnd` or `touchCancel` with the fingers' pixels on the screen."""
        placed = [input_point(self._transform, self._transform.source.clamp(point)) for point in points]
        # Chromium hit-tests touches at the nearest whole CSS px, which at the edges would be outside.
        right, bottom = (side - OUTERMOST for side in self.css)
        touches = [{"x": min(x, right), "y": min(y, bottom), "id": number} for number, (x, y) in enumerate(placed)]
        await self._send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    async def type(self, text: str) -> None:
        """Press the keys for the characters, one after the other."""
        await self._pressing(self._require_page().keyboard.type(text), _ANSWER_SECONDS + len(text) / 50)

    async def insert(self, text: str) -> None:
        """Commit a text as an input method does, all at once."""
        await self._pressing(self._require_page().keyboard.insert_text(text), _ANSWER_SECONDS)

    async def press(self, keys: str) -> None:
        """Press a key by Playwright's name, or several joined by `+`."""
        await self._pressing(self._require_page().keyboard.press(keys), _ANSWER_SECONDS)

    async def hold(self, key: str, down: bool) -> None:
        """Press or release a key."""
        keyboard = self._require_page().keyboard
        await self._pressing(keyboard.down(key) if down else keyboard.up(key), _ANSWER_SECONDS)

    def to_screen(self, x: float, y: float) -> tuple[int, int]:
        """Convert a position in CSS pixels to screen pixels."""
        (width, height), (across, down) = self.size, self.css
        return round(x * width / across), round(y * height / down)

    def exact(self, png: bytes) -> bool:
        """Return whether a picture has the screen's size: with odd densities it may be a pixel off."""
        return png_size(png) == self.size

    async def _pressing(self, keys: Coroutine[Any, Any, None], seconds: float) -> None:
        from playwright.async_api import Error

        try:
            async with asyncio.timeout(seconds):
                await keys
        except (TimeoutError, Error):
            raise self._loss("no longer accepts keys") from None

    def _require_page(self) -> "Page":
        if self._page is None:
            raise EnvironmentLost("the phone's screen is not running")
        return self._page

    async def _send(self, method: str, parameters: dict[str, Any], seconds: float | None = None) -> dict[str, Any]:
        from playwright.async_api import Error

        session = self._session
        if session is None:
            raise EnvironmentLost("the phone's screen is not running")
        try:
            async with asyncio.timeout(_ANSWER_SECONDS if seconds is None else seconds):
                answer: dict[str, Any] = await session.send(method, parameters)
                return answer
        except TimeoutError:
            if seconds is not None:
                raise
            raise self._loss(f"did not answer {method} within {_ANSWER_SECONDS:g} s") from None
        except Error as error:
            if self._session is None or "crash" in error.message or "closed" in error.message:
                raise self._loss("has crashed") from None
            raise ScriptFailed(error.message.splitlines()[0]) from None

    def _navigated(self, frame: "PageFrame") -> None:
        if frame.parent_frame is None and frame.url.partition("#")[0] != self._url:
            self._broken()  # another page has replaced the phone's

    def _broken(self) -> None:
        if self._page is not None:
            self._page = self._session = None
            self._tell_lost()

    def _loss(self, what: str) -> EnvironmentLost:
        self._broken()
        return EnvironmentLost(f"the phone's screen {what}: reset() restarts it")


async def _web_page(page: "Page", package: str) -> "PageFrame":
    """Return the frame with the web page that an app shows; raise `ScriptFailed` if there is none."""
    element = (await page.evaluate_handle(_FRAME_OF, package)).as_element()
    frame = None if element is None else await element.content_frame()
    if frame is None:
        raise ScriptFailed(f"{package} shows no web page")
    return frame
