"""A browser that is lost says so, in time, and comes back with a reset."""

import asyncio
import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import psutil
import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click, NewTab, Press, SwitchTab, Wait
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.errors import EnvironmentLost
from handeye.environments.settle import Settle

CLICK = Click(point=Point(20, 20))


OTHERS: set[psutil.Process] = set()
"""Processes of other tests, such as a phone that they share."""


@pytest.fixture(scope="module")
def one() -> Iterator[BrowserEnvironment]:
    OTHERS.update(psutil.Process().children(recursive=True))
    settle = Settle(grace=0.05, quiet=0.05, limit=1.0)
    with BrowserEnvironment(viewport=Size(200, 150), patience=3.0, settle=settle) as environment:
        yield environment


@pytest.fixture
def running(one: BrowserEnvironment) -> BrowserEnvironment:
    one.reset()
    return one


def children() -> list[psutil.Process]:
    return [process for process in psutil.Process().children(recursive=True) if process not in OTHERS]


def browsers() -> list[psutil.Process]:
    return [process for process in children() if "chrom" in process.name()]


def kill_browser(environment: BrowserEnvironment, site: Any) -> None:
    for process in browsers():
        process.kill()


def kill_renderer(environment: BrowserEnvironment, site: Any) -> None:
    renderers = [process for process in browsers() if "--type=renderer" in process.cmdline()]
    for process in renderers:
        process.kill()
    psutil.wait_procs(renderers, timeout=60)


def kill_driver(environment: BrowserEnvironment, site: Any) -> None:
    for process in children():
        if "run-driver" in process.cmdline():
            process.kill()


def crash_page(environment: BrowserEnvironment, site: Any) -> None:
    with pytest.raises(Exception, match="crash"):
        environment.goto("chrome://crash")


def hang_page(environment: BrowserEnvironment, site: Any) -> None:
    environment.goto(site.page("hangs", "/hangs"))
    # A page that waits for an answer does nothing else; once it has asked, it is busy for good.
    ask = "const request = new XMLHttpRequest(); request.open('GET', '/asked', false); request.send();"
    site.requested.clear()
    environment.evaluate(f"() => {{ setTimeout(() => {{ {ask} while (true); }}, 0) }}")
    deadline = time.monotonic() + 60
    while "/asked" not in site.requested:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lose", "reason"),
    [
        (kill_browser, "the browser is gone"),
        (kill_renderer, "the page has crashed"),
        (kill_driver, "the browser is gone"),
        (crash_page, "the page has crashed"),
        (hang_page, "the page has not responded for .* s"),
    ],
)
def test_a_loss_is_reported_until_a_reset(
    running: BrowserEnvironment, site: Any, lose: Callable[[BrowserEnvironment, Any], None], reason: str
) -> None:
    lose(running, site)
    for act in (lambda: running.execute(CLICK), running.observe, lambda: running.execute(Wait(seconds=0))):
        with pytest.raises(EnvironmentLost, match=rf"^{reason}: reset\(\) starts over$"):
            act()
    assert running.reset().size == (200, 150)
    assert running.execute(CLICK).size == (200, 150)


@pytest.mark.slow
def test_a_loss_is_reported_once(site: Any) -> None:
    program = f"""
import psutil
from handeye.actions.schema import Wait
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.errors import EnvironmentLost
with BrowserEnvironment({site.page("x")!r}) as browser:
    browser.reset()
    [driver] = [child for child in psutil.Process().children() if "run-driver" in child.cmdline()]
    driver.kill()
    try:
        browser.execute(Wait(seconds=0))
    except EnvironmentLost:
        print("lost")
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("lost\n", "")


@pytest.mark.slow
def test_a_page_that_hangs_after_the_action_is_not_shown_as_it_was(running: BrowserEnvironment, site: Any) -> None:
    running.goto(site.page("<body style='height:150px' onclick='setTimeout(() => { while (true); }, 10)'>"))
    running.observe()
    with pytest.raises(EnvironmentLost):
        running.execute(CLICK)


def test_a_crashed_tab_in_the_background_is_a_loss_too(running: BrowserEnvironment, site: Any) -> None:
    running.execute(NewTab())
    kill_renderer(running, site)
    with pytest.raises(EnvironmentLost):
        running.execute(SwitchTab(index=0))


def test_a_reset_leaves_nothing_of_before(running: BrowserEnvironment, site: Any) -> None:
    url = site.page("<title>cookies</title>", "/cookies")
    running.goto(url)
    running.evaluate("() => { document.cookie = 'a=1'; localStorage.b = 2 }")
    running.execute(NewTab())
    assert len(running.reset().tabs) == 1
    running.goto(url)
    assert running.evaluate("[document.cookie, localStorage.b ?? null]") == ["", None]


def test_before_the_first_reset_there_is_nothing_to_see() -> None:
    with BrowserEnvironment() as environment, pytest.raises(EnvironmentLost, match=r"reset\(\) opens one"):
        environment.observe()


@pytest.mark.slow
def test_closing_during_an_action_ends_it(meanwhile: Callable[..., Future[object]]) -> None:
    before = set(browsers())
    environment = BrowserEnvironment(viewport=Size(200, 150))
    environment.reset()
    running = meanwhile(environment.execute, Wait(seconds=600))
    time.sleep(0.5)
    assert not running.done()
    environment.close()
    with pytest.raises(EnvironmentLost):
        running.result(540)  # before it would have ended by itself
    with pytest.raises(EnvironmentLost, match="closed"):
        environment.reset()
    assert set(browsers()) <= before


def test_it_works_from_several_threads_and_inside_a_loop(running: BrowserEnvironment, site: Any) -> None:
    running.goto(site.page("<body style='height:150px' onkeydown='document.title = +document.title + 1'>"))
    threads = [threading.Thread(target=lambda: running.execute(Press(keys=("a",)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert running.observe().title == "4"

    async def inside() -> Any:
        return running.execute(Press(keys=("a",)))

    assert asyncio.run(inside()).title == "5"


@pytest.mark.slow
def test_a_browser_that_is_collected_on_its_own_thread_ends() -> None:
    environment = BrowserEnvironment(viewport=Size(200, 150))
    before = {process.pid for process in browsers()}
    environment.reset()
    own = [process for process in browsers() if process.pid not in before]
    assert own
    thread = environment._thread

    async def collect() -> None:
        gc.collect()

    cycle: list[Any] = [environment]
    cycle.append(cycle)
    del environment, cycle
    thread.call(collect(), 60)
    _, alive = psutil.wait_procs(own, timeout=60)
    assert alive == []
