"""The time of a step without the model: handeye against the usual way, on the same screen, in one run.

    python benchmarks/environments.py                      # browser, desktop and simulated phone
    python benchmarks/environments.py browser --runs 9

Prints the median of the runs in milliseconds, and how many runs had the right result. Each row ends with a screenshot
that a policy could use next. The usual way is what scripts do: Playwright's `page.screenshot`, `pyautogui.screenshot`
and `write`, adbutils' `screenshot` and `send_keys`, and a fixed sleep after each action, a short one and a long one.
The clicked target changes immediately, or moves for half a second before it settles.
"""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from typing import Protocol

from PIL import Image

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click, Type
from handeye.environments.android.adb_server import AdbServer
from handeye.environments.android.environment import AndroidEnvironment
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.contract.kiosk import Kiosk
from handeye.environments.contract.targets import TargetServer
from handeye.environments.contract.targets_view import DONE, TargetsView, find_shown
from handeye.environments.desktop.isolated.environment import IsolatedDesktopEnvironment
from handeye.environments.environment import Environment
from handeye.environments.simulated_phone.phone import SimulatedPhone

SLEEPS = (0.3, 1.0)
ASCII = 'for (i = 0; i < 9; i++) { if (a[i] > b && "x" != \'y\') print("$i%s|~`^"); } # <tag/> @&*? \\ 012345678'
MIXED = "Grüße, 世界! Привет мир, こんにちは 안녕 😀 <b>née</b> 5 € für Ångström: naïve façade — “quoted” … ½ × ∞ ≠ ø.."
SIZE = Size(1280, 720)


@dataclass(frozen=True)
class Result:
    """The runs of one row on one side."""

    milliseconds: float
    right: int
    runs: int


Rows = Mapping[str, Result]


class Side(Protocol):
    """A way to act on the screen that shows the page of targets."""

    def screenshot(self) -> Image.Image:
        """Return a screenshot of the screen."""

    def click(self, point: Point) -> Image.Image:
        """Click; return the screen that a policy would see next."""

    def type(self, text: str) -> Image.Image:
        """Type; return the screen that a policy would see next."""

    def clear(self, field: Point) -> None:
        """Put the focus into an empty text area. Not measured."""


@dataclass(frozen=True)
class Ours:
    """An environment of handeye."""

    environment: Environment

    def screenshot(self) -> Image.Image:
        """Observe."""
        return self.environment.observe().image

    def click(self, point: Point) -> Image.Image:
        """Execute a click."""
        return self.environment.execute(Click(point=point)).image

    def type(self, text: str) -> Image.Image:
        """Execute typing."""
        return self.environment.execute(Type(text=text)).image

    def clear(self, field: Point) -> None:
        """Delete the content of the field."""
        self.environment.execute(Click(point=field))
        self.environment.execute(Type(text="", clear=True))


@dataclass(frozen=True)
class Usual:
    """The usual way of scripts."""

    take: Callable[[], Image.Image]
    press: Callable[[int, int], object]
    write: Callable[[str], object]
    clear: Callable[[Point], None]
    sleep: float = 0.0
    """Seconds after each action."""
    show: Callable[[], object] = lambda: None
    """Shows the page, if this side has a separate screen."""

    def screenshot(self) -> Image.Image:
        """Take a screenshot."""
        image = self.take()
        image.load()
        return image

    def click(self, point: Point) -> Image.Image:
        """Click, sleep, take a screenshot."""
        self.press(point.x, point.y)
        time.sleep(self.sleep)
        return self.screenshot()

    def type(self, text: str) -> Image.Image:
        """Type, sleep, take a screenshot."""
        self.write(text)
        time.sleep(self.sleep)
        return self.screenshot()


def measure(side: Side, view: TargetsView, server: TargetServer, runs: int) -> Iterator[tuple[str, Result]]:
    """Yield each row's name and result."""
    size = side.screenshot().size
    yield "screenshot", repeat(runs, side.screenshot, lambda image: image.size == size)
    target = view.center("target1")
    yield "click, changes at once", repeat(runs, lambda: side.click(target), toggles(side.screenshot(), view))
    moves = view.center("quick")
    yield (
        "click, moves for 0.5 s",
        repeat(runs, lambda: side.click(moves), lambda image: view.shows(image, "status", DONE)),
    )
    for name, text in (("type 100 characters, ASCII", ASCII), ("type 100 characters, mixed", MIXED)):

        def typed(image: Image.Image, text: str = text) -> bool:
            return server.wait(lambda: server.text() == text, 1.0)

        def clear() -> None:
            side.clear(view.center("text"))
            server.wait(lambda: server.text() == "", 5.0)

        yield name, repeat(runs, partial(side.type, text), typed, clear)


def toggles(shown: Image.Image, view: TargetsView) -> Callable[[Image.Image], bool]:
    """Return a check that the first target has a different colour than on the previous screenshot."""
    box = view.box("target1")
    corner = Point(box.left + 4, box.top + 4)
    before = shown.convert("RGB").getpixel(corner)

    def right(image: Image.Image) -> bool:
        nonlocal before
        same, before = image.convert("RGB").getpixel(corner) == before, image.convert("RGB").getpixel(corner)
        return not same

    return right


def repeat(
    runs: int,
    act: Callable[[], Image.Image],
    right: Callable[[Image.Image], bool],
    prepare: Callable[[], None] = lambda: None,
) -> Result:
    """Act `runs` times, after one run to warm up."""
    seconds, good = [], 0
    for run in range(runs + 1):
        prepare()
        began = time.perf_counter()
        image = act()
        elapsed = time.perf_counter() - began
        fine = right(image)
        if run > 0:
            seconds.append(elapsed)
            good += fine
    return Result(statistics.median(seconds) * 1000, good, runs)


@contextmanager
def browser(server: TargetServer) -> Iterator[tuple[Ours, Usual]]:
    """Yield both sides, each with its own headless Chromium."""
    from playwright.sync_api import sync_playwright

    from handeye.environments.browser.chromium import require_chromium

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=require_chromium())
        page = chromium.new_page(viewport={"width": SIZE.width, "height": SIZE.height})

        def screenshot() -> Image.Image:
            return Image.open(BytesIO(page.screenshot()))

        def clear(field: Point) -> None:
            page.fill("#text", "")

        with BrowserEnvironment(server.url, viewport=SIZE) as environment:
            environment.reset()
            yield (
                Ours(environment),
                Usual(screenshot, page.mouse.click, page.keyboard.type, clear, show=lambda: page.goto(server.url)),
            )


@contextmanager
def desktop(server: TargetServer) -> Iterator[tuple[Ours, Usual]]:
    """Yield both sides on an Xvfb with openbox and a full-screen Chromium."""
    with IsolatedDesktopEnvironment(size=SIZE) as environment:
        environment.reset()
        # Before importing pyautogui, which connects to it.
        os.environ["DISPLAY"] = environment.desktop.display
        os.environ["XDG_SESSION_TYPE"] = "x11"
        import pyautogui

        pyautogui.FAILSAFE = False
        with Kiosk(server.url, environ=environment.desktop.environ):
            ours = Ours(environment)
            yield ours, Usual(pyautogui.screenshot, pyautogui.click, pyautogui.write, ours.clear)


@contextmanager
def phone(server: TargetServer) -> Iterator[tuple[Ours, Usual]]:
    """Yield both sides on the simulated phone, over the adb server and adbutils."""
    from adbutils import AdbClient
    from adbutils.errors import AdbError

    with (
        AdbServer() as adb,
        SimulatedPhone() as simulated,
        AndroidEnvironment(simulated.address, adb_port=adb.port) as environment,
    ):
        environment.reset()
        environment.shell(["am", "start", "-a", "android.intent.action.VIEW", "-d", server.url])
        device = AdbClient(port=adb.port).device(simulated.address)

        def write(text: str) -> None:
            try:
                device.send_keys(text)
            except AdbError:
                return  # counts as wrong: the text is missing

        ours = Ours(environment)
        yield ours, Usual(device.screenshot, device.click, write, ours.clear)


def table(ours: Rows, usual: Mapping[float, Rows]) -> str:
    """Return the rows as text, with the ratio of each usual time to handeye's."""
    head = "".join(f"{f'usual, sleep {sleep:g} s':>19}{'right':>7}{'ratio':>7}" for sleep in usual)
    lines = [f"{'':30}{'ours':>9}{'right':>7}{head}"]
    for name, our in ours.items():
        line = f"  {name:28}{our.milliseconds:>6.0f} ms{our.right:>5}/{our.runs}"
        for rows in usual.values():
            their = rows[name]
            ratio = their.milliseconds / our.milliseconds
            line += f"{their.milliseconds:>16.0f} ms{their.right:>5}/{their.runs}{ratio:>6.1f}x"
        lines.append(line)
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("environments", nargs="*", default=["browser", "desktop", "phone"])
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    print(f"{platform.system()}, {os.cpu_count()} cores, median of {options.runs} runs\n")
    makers = {"browser": browser, "desktop": desktop, "phone": phone}
    for name in options.environments:
        with TargetServer() as server, makers[name](server) as (ours, usual):
            view = find_shown(ours.environment, server)
            mine = dict(measure(ours, view, server, options.runs))
            usual.show()
            server.layout()
            theirs = {sleep: dict(measure(replace(usual, sleep=sleep), view, server, options.runs)) for sleep in SLEEPS}
        print(name)
        print(table(mine, theirs), "\n", flush=True)


if __name__ == "__main__":
    main()
