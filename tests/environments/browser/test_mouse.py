"""Everything a mouse does, as the page itself records it."""

from typing import Any

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Drag, LongPress, Move, Scroll

RECORD = """<body style="height:300px"><script>
const log = [];
for (const kind of ['mousedown', 'mouseup', 'click', 'dblclick', 'auxclick', 'contextmenu', 'mousemove'])
  addEventListener(kind, e => log.push([kind, e.clientX, e.clientY, e.button, e.detail, e.ctrlKey, e.shiftKey]));
const kinds = () => log.map(e => e[0]).filter(kind => kind !== 'mousemove');
</script>"""


def test_a_click_is_pressed_and_released_where_the_pointer_is(show: Any) -> None:
    browser = show(RECORD)
    browser.execute(Click(point=Point(37, 41)))
    assert browser.evaluate("log.map(e => e.slice(0, 4))") == [
        ["mousemove", 37, 41, 0],
        ["mousedown", 37, 41, 0],
        ["mouseup", 37, 41, 0],
        ["click", 37, 41, 0],
    ]


def test_zero_is_a_coordinate(show: Any) -> None:
    browser = show(RECORD)
    browser.execute(Click(point=Point(0, 0)))
    assert browser.evaluate("log.at(-1).slice(0, 3)") == ["click", 0, 0]


@pytest.mark.parametrize(("count", "last"), [(2, "dblclick"), (3, "click")])
def test_double_and_triple_clicks(show: Any, count: int, last: str) -> None:
    browser = show(RECORD)
    browser.execute(Click(point=Point(9, 9), count=count))
    assert browser.evaluate("log.filter(e => e[0] === 'click').map(e => e[4])") == list(range(1, count + 1))
    assert browser.evaluate("kinds().at(-1)") == last


def test_a_triple_click_selects_the_line(show: Any) -> None:
    browser = show("<p style='margin:0'>one two three</p><p>four</p>")
    browser.execute(Click(point=Point(20, 8), count=3))
    assert str(browser.evaluate("String(getSelection())")).strip() == "one two three"


@pytest.mark.parametrize(("button", "number", "event"), [("right", 2, "contextmenu"), ("middle", 1, "auxclick")])
def test_the_other_buttons(show: Any, button: Any, number: int, event: str) -> None:
    browser = show(RECORD)
    browser.execute(Click(point=Point(9, 9), button=button))
    assert browser.evaluate("log.find(e => e[0] === 'mousedown')[3]") == number
    assert event in browser.evaluate("kinds()")


def test_modifiers_are_held_and_released(show: Any) -> None:
    browser = show(RECORD)
    browser.execute(Click(point=Point(9, 9), modifiers=("ctrl", "shift")))
    browser.execute(Click(point=Point(9, 9)))
    assert browser.evaluate("log.filter(e => e[0] === 'click').map(e => e.slice(5))") == [[True, True], [False, False]]


def test_a_long_press_is_held(show: Any) -> None:
    browser = show(
        "<script>onmousedown = () => t = performance.now(); onmouseup = () => s = performance.now() - t</script>"
    )
    browser.execute(LongPress(point=Point(9, 9), seconds=0.4))
    assert float(browser.evaluate("s")) > 380


def test_moving_hovers(show: Any) -> None:
    browser = show("<style>div { width:50px; height:50px } div:hover { background:rgb(1,2,3) }</style><div></div>")
    seen = browser.execute(Move(point=Point(20, 20)))
    assert seen.image.getpixel((5, 5)) == (1, 2, 3)


def test_dragging_follows_the_path(show: Any) -> None:
    browser = show(RECORD)
    browser.execute(Drag(path=(Point(10, 10), Point(100, 10), Point(100, 80)), modifiers=("shift",)))
    events = browser.evaluate("log.map(e => [e[0], e[1], e[2], e[6]])")
    pressed = [event[0] for event in events].index("mousedown")
    assert events[pressed][1:] == [10, 10, True]
    moves = [event[1:3] for event in events[pressed + 1 :] if event[0] == "mousemove"]
    assert len(moves) > 10
    assert [100, 10] in moves
    assert ["mouseup", 100, 80, True] in events


def test_dragging_moves_a_slider_and_selects_text(show: Any) -> None:
    browser = show(
        "<input type=range id=r min=0 max=100 value=0 style='margin:0;width:200px;height:20px'><p>some words"
    )
    browser.execute(Drag(path=(Point(8, 10), Point(100, 10))))
    assert 45 <= int(browser.evaluate("+r.value")) <= 55
    top = int(browser.evaluate("document.querySelector('p').getBoundingClientRect().y")) + 8
    browser.execute(Drag(path=(Point(1, top), Point(200, top))))
    assert browser.evaluate("String(getSelection())") == "some words"


def test_drag_and_drop_of_the_browser(show: Any) -> None:
    browser = show("""<div id=a draggable=true style="width:50px;height:50px;background:red"></div>
      <div id=b style="width:80px;height:80px;background:blue"></div><script>
      a.ondragstart = e => e.dataTransfer.setData('text', 'carried');
      b.ondragover = e => e.preventDefault();
      b.ondrop = e => { e.preventDefault(); document.title = e.dataTransfer.getData('text') };
      </script>""")
    seen = browser.execute(Drag(path=(Point(20, 20), Point(40, 90))))
    assert seen.title == "carried"


def test_scrolling_goes_by_pixels_both_ways(show: Any) -> None:
    browser = show('<div style="width:2000px;height:2000px">')
    browser.execute(Scroll(point=Point(100, 100), dx=120, dy=230))
    assert browser.evaluate("[scrollX, scrollY]") == [120, 230]
    browser.execute(Scroll(point=Point(100, 100), dx=-20, dy=-30))
    assert browser.evaluate("[scrollX, scrollY]") == [100, 200]


def test_scrolling_moves_what_lies_under_the_point(show: Any) -> None:
    inner = '<div id={} style="height:100px;overflow:auto"><div style="height:900px"></div></div>'
    browser = show(inner.format("a") + inner.format("b"))
    browser.execute(Scroll(point=Point(50, 150), dy=60))
    assert browser.evaluate("[a.scrollTop, b.scrollTop]") == [0, 60]


def test_scrollbars_are_seen(show: Any) -> None:
    seen = show('<div style="height:2000px">').observe().image
    assert seen.getpixel((396, 150)) != (255, 255, 255)
