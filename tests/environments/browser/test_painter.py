"""A browser whose frames are painted on demand shows what any other shows, and misses nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from PIL import ImageChops

from handeye.actions.geometry import Box, Point, Size
from handeye.actions.schema import Click, Drag, NewTab, Press, Scroll, Type, Wait
from handeye.environments.browser.chromium import require_chromium
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.errors import InvalidOption

RATE = 1000
CLICK = Click(point=Point(20, 20))
PAINTED = """<style>textarea { width: 90px; height: 40px } p { background: linear-gradient(90deg, red, blue) }</style>
<p>A text on a gradient, 漢字</p><textarea>one
two
three
four
five</textarea><select><option>a list</select><progress value=.3></progress>
<script>document.querySelector('textarea').scrollTop = 30</script>"""
STYLED = "<style>div {{ width:50px; height:50px; {} }}</style><div onclick=\"this.className = 'on'\"></div>"


@pytest.fixture(scope="module")
def painted_browser() -> Iterator[BrowserEnvironment]:
    with BrowserEnvironment(viewport=Size(400, 300), refresh_rate=RATE) as environment:
        yield environment


@pytest.fixture
def paint(painted_browser: BrowserEnvironment, site: Any) -> Any:
    """Shows a page with the given body in a fresh context."""

    def paint(html: str) -> BrowserEnvironment:
        painted_browser.reset()
        painted_browser.goto(site.page(html))
        painted_browser.observe()
        return painted_browser

    return paint


@pytest.mark.slow
def test_pictures_are_the_same(site: Any) -> None:
    url = site.page(PAINTED)
    for clip in (None, Box(7, 3, 180, 133)):
        pictures = []
        for rate in (60, RATE):
            with BrowserEnvironment(
                url, viewport=Size(300, 200), device_scale_factor=2, clip=clip, refresh_rate=rate
            ) as environment:
                environment.reset()
                pictures.append(environment.execute(Wait(seconds=0)).image)
        assert pictures[0].size == pictures[1].size
        assert ImageChops.difference(*pictures).getbbox() is None


def test_frames_go_on_between_the_actions(paint: Any) -> None:
    browser = paint("")
    assert browser.evaluate("new Promise(requestAnimationFrame).then(() => true)") is True


@pytest.mark.slow
@pytest.mark.parametrize(
    ("style", "pixel", "color"),
    [
        ("background:rgb(0,0,0); transition:background .3s } .on { background:rgb(0,255,0)", (40, 40), (0, 255, 0)),
        ("background:red; transition:transform .3s } .on { transform:translateX(60px)", (90, 20), (255, 0, 0)),
        ("background:red; transition:opacity .3s } .on { opacity:0", (40, 40), (255, 255, 255)),
        ("background:red; clip-path:circle(90%); transition:clip-path .3s } .on { clip-path:circle(9%)", (9, 9), None),
    ],
)
def test_animations_are_painted_to_their_end(paint: Any, style: str, pixel: Any, color: Any) -> None:
    seen = paint(STYLED.format(style)).execute(CLICK)
    assert seen.image.getpixel(pixel) == (color or (255, 255, 255))


@pytest.mark.slow
@pytest.mark.parametrize(
    "action", [Scroll(point=Point(50, 50), dy=100), Press(keys=("pagedown",)), Click(point=Point(50, 50))]
)
def test_scrolling_is_awaited(paint: Any, action: Any) -> None:
    browser = paint(
        "<style>html { scroll-behavior: smooth }</style>"
        "<div style='height:3000px' onclick='window.scrollTo(0, 900)'></div>"
    )
    browser.execute(action)
    before = browser.evaluate("scrollY")
    assert before > 0
    browser.execute(Wait(seconds=0.5))
    assert browser.evaluate("scrollY") == before


@pytest.mark.slow
def test_what_is_dragged_and_typed_arrives(paint: Any) -> None:
    browser = paint("<input><script>onmousemove = event => { document.title = event.clientX }</script>")
    browser.execute(Drag(path=(Point(100, 100), Point(220, 100))))
    assert browser.observe().title == "220"
    browser.execute(Click(point=Point(40, 20)))
    browser.execute(Type(text="at once, ✓"))
    assert browser.evaluate("document.querySelector('input').value") == "at once, ✓"


def test_tabs_and_dialogs_are_painted_too(paint: Any, site: Any) -> None:
    green = site.page("<style>html { background: rgb(0,255,0) }</style>", "/green")
    browser = paint(f"<a href='{green}' target=_blank style='font-size:40px'>open</a>")
    assert browser.execute(CLICK).image.getpixel((300, 200)) == (0, 255, 0)
    blue = site.page("<style>html { background: rgb(0,0,255) }</style>", "/blue")
    seen = browser.execute(NewTab(url=blue))
    assert seen.image.getpixel((300, 200)) == (0, 0, 255) and len(seen.tabs) == 3
    browser = paint("<button onclick=\"alert('painted')\" style='width:90px; height:90px'></button>")
    assert "painted" in browser.execute(CLICK).notices[0]
    browser.execute(Press(keys=("enter",)))
    assert browser.execute(Wait(seconds=0)).notices == ()


@pytest.mark.slow
def test_a_chromium_that_paints_by_itself_does_so(site: Any) -> None:
    url = site.page("<button onclick='document.title = 1' style='width:90px; height:90px'></button>")
    executable = require_chromium(headless=False)
    with BrowserEnvironment(url, executable=executable, viewport=Size(400, 300), refresh_rate=RATE) as environment:
        environment.reset()
        assert environment.execute(CLICK).title == "1"


def test_a_rate_below_a_display_s_is_refused() -> None:
    with pytest.raises(InvalidOption, match="refresh_rate must be at least 60"):
        BrowserEnvironment(refresh_rate=59)
