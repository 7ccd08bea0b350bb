"""Everything a mouse does, as the page itself records it."""

from typing import Any

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Drag, LongPress, Move, Press, Scroll

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


def test_a_click_waits_for_what_flickers_when_the_pointer_comes(show: Any) -> None:
    browser = show("""<button style="width:90px;height:40px">Like</button><script>
      const button = document.querySelector('button'), heard = [];
      button.onmouseenter = () => {
        button.style.marginLeft = '200px';
        setTimeout(() => { button.style.marginLeft = 0 }, 40);
      };
      for (const kind of ['mousedown', 'click']) button.addEventListener(kind, () => heard.push(kind));
    </script>""")
    browser.execute(Click(point=Point(30, 20)))
    assert browser.evaluate("heard") == ["mousedown", "click"]


def test_what_comes_to_stay_under_the_pointer_is_clicked(show: Any) -> None:
    browser = show("""<button style="width:90px;height:40px">Menu</button>
      <p hidden style="position:absolute;left:0;top:0;width:90px;height:60px;margin:0">Item</p><script>
      const item = document.querySelector('p');
      document.querySelector('button').onmouseenter = () => { item.hidden = false };
      item.onclick = () => { item.textContent = 'clicked' };
    </script>""")
    browser.execute(Click(point=Point(30, 20)))
    assert browser.evaluate("item.textContent") == "clicked"


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


@pytest.mark.slow
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


GAME = """<canvas width=300 height=200></canvas><script>
shots = [], wasDown = {}, down = {};
for (const [kind, is] of [['mousedown', true], ['mouseup', false]]) addEventListener(kind, e => down[e.button] = is);
for (const [kind, is] of [['keydown', true], ['keyup', false]]) addEventListener(kind, e => down[e.key] = is);
(function frame() {
  for (const key in down) { if (down[key] && !wasDown[key]) shots.push(key); wasDown[key] = down[key]; }
  requestAnimationFrame(frame);
})();
</script>"""


def test_a_game_that_looks_once_a_frame_sees_every_press(show: Any) -> None:
    browser = show(GAME)
    browser.execute(Click(point=Point(50, 50), count=3))
    browser.execute(Click(point=Point(50, 50), button="right"))
    for keys in (("up",), ("shift", "x"), ("up",)):
        browser.execute(Press(keys=keys))
    assert browser.evaluate("shots") == ["0", "0", "0", "2", "ArrowUp", "Shift", "X", "ArrowUp"]


FLUNG = """<body style="touch-action:none"><script>
x = y = 0; let last = null, trail = [];
onpointerdown = e => { last = [e.clientX, e.clientY]; trail = [] };
onpointermove = e => {
  if (!last) return;
  x += e.clientX - last[0]; y += e.clientY - last[1]; last = [e.clientX, e.clientY];
  trail.push([performance.now(), x, y]);
};
onpointerup = () => {
  const recent = trail.filter(one => performance.now() - one[0] < 80); last = null;
  if (recent.length > 1) { x += 5 * (recent.at(-1)[1] - recent[0][1]); y += 5 * (recent.at(-1)[2] - recent[0][2]) }
};
</script>"""


@pytest.mark.slow
@pytest.mark.parametrize("path", [(Point(250, 200), Point(90, 150)), (Point(20, 20), Point(60, 25), Point(20, 220))])
def test_what_glides_on_ends_where_the_hand_ended(show: Any, path: tuple[Point, ...]) -> None:
    browser = show(FLUNG)
    browser.execute(Drag(path=path))
    assert browser.evaluate("[x, y]") == [path[-1].x - path[0].x, path[-1].y - path[0].y]


def test_a_list_that_reorders_itself_ends_as_dragged(show: Any) -> None:
    browser = show("""<ul id=l style="margin:0;padding:0;width:150px"></ul><script>
      for (const name of 'KLMNO') l.insertAdjacentHTML('beforeend',
        `<li draggable=true style="height:36px;list-style:none">${name}</li>`);
      let busy = false, row;
      l.ondragstart = e => row = e.target;
      l.ondragover = e => {
        e.preventDefault(); const over = e.target.closest('li');
        if (!over || over === row || busy) return;
        busy = true; setTimeout(() => busy = false, 25);
        if (over.compareDocumentPosition(row) & 2) over.after(row); else over.before(row);
      };</script>""")
    browser.execute(Drag(path=(Point(40, 160), Point(40, 50))))
    assert browser.evaluate("l.innerText.replace(/\\s/g, '')") == "KOLMN"


def test_a_drag_may_hold_first(show: Any) -> None:
    browser = show("""<script>let held;
      onpointerdown = () => began = performance.now();
      onpointermove = e => { if (e.buttons && held === undefined) held = performance.now() - began };
      onpointerup = () => document.title = held > 580 ? 'picked up' : held</script>""")
    assert browser.execute(Drag(path=(Point(50, 50), Point(90, 90)), hold_seconds=0.6)).title == "picked up"


@pytest.mark.slow
def test_a_drawing_of_many_points_has_few_positions_for_each(show: Any) -> None:
    browser = show("<script>moves = 0; onmousemove = e => moves += e.buttons</script>")
    browser.execute(Drag(path=tuple(Point(50 + at, 60 + at % 2) for at in range(100))))
    assert 90 <= int(browser.evaluate("moves")) <= 210


@pytest.mark.slow
def test_a_drag_that_nothing_takes_is_told(show: Any, site: Any) -> None:
    site.page("<div id=z style='height:90px'></div><script>z.ondragover = e => e.preventDefault()</script>", "/zone")
    other = site.url("/zone").replace("127.0.0.1", "localhost")
    browser = show(
        f"<div draggable=true style='height:50px'>carry</div><iframe src='{other}' style='border:0'></iframe>"
    )
    seen = browser.execute(Drag(path=(Point(20, 20), Point(60, 100))))
    assert "from another site" in seen.notices[0]
    browser = show(
        "<div draggable=true style='height:50px'>carry</div>"
        "<div style='height:90px' ondragover='event.preventDefault()'>"
    )
    assert browser.execute(Drag(path=(Point(20, 20), Point(60, 100)))).notices == ()
