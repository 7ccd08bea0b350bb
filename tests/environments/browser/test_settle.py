"""The observation after an action shows what the action leads to."""

import time
from typing import Any

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Scroll, Wait, WaitUntilStable
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.settle import Settle

CLICK = Click(point=Point(20, 10))
PAGE = "<body style='height:300px' onclick='{}'>a page"


def took(browser: Any, action: Any) -> tuple[Any, float]:
    began = time.monotonic()
    seen = browser.execute(action)
    return seen, time.monotonic() - began


def test_nothing_is_waited_for_on_a_page_at_rest(show: Any) -> None:
    browser = show(PAGE.format("document.title=1"))
    seen, seconds = took(browser, CLICK)
    assert seen.title == "1"
    assert seconds < 2


def test_a_page_that_changes_in_steps(show: Any) -> None:
    browser = show("""<script>onclick = () => { let n = 0;
      const timer = setInterval(() => { document.title = ++n; if (n === 8) clearInterval(timer) }, 60) }</script>""")
    assert browser.execute(CLICK).title == "8"


def test_a_page_that_asks_its_server(site: Any, show: Any) -> None:
    site.serve("/data", "loaded", delay=0.7)
    browser = show("<script>onclick = async () => { document.title = await (await fetch('/data')).text() }</script>")
    assert browser.execute(CLICK).title == "loaded"


def test_a_page_that_goes_elsewhere_with_a_slow_image(site: Any, show: Any) -> None:
    site.serve(
        "/pixel.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", kind="image/svg+xml", delay=0.6
    )
    site.page("<title>next</title><img src=/pixel.svg onload='document.title=`with image`'>", "/next")
    browser = show("<script>onclick = () => setTimeout(() => { location = '/next' }, 40)</script>")
    assert browser.execute(CLICK).title == "with image"


def test_an_animation_that_ends_is_awaited(show: Any) -> None:
    browser = show("""<style>div { width:50px; height:50px; background:rgb(0,0,0); transition:background .6s }
      .on { background:rgb(0,255,0) }</style><div onclick="this.className='on'"></div>""")
    assert browser.execute(CLICK).image.getpixel((40, 40)) == (0, 255, 0)


def test_an_animation_without_end_is_not(show: Any) -> None:
    browser = show("""<style>@keyframes k { to { opacity:.1 } } div { width:9px; height:9px; animation:k 1s infinite }
      </style><div></div>""")
    assert took(browser, CLICK)[1] < 2


def test_smooth_scrolling_is_awaited(show: Any) -> None:
    browser = show(
        "<style>html { scroll-behavior:smooth }</style><div style='height:3000px' onclick='window.scrollTo(0,900)'>"
    )
    browser.execute(CLICK)
    assert browser.evaluate("scrollY") == 900
    browser.execute(Scroll(point=Point(50, 50), dy=-300))
    assert browser.evaluate("scrollY") == 600


def test_a_page_that_never_rests_is_shown_at_the_limit(show: Any) -> None:
    browser = show("<p id=p></p><script>setInterval(() => { p.textContent = Math.random() }, 20)</script>")
    _, seconds = took(browser, CLICK)
    assert 2.9 < seconds < 6


def test_a_request_that_was_open_before_is_not_waited_for(site: Any, show: Any) -> None:
    site.serve("/poll", "x", delay=4.0)
    browser = show("<script>setTimeout(() => fetch('/poll'), 400)</script>")
    browser.execute(Wait(seconds=0.6))
    assert took(browser, CLICK)[1] < 2


def test_waiting_takes_its_time(show: Any) -> None:
    browser = show("<script>setTimeout(() => { document.title = 'late' }, 1200)</script>")
    seen, seconds = took(browser, Wait(seconds=1.5))
    assert seconds >= 1.5
    assert seen.title == "late"


def test_waiting_until_the_screen_is_stable(show: Any) -> None:
    canvas = """<canvas id=c width=99 height=99></canvas><script>
      const start = performance.now(), pen = c.getContext('2d');
      (function paint() { const t = performance.now() - start; pen.fillStyle = `rgb(${t / 20 % 256},0,0)`;
        pen.fillRect(0, 0, 99, 99); if (t < %d) requestAnimationFrame(paint); else done = true })()</script>"""
    browser = show(canvas.replace("%d", "1500"))
    assert browser.execute(WaitUntilStable(seconds=8)).notices == ()
    assert browser.evaluate("done") is True
    browser = show(canvas.replace("%d", "100000"))
    seen, seconds = took(browser, WaitUntilStable(seconds=1.5))
    assert seen.notices == ("The screen was still changing after 1.5 s.",)
    assert seconds >= 1.5


@pytest.mark.parametrize("settle", [Settle(0, 0, 0), Settle(grace=0.5, quiet=0, limit=0)])
def test_the_limits_may_be_nothing(site: Any, settle: Settle) -> None:
    with BrowserEnvironment(site.page(PAGE.format("document.title=1"), "/limits"), settle=settle) as browser:
        browser.reset()
        assert browser.execute(CLICK).size == (1280, 720)
