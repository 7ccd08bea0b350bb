"""The browser's own popups can be used from pixels."""

from typing import Any

import numpy as np
import pytest

from handeye.actions.geometry import Box, Point, Size
from handeye.actions.schema import Click, Press, Type
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.settle import Settle

LEFT = "<style>select, input { position:absolute; left:10px; top:10px }</style>"


def test_a_select_opens_into_the_page_and_is_clicked(show: Any) -> None:
    browser = show(f"{LEFT}<select id=s><option>one<option>two<option>three</select>")
    closed = browser.observe().image
    opened = browser.execute(Click(point=Point(20, 18)))
    assert opened.notices == ()
    box = browser.evaluate("(r => [r.x, r.y, r.width, r.height])(s.options[2].getBoundingClientRect())")
    x, y = round(box[0] + 10), round(box[1] + box[3] / 2)
    area = np.s_[round(box[1]) : round(box[1] + box[3]), round(box[0]) : round(box[0] + box[2])]
    assert (np.asarray(opened.image)[area] != np.asarray(closed)[area]).any()
    browser.execute(Click(point=Point(x, y)))
    assert browser.evaluate("s.value") == "three"


OVERWRITTEN = "<select><option>one<option>two</select><script>document.adoptedStyleSheets = []</script>"
SHADOW = """<div id=host></div><script>
host.attachShadow({mode: 'open'}).innerHTML = `<select><option>one<option>two</select>`</script>"""


@pytest.mark.parametrize(
    ("html", "root"), [(LEFT + OVERWRITTEN, "document"), (SHADOW, "host.shadowRoot")], ids=["overwritten", "shadow"]
)
def test_a_select_without_our_style_gets_it_when_it_is_clicked(show: Any, html: str, root: str) -> None:
    browser = show(html)
    assert browser.execute(Click(point=Point(20, 18))).notices == ()
    box = browser.evaluate(
        f"(r => [r.x, r.y, r.height])({root}.querySelector('select').options[1].getBoundingClientRect())"
    )
    browser.execute(Click(point=Point(round(box[0] + 10), round(box[1] + box[2] / 2))))
    assert browser.evaluate(f"{root}.querySelector('select').value") == "two"


def test_a_select_that_keeps_its_native_popup_is_used_by_keys(show: Any) -> None:
    browser = show(f"{LEFT}<select id=s style='appearance:auto !important'><option>one<option>two</select>")
    assert "A select popup is open" in browser.execute(Click(point=Point(20, 18))).notices[0]
    with pytest.raises(ActionRejected, match="Press up and down to choose"):
        browser.execute(Click(point=Point(20, 60)))
    browser.execute(Press(keys=("down",)))
    assert browser.execute(Press(keys=("enter",))).notices == ()
    assert browser.evaluate("s.value") == "two"


@pytest.mark.slow
@pytest.mark.parametrize("clicks", [0, 1])
def test_a_select_goes_to_the_option_that_is_typed(show: Any, clicks: int) -> None:
    browser = show(f"{LEFT}<select id=s><option>Oslo<option>Madrid<option>Mar  Azul</select><script>s.focus()</script>")
    for _ in range(clicks):
        browser.execute(Click(point=Point(20, 18)))
    browser.execute(Type(text="mar", submit=clicks > 0))
    assert browser.evaluate("[s.value, s.matches(':open')]") == ["Mar Azul", False]
    with pytest.raises(ActionPartial, match="no option that begins with what was typed: it is at 'Mar Azul'"):
        browser.execute(Type(text="Rome", submit=True))


def test_a_select_takes_keys(show: Any) -> None:
    browser = show(f"{LEFT}<select id=s size=1><option>one<option>two<option>three</select>")
    browser.execute(Click(point=Point(20, 18)))
    browser.execute(Press(keys=("down",)))
    browser.execute(Press(keys=("enter",)))
    assert browser.evaluate("s.value") == "two"


def test_a_listbox_is_left_alone(show: Any) -> None:
    browser = show(f"{LEFT}<select id=s multiple><option>one<option>two<option>three</select>")
    browser.execute(Click(point=Point(20, 18)))
    assert browser.evaluate("s.value") == "one"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("date", "12/31/2024", "2024-12-31"),
        ("time", "1145PM", "23:45"),
        ("datetime-local", "12312024\t1145PM", "2024-12-31T23:45"),
        ("month", "Dec\t2024", "2024-12"),
    ],
)
def test_dates_and_times_are_typed(show: Any, kind: str, text: str, value: str) -> None:
    browser = show(f"{LEFT}<input id=i type={kind}>")
    assert browser.execute(Click(point=Point(20, 20))).notices == ()
    browser.execute(Type(text=text))
    assert browser.evaluate("i.value") == value


def icon(browser: Any) -> Point:
    right = browser.evaluate("i.getBoundingClientRect().right")
    return Point(round(right) - 14, 20)


def test_an_open_calendar_is_told_and_no_click_falls_through_it(show: Any) -> None:
    browser = show(
        f"{LEFT}<input id=i type=date value=2024-05-10>"
        "<button onclick='document.title=`hit`' style='height:300px;width:400px'>"
    )
    seen = browser.execute(Click(point=icon(browser)))
    assert "A date popup is open" in seen.notices[0]
    with pytest.raises(ActionRejected, match="the mouse does not reach the date popup that is open"):
        browser.execute(Click(point=Point(100, 150)))
    assert browser.observe().title == ""
    browser.execute(Press(keys=("right",)))
    seen = browser.execute(Press(keys=("enter",)))
    assert (browser.evaluate("i.value"), seen.notices) == ("2024-05-11", ())
    assert browser.execute(Click(point=Point(100, 150))).title == "hit"


def test_an_open_calendar_can_be_closed_to_type(show: Any) -> None:
    browser = show(f"{LEFT}<input id=i type=date>")
    browser.execute(Click(point=icon(browser)))
    assert browser.execute(Press(keys=("esc",))).notices == ()
    browser.execute(Click(point=Point(20, 20)))
    browser.execute(Type(text="12312024"))
    assert browser.evaluate("i.value") == "2024-12-31"


@pytest.mark.slow
def test_a_colour_is_typed(show: Any) -> None:
    browser = show(f"{LEFT}<input id=i type=color>")
    seen = browser.execute(Click(point=Point(30, 22)))
    assert "Press tab to reach its number fields" in seen.notices[0]
    for _ in range(3):
        browser.execute(Press(keys=("tab",)))
    browser.execute(Type(text="255\t128\t0"))
    assert browser.execute(Press(keys=("enter",))).notices == ()
    assert browser.evaluate("i.value") == "#ff8000"


@pytest.mark.slow
@pytest.mark.parametrize("factor", [1.5, 2])
def test_popups_stay_open_at_other_scales(site: Any, factor: float) -> None:
    url = site.page(f"{LEFT}<input id=i type=color>", "/scaled")
    settle = Settle(grace=0.05, quiet=0.05)
    with BrowserEnvironment(
        url, viewport=Size(301, 303), device_scale_factor=factor, clip=Box(1, 1, 300, 302), settle=settle
    ) as browser:
        before = browser.reset()
        seen = browser.execute(Click(point=Point(round(29 * factor), round(21 * factor))))
        assert seen.size == before.size
        assert "A color popup is open" in seen.notices[0]
        assert (np.asarray(seen.image)[round(100 * factor) :] != 255).any()
        for keys in ("tab", "tab", "tab"):
            assert browser.execute(Press(keys=(keys,))).notices
        browser.execute(Type(text="255\t128\t0\n"))
        assert browser.evaluate("i.value") == "#ff8000"


def test_a_popup_in_a_frame_is_seen_too(show: Any, site: Any) -> None:
    site.page(f"{LEFT}<input id=i type=date>", "/frame")
    browser = show("<iframe src=/frame style='border:0;width:300px;height:280px'></iframe>")
    right = browser.evaluate("frames[0].document.querySelector('input').getBoundingClientRect().right")
    assert "A date popup is open" in browser.execute(Click(point=Point(round(right) - 14, 20))).notices[0]
