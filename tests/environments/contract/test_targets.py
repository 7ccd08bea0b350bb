"""The page of targets tells what reaches it, and is found on a screenshot by its pixels."""

import json
import urllib.error
import urllib.request

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from handeye.actions.geometry import Box, Point, Size
from handeye.actions.schema import Click, Press, Scroll, Type
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.contract.targets import Event, Layout, TargetServer, TargetsNotShown
from handeye.environments.contract.targets_view import TargetsView
from handeye.environments.settle import Settle

QUICK = Settle(grace=0.02, quiet=0.02)
FIRST, LAST = (255, 0, 170), (0, 170, 255)


def post(url: str, body: bytes) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, method="POST"), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def event(kind: str, **fields: object) -> dict[str, object]:
    return {"kind": kind, "time": 1.0, "part": "", **fields}


@pytest.mark.slow
def test_it_tells_what_reached_the_page() -> None:
    with (
        TargetServer() as server,
        BrowserEnvironment(server.url, viewport=Size(400, 300), device_scale_factor=2, settle=QUICK) as browser,
    ):
        view = TargetsView.find(browser.reset().image, server.layout())
        assert server.layout().ratio == 2
        assert view.box("first") == Box(0, 0, 24, 24)
        server.clear()
        point = Point(view.box("target1").left + 3, view.box("target1").top)
        browser.execute(Click(point=point, count=2, modifiers=("shift",)))
        assert server.wait(lambda: len(server.events("pointerup")) == 2, 60)
        downs = server.events("pointerdown")
        assert [(down.part, down.modifiers, view.landed(down)) for down in downs] == [
            ("target1", ("shift",), point)
        ] * 2
        assert [press.count for press in server.events("mousedown")] == [1, 2]
        browser.execute(Click(point=view.center("text")))
        browser.execute(Type(text="<é中😀>\n"))
        assert server.wait(lambda: server.text() == "<é中😀>\n", 60)
        server.clear()
        browser.execute(Press(keys=("ctrl", "a")))
        assert server.wait(lambda: len(server.events("keyup")) == 2, 60)
        assert [down.key for down in server.events("keydown")] == ["Control", "a"]
        left, top = server.scrolled()
        browser.execute(Scroll(point=view.center("scroll"), dx=40, dy=-80))
        assert server.wait(lambda: server.scrolled() == (left + 20, top - 40), 60)
        server.forget()
        assert server.events() == () and server.text() == ""
        with pytest.raises(TargetsNotShown, match="not opened within"):
            server.layout(0.05)


def test_only_the_newest_page_is_listened_to() -> None:
    with TargetServer() as server:
        for number in (1, 2):
            with urllib.request.urlopen(server.url, timeout=60) as answer:
                assert f"PAGE = '{number}'" in answer.read().decode()
        assert post(f"{server.url}events/1", json.dumps([event("click")]).encode()) == 204
        assert server.events() == ()
        assert post(f"{server.url}events/2", json.dumps([event("click"), event("keyup", key="a")]).encode()) == 204
        assert [(one.kind, one.key) for one in server.events()] == [("click", ""), ("keyup", "a")]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("events/0", b"nothing"),
        ("events/0", b'[{"kind": "click"}]'),
        ("events/0", b'[{"kind": "click", "time": 1, "part": "", "unheard": 1}]'),
        ("other", b"[]"),
    ],
)
def test_what_is_no_report_is_refused(path: str, body: bytes) -> None:
    with TargetServer() as server:
        assert post(server.url + path, body) == 400
        assert post(server.url.replace(server.url.split("/")[3], "guess") + "events/0", b"[]") == 400


def layout(ratio: float) -> Layout:
    boxes = {"first": (0, 0, 12, 12), "target1": (16, 20, 40, 44), "last": (60, 64, 72, 76)}
    return Layout.model_validate({"ratio": ratio, "viewport": (100, 100), "boxes": boxes})


def draw_page(left: int, top: int, ratio: float) -> Image.Image:
    """Return a screen with the page's two markers on it."""
    screen = Image.new("RGB", (320, 320), "white")
    for colour, (x, y) in ((FIRST, (0, 0)), (LAST, (60, 64))):
        box = [
            round(start + length * ratio) for start, length in zip((left, top) * 2, (x, y, x + 12, y + 12), strict=True)
        ]
        screen.paste(colour, (box[0], box[1], box[2], box[3]))
    return screen


@given(
    ratio=st.sampled_from([1, 1.25, 1.5, 1.75, 2, 2.5, 3]),
    left=st.integers(0, 70),
    top=st.integers(0, 70),
    dx=st.integers(-2, 80),
    dy=st.integers(-2, 80),
)
def test_a_page_is_found_anywhere(ratio: float, left: int, top: int, dx: int, dy: int) -> None:
    screen = draw_page(left, top, ratio)
    view = TargetsView.find(screen, layout(ratio))
    box = view.box("target1")
    assert box == Box(
        *(round(length * ratio) + start for length, start in zip((16, 20, 40, 44), (left, top) * 2, strict=True))
    )
    # Whether a browser tells of the pixel's corner or of its middle, it is the same pixel.
    for fraction in (0.0, 0.5):
        at = Event(kind="click", time=0, part="", x=(dx + fraction) / ratio, y=(dy + fraction) / ratio)
        assert view.landed(at) == Point(left + dx, top + dy)


@pytest.mark.parametrize(
    ("covers", "why"),
    [
        ([(0, 0, 320, 320)], "cannot be seen"),
        ([(10, 10, 11, 11)], "cannot be seen"),
        ([(10, 10, 30, 15)], "partly covered"),
        ([(80, 80, 81, 90)], "only part of the page"),
    ],
)
def test_a_page_that_is_covered_is_not_found(covers: list[tuple[int, int, int, int]], why: str) -> None:
    screen = draw_page(10, 10, 1)
    TargetsView.find(screen, layout(1))
    for box in covers:
        screen.paste("white", box)
    with pytest.raises(TargetsNotShown, match=why):
        TargetsView.find(screen, layout(1))


def test_a_page_that_is_zoomed_is_not_found() -> None:
    with pytest.raises(TargetsNotShown, match="zoomed"):
        TargetsView.find(draw_page(0, 0, 1.5), layout(1))
