"""Everything a finger does, as the page itself records it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Action, Click, Drag, Home, LongPress, Move, Scroll, Type
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.contract.check import check_environment
from handeye.environments.errors import ActionPartial, ActionRejected

FACTOR = 5
RECORD = """<body style="margin:0;height:400px"><script>
const log = [];
for (const kind of ['touchstart', 'touchmove', 'touchend', 'touchcancel', 'mousedown', 'mouseup', 'click', 'dblclick'])
  addEventListener(kind, e => {
    const place = e.changedTouches?.[0] ?? e;
    log.push([kind, Math.floor(place.clientX), Math.floor(place.clientY), performance.now()]);
  }, {passive: true});
const kinds = () => log.map(e => e[0]);
const first = kind => log.find(e => e[0] === kind);
</script>"""
LIST = """<body style="margin:0"><div id="list" style="width:200px;height:300px;overflow:auto">
  <div style="width:2000px;height:30000px"></div></div>"""

Page = Callable[[str], BrowserEnvironment]


@pytest.fixture(scope="module")
def touched() -> Iterator[BrowserEnvironment]:
    with BrowserEnvironment(viewport=Size(216, 452), device_scale_factor=FACTOR, touch=True) as browser:
        browser.reset()
        yield browser


@pytest.fixture
def page(touched: BrowserEnvironment, site: Any) -> Page:
    """Shows a page with the given body."""

    def show(html: str) -> BrowserEnvironment:
        touched.reset()
        touched.goto(site.page(html))
        touched.observe()
        return touched

    return show


def test_a_tap_is_a_touch_and_then_a_click_where_the_finger_was(page: Page) -> None:
    browser = page(RECORD)
    browser.execute(Click(point=Point(37 * FACTOR, 41 * FACTOR)))
    assert browser.evaluate("log.map(e => e.slice(0, 3))") == [
        ["touchstart", 37, 41],
        ["touchend", 37, 41],
        ["mousedown", 37, 41],
        ["mouseup", 37, 41],
        ["click", 37, 41],
    ]


def test_every_pixel_of_two_parts_that_touch_meets_its_own(page: Page) -> None:
    style = "position:absolute;top:0;width:40px;height:40px"
    browser = page(f"""<body style="margin:0"><script>const hits = []</script>
      <div onclick="hits.push('a')" style="{style};left:0"></div>
      <div onclick="hits.push('b')" style="{style};left:40px"></div>""")
    edge = 40 * FACTOR
    for x in (0, edge - FACTOR, edge, 2 * edge - FACTOR):
        browser.execute(Click(point=Point(x, 50)))
    assert browser.evaluate("hits") == ["a", "a", "b", "b"]


def test_the_last_pixels_are_within_the_page(page: Page) -> None:
    browser = page(RECORD)
    browser.execute(Click(point=Point(216 * FACTOR - 1, 452 * FACTOR - 1)))
    assert browser.evaluate("kinds().at(-1)") == "click"
    with pytest.raises(ActionRejected, match="outside"):
        browser.execute(Click(point=Point(216 * FACTOR, 0)))


def test_a_double_tap_is_a_double_click(page: Page) -> None:
    browser = page(RECORD)
    browser.execute(Click(point=Point(300, 300), count=2))
    assert browser.evaluate("kinds().filter(kind => kind === 'touchstart').length") == 2
    assert browser.evaluate("kinds().at(-1)") == "dblclick"


def test_a_long_press_stays_down(page: Page) -> None:
    browser = page(RECORD)
    browser.execute(LongPress(point=Point(300, 300), seconds=0.8))
    assert float(str(browser.evaluate("first('touchend')[3] - first('touchstart')[3]"))) >= 790


@pytest.mark.slow
def test_a_drag_follows_its_path_and_is_no_click(page: Page) -> None:
    browser = page(RECORD.replace('<body style="', '<body style="touch-action:none;'))
    corner = Point(500, 300)
    browser.execute(Drag(path=(Point(100, 300), corner, Point(500, 900))))
    assert browser.evaluate("log[0].slice(0, 3)") == ["touchstart", 20, 60]
    assert browser.evaluate("log.at(-1).slice(0, 3)") == ["touchend", 100, 180]
    assert browser.evaluate("log.some(e => e[0] === 'touchmove' && e[1] === 100 && e[2] === 60)")
    assert not browser.evaluate("kinds().includes('click')")


@pytest.mark.slow
def test_a_drag_holds_first_and_where_a_point_is_named_twice(page: Page) -> None:
    browser = page(RECORD.replace('<body style="', '<body style="touch-action:none;'))
    start, middle = Point(100, 300), Point(500, 300)
    browser.execute(Drag(path=(start, middle, middle, Point(500, 900)), hold_seconds=0.5))
    assert float(str(browser.evaluate("first('touchmove')[3] - first('touchstart')[3]"))) >= 490
    longest = "Math.max(...log.slice(1).map((e, index) => e[3] - log[index][3]).slice(1))"
    assert float(str(browser.evaluate(longest))) >= 690


@pytest.mark.slow
@pytest.mark.parametrize(("dx", "dy"), [(0, 400), (250, 0), (0, 4000)])
def test_a_scroll_moves_what_lies_under_the_finger_by_its_distance(page: Page, dx: int, dy: int) -> None:
    browser = page(LIST)
    browser.execute(Scroll(point=Point(500, 1000), dx=dx, dy=dy))
    left, top = browser.evaluate("[list.scrollLeft, list.scrollTop]")  # type: ignore[misc]
    assert (left, top) == (pytest.approx(dx / FACTOR, abs=3), pytest.approx(dy / FACTOR, abs=3))
    back = Scroll(point=Point(500, 700), dx=-dx, dy=-dy)
    browser.execute(back)
    assert browser.evaluate("[list.scrollLeft, list.scrollTop]") == [
        pytest.approx(0, abs=3),
        pytest.approx(0, abs=3),
    ]


@pytest.mark.slow
def test_a_scroll_that_takes_too_many_strokes_says_how_far_it_came(page: Page) -> None:
    browser = page(LIST)
    with pytest.raises(ActionPartial, match="scroll again to continue") as stopped:
        browser.execute(Scroll(point=Point(500, 1000), dy=100_000))
    assert isinstance(stopped.value.done, Scroll)
    top = float(str(browser.evaluate("list.scrollTop")))
    assert top == pytest.approx(stopped.value.done.dy / FACTOR, abs=8 * 3)


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (Click(point=Point(9, 9), button="right"), "no right button"),
        (Click(point=Point(9, 9), modifiers=("ctrl",)), "no key can be held"),
        (Move(point=Point(9, 9)), "`move` is not possible here"),
    ],
)
def test_what_only_a_mouse_can_do_is_rejected(page: Page, action: Action, reason: str) -> None:
    browser = page(RECORD)
    with pytest.raises(ActionRejected, match=reason):
        browser.execute(action)
    assert browser.evaluate("log") == []


def test_a_select_opens_into_the_page_and_its_items_can_be_tapped(page: Page) -> None:
    browser = page("<select style='font-size:20px'><option>one<option>two<option>three</select>")
    browser.execute(Click(point=Point(150, 100)))
    x, y = browser.evaluate(
        "(() => { const { x, y } = document.querySelectorAll('option')[1].getBoundingClientRect(); return [x, y] })()"
    )  # type: ignore[misc]
    browser.execute(Click(point=Point(round(x * FACTOR) + 40, round(y * FACTOR) + 40)))
    assert browser.evaluate("document.querySelector('select').value") == "two"


def test_text_is_typed_into_the_field_that_was_tapped(page: Page) -> None:
    browser = page("<input style='width:150px;height:30px'>")
    browser.execute(Click(point=Point(300, 100)))
    browser.execute(Type(text="Grüße 中"))
    assert browser.evaluate("document.querySelector('input').value") == "Grüße 中"


def test_a_list_that_scrolls_has_no_scrollbar(page: Page) -> None:
    browser = page(LIST)
    assert browser.evaluate("list.offsetWidth - list.clientWidth") == 0


def test_home_opens_the_address_where_a_reset_begins(page: Page) -> None:
    browser = page(RECORD)
    assert browser.execute(Home()).url == "about:blank"


def test_pages_and_prompts_take_it_for_a_phone(page: Page) -> None:
    browser = page(RECORD)
    assert browser.evaluate("['ontouchstart' in window, matchMedia('(hover: hover)').matches]") == [True, False]
    assert Abilities(browser.supported).on_a_phone


def test_a_dialog_that_a_tap_opens_is_shown(page: Page) -> None:
    browser = page("<body onclick=\"alert('hello')\" style='height:300px'>")
    seen = browser.execute(Click(point=Point(300, 300)))
    assert any("hello" in notice for notice in seen.notices)


@pytest.mark.slow
def test_it_keeps_the_contract() -> None:
    check_environment(lambda: BrowserEnvironment(touch=True))
