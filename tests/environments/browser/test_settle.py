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


COUNT = "<script>window.painted = 0; (function f() { painted++; requestAnimationFrame(f) })()</script>"
"""Counts the frames that a page paints."""
FEW_FRAMES = 40
"""More than a page paints while it is clicked, found at rest and looked at; a busy machine paints fewer."""


def took(browser: Any, action: Any) -> tuple[Any, float]:
    began = time.monotonic()
    seen = browser.execute(action)
    return seen, time.monotonic() - began


def frames(browser: Any, action: Any) -> int:
    """Execute the action and return how many frames the page, which holds `COUNT`, has painted meanwhile."""
    before = browser.evaluate("painted")
    browser.execute(action)
    return int(browser.evaluate("painted") - before)


def test_nothing_is_waited_for_on_a_page_at_rest(show: Any) -> None:
    browser = show(COUNT + PAGE.format("document.title=1"))
    assert frames(browser, CLICK) < FEW_FRAMES
    assert browser.observe().title == "1"


SLEEP = "const sleep = ms => new Promise(done => setTimeout(done, ms));"
CANVAS = "<canvas id=c width=90 height=90></canvas>"


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        "<script>onclick = () => setTimeout(() => { finished = true }, 450)</script>",
        f"<script>{SLEEP} onclick = async () => {{ for (let i = 0; i < 9; i++) {{ await sleep(70);"
        " document.title = i } finished = true }</script>",
        "<script>onclick = () => { const end = performance.now() + 200; (function wait() { if (performance.now() < end)"
        " requestAnimationFrame(wait); else document.title = finished = true })() }</script>",
        f"{CANVAS}<script>const pen = c.getContext('2d'); let n = 0; onclick = () => (function paint() {{"
        " pen.fillRect(0, 0, n, 9); if (n++ < 30) requestAnimationFrame(paint); else finished = true })()</script>",
        f"{CANVAS}<script>const pen = c.getContext('2d'); let n = 0; onclick = () => (function paint() {{"
        " pen.fillRect(0, 0, n, 9); if (n++ < 20) setTimeout(paint, 20); else finished = true })()</script>",
        "<div id=host style='height:90px'></div><script>const root = host.attachShadow({mode: 'closed'}); let n = 0;"
        " root.innerHTML = '<b>0</b>'; onclick = () => { const timer = setInterval(() => {"
        " root.firstChild.textContent = ++n; if (n === 9) { finished = true; clearInterval(timer) } }, 60) }</script>",
        "<div><template shadowrootmode=open><b>0</b></template></div><script>let n = 0; const root ="
        " document.querySelector('div').shadowRoot; onclick = () => { const timer = setInterval(() => {"
        " root.firstChild.textContent = ++n; if (n === 9) { finished = true; clearInterval(timer) } }, 60) }</script>",
        "<div id=host style='height:90px'></div><script>const root = host.attachShadow({mode: 'open'});"
        " root.innerHTML = '<style>b { display:block; width:9px; transition:width .5s } .on { width:90px }</style><b>'"
        "; onclick = () => { const b = root.querySelector('b'); b.className = 'on';"
        " b.ontransitionend = () => { finished = true } }</script>",
        "<style>b { display:block; width:9px; transition:width .2s .4s } .on { width:90px }</style><b id=b>x</b>"
        "<script>onclick = () => { b.className = 'on'; b.ontransitionend = () => { finished = true } }</script>",
        "<script>onclick = () => setTimeout('document.title = finished = true', 400)</script>",
        "<script>onclick = () => requestIdleCallback(() => { document.title = finished = true })</script>",
    ],
    ids="timer async-steps frames canvas-frames canvas-timers closed-shadow declarative-shadow shadow-transition "
    "delayed-transition text idle".split(),
)
def test_what_a_click_starts_is_seen_to_its_end(show: Any, body: str) -> None:
    browser = show(f"<script>window.finished = false</script><style>html {{ height:100% }}</style>{body}")
    browser.execute(CLICK)
    assert browser.evaluate("finished") is True


def test_what_happens_in_a_frame_is_seen_to_its_end(site: Any, show: Any) -> None:
    body = """<script>let n = 0; onclick = () => { const timer = setInterval(() => {
      document.body.textContent = ++n; if (n === 9) clearInterval(timer) }, 60) }</script>"""
    browser = show(f"<iframe id=f src={site.page(body, '/inner')} style='position:absolute;left:0;top:0'></iframe>")
    browser.execute(CLICK)
    assert browser.evaluate("f.contentDocument.body.textContent") == "9"


@pytest.mark.slow
@pytest.mark.parametrize(
    "script",
    [
        "setInterval(() => { window.polled = 1 }, 100)",
        f"{SLEEP} (async () => {{ for (;;) {{ await sleep(100); window.polled = 1 }} }})()",
        "(function f() { requestAnimationFrame(f) })()",
        "const pen = document.createElement('canvas').getContext('2d');"
        " (function f() { pen.fillRect(0, 0, 9, 9); requestAnimationFrame(f) })()",
        "setInterval(() => { document.title = Math.random() }, 500)",
    ],
    ids="poll async-poll frames canvas ticker".split(),
)
def test_what_went_on_before_is_not_waited_for(show: Any, script: str) -> None:
    browser = show(f"{COUNT}<b id=b>x</b><script>{script}; onclick = () => {{ b.textContent = 'y' }}</script>")
    browser.execute(Wait(seconds=1.1))
    assert frames(browser, CLICK) < FEW_FRAMES


def test_what_a_click_starts_for_good_is_not_waited_for_to_the_limit(show: Any) -> None:
    browser = show(f"{COUNT}<script>onclick = () => setInterval(() => {{ window.polled = 1 }}, 50)</script>")
    assert frames(browser, CLICK) < 2 * FEW_FRAMES


@pytest.mark.parametrize(
    "body",
    [
        "<iframe sandbox srcdoc='<p>no scripts here'></iframe>",
        "<iframe srcdoc='<p>far below' style='position:absolute;top:9000px'></iframe>",
        "<script>queueMicrotask = call => setTimeout(call); setInterval(() => { window.polled = 1 }, 200)</script>",
        "<form name=querySelectorAll></form><form name=getAnimations></form><form name=readyState></form>",
        "<script>document.open(); document.write('<p>written'); document.close()</script>",
    ],
    ids="sandbox out-of-sight microtasks names written".split(),
)
def test_odd_pages_come_to_rest(show: Any, body: str) -> None:
    browser = show(body + COUNT)
    browser.execute(Wait(seconds=0.5))
    assert frames(browser, CLICK) < FEW_FRAMES


@pytest.mark.slow
def test_what_goes_on_by_events_is_not_waited_for_to_the_limit(site: Any, show: Any) -> None:
    site.serve("/number", "1")
    browser = show(f"""{COUNT}<b id=b>x</b><script>const poll = async () => {{
      b.textContent += await (await fetch('/number')).text(); setTimeout(poll, 300) }}; poll()</script>""")
    assert frames(browser, CLICK) < 140  # less than the limit of three seconds


def test_a_page_sees_the_functions_of_the_browser(show: Any) -> None:
    browser = show("<script>onclick = () => clearTimeout(setTimeout(() => { document.title = 'fired' }, 30))</script>")
    for name in ("setTimeout", "setInterval", "clearTimeout", "requestAnimationFrame", "cancelAnimationFrame"):
        assert browser.evaluate(f"[{name}.name, /native code/.test(`${{{name}}}`)]") == [name, True]
    assert browser.evaluate("new Promise(done => setTimeout((a, b) => done(a + b), 0, 1, 2))") == 3
    assert browser.execute(CLICK).title == ""
    assert (
        browser.evaluate("(() => { try { setTimeout.call({}, () => 0) } catch (e) { return e.name } })()")
        == "TypeError"
    )


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
    browser = show(f"""{COUNT}<style>@keyframes k {{ to {{ opacity:.1 }} }}
      div {{ width:9px; height:9px; animation:k 1s infinite }}</style><div></div>""")
    assert frames(browser, CLICK) < FEW_FRAMES


def test_smooth_scrolling_is_awaited(show: Any) -> None:
    browser = show(
        "<style>html { scroll-behavior:smooth }</style><div style='height:3000px' onclick='window.scrollTo(0,900)'>"
    )
    browser.execute(CLICK)
    assert browser.evaluate("scrollY") == 900
    browser.execute(Scroll(point=Point(50, 50), dy=-300))
    assert browser.evaluate("scrollY") == 600


@pytest.mark.slow
def test_a_page_that_never_rests_is_shown_at_the_limit(show: Any) -> None:
    browser = show("<p id=p></p><script>setInterval(() => { p.textContent = Math.random() }, 20)</script>")
    assert took(browser, CLICK)[1] > 2.9


@pytest.mark.slow
def test_a_request_that_was_open_before_is_not_waited_for(site: Any, show: Any) -> None:
    site.serve("/poll", "x", delay=4.0)
    browser = show(f"{COUNT}<script>setTimeout(() => fetch('/poll'), 400)</script>")
    browser.execute(Wait(seconds=0.6))
    assert frames(browser, CLICK) < FEW_FRAMES


@pytest.mark.slow
def test_waiting_takes_its_time(show: Any) -> None:
    browser = show("<script>setTimeout(() => { document.title = 'late' }, 1200)</script>")
    seen, seconds = took(browser, Wait(seconds=1.5))
    assert seconds >= 1.5
    assert seen.title == "late"


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("settle", [Settle(0, 0, 0), Settle(grace=0.5, quiet=0, limit=0)])
def test_the_limits_may_be_nothing(site: Any, settle: Settle) -> None:
    with BrowserEnvironment(site.page(PAGE.format("document.title=1"), "/limits"), settle=settle) as browser:
        browser.reset()
        assert browser.execute(CLICK).size == (1280, 720)
