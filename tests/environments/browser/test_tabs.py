"""Tabs, and the pages that open and close them."""

import time
from typing import Any

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click, CloseTab, NewTab, Press, SwitchTab, Wait
from handeye.environments.errors import ActionRejected

CLICK = Click(point=Point(20, 10))


def titles(observation: Any) -> list[str]:
    return [f"*{tab.title}" if tab.active else tab.title for tab in observation.tabs]


@pytest.fixture
def opener(site: Any, browser: Any) -> Any:
    """A browser at a page whose first 20 px hold a link that opens `/other` in a new tab."""
    site.page("<title>other</title><p>other page", "/other")
    browser.goto(site.page("<title>first</title><a href=/other target=_blank rel=noopener>open another tab</a>", "/o"))
    browser.observe()
    return browser


def test_a_new_tab_is_shown_and_said_so(opener: Any) -> None:
    seen = opener.execute(CLICK)
    assert titles(seen) == ["first", "*other"]
    assert seen.notices == ("A new tab has opened; tab 1 is shown now.",)
    assert (seen.title, seen.url.rpartition("/")[2]) == ("other", "other")
    assert opener.evaluate("document.title") == "other"
    assert opener.observe().notices == ()


def test_a_tab_that_is_slow_to_load_is_waited_for(site: Any, opener: Any) -> None:
    site.serve("/other", "<title>slow</title>slow", delay=0.8)
    assert titles(opener.execute(CLICK)) == ["first", "*slow"]


def test_closing_falls_back_to_the_tab_before(opener: Any) -> None:
    opener.execute(CLICK)
    opener.execute(NewTab())
    assert titles(opener.execute(SwitchTab(index=0))) == ["*first", "other", ""]
    seen = opener.execute(CloseTab())
    assert titles(seen) == ["other", "*"]
    assert seen.notices == ()
    assert titles(opener.execute(CloseTab(index=1))) == ["*other"]
    with pytest.raises(ActionRejected, match="the last tab cannot be closed"):
        opener.execute(CloseTab())


def test_a_tab_in_the_background_can_be_closed(opener: Any) -> None:
    opener.execute(CLICK)
    assert titles(opener.execute(CloseTab(index=0))) == ["*other"]


def test_new_tabs_open_addresses(site: Any, browser: Any) -> None:
    seen = browser.execute(NewTab(url=site.page("<title>second</title>", "/second")))
    assert titles(seen) == ["", "*second"]
    with pytest.raises(ActionRejected, match="there is no tab 2: the tabs are 0 to 1"):
        browser.execute(SwitchTab(index=2))


def test_a_popup_has_a_size_and_clicks_of_its_own(site: Any, show: Any) -> None:
    site.page("<title>popup</title><body style='height:9px' onclick='window.close()'><p>close", "/popup")
    browser = show("<title>main</title><button onclick=\"open('/popup', '', 'width=200,height=120')\">open</button>")
    seen = browser.execute(CLICK)
    assert (titles(seen), seen.size) == (["main", "*popup"], Size(200, 120))
    with pytest.raises(ActionRejected, match="outside the screenshot of 200x120"):
        browser.execute(Click(point=Point(300, 200)))
    seen = browser.execute(Click(point=Point(20, 30)))
    assert (titles(seen), seen.size) == (["*main"], Size(400, 300))
    assert seen.notices == ("The tab that was shown has closed; tab 0 is shown now.",)


def test_what_a_page_opens_is_prepared_like_any_other(site: Any, show: Any) -> None:
    site.page(
        """<select id=s style="width:150px"><option>one<option>two</select><p id=p>a</p>
        <button style="position:absolute;left:0;top:200px" onclick="for (const after of [60, 120, 180])
          setTimeout(() => document.querySelector('p').textContent = after, after)">go</button>""",
        "/popup",
    )
    browser = show("<button onclick=\"window.open('/popup')\">open</button>")
    assert len(browser.execute(CLICK).tabs) == 2
    assert browser.evaluate("() => getComputedStyle(document.querySelector('select')).appearance") == "base-select"
    browser.execute(Click(point=Point(10, 210)))
    assert browser.evaluate("() => document.querySelector('p').textContent") == "180"


def test_points_on_a_tab_that_is_no_longer_shown_are_rejected(show: Any) -> None:
    browser = show("<title>main</title><button>b</button>")
    browser.evaluate("() => { open('about:blank') }")
    with pytest.raises(ActionRejected, match="look again"):
        browser.execute(CLICK)
    browser.observe()
    browser.execute(CLICK)


def test_ctrl_click_shows_the_tab_that_it_opens(opener: Any) -> None:
    seen = opener.execute(Click(point=Point(20, 10), modifiers=("ctrl",)))
    assert titles(seen) == ["first", "*other"]


def test_the_last_tab_may_close_itself(site: Any, show: Any) -> None:
    site.page("<title>other</title><body onkeydown='window.close()'>", "/other")
    browser = show("<title>first</title><button onclick=\"window.open('/other')\">open</button>")
    assert titles(browser.execute(CLICK)) == ["first", "*other"]
    assert titles(browser.execute(CloseTab(index=0))) == ["*other"]
    seen = browser.execute(Press(keys=("x",)))
    assert seen.tabs == (("", "about:blank", True),)
    assert seen.notices[0] == "The last tab has closed itself; an empty one was opened."


def test_pages_in_tabs_run_on(opener: Any) -> None:
    opener.evaluate("() => { count = 0; setInterval(() => { document.title = 'tick ' + ++count }, 50) }")
    opener.execute(CLICK)
    before, deadline = opener.observe().tabs[0].title, time.monotonic() + 60
    while opener.execute(Wait(seconds=0.1)).tabs[0].title == before:
        assert time.monotonic() < deadline


@pytest.mark.slow
def test_a_tab_without_a_document_is_not_shown(site: Any, show: Any) -> None:
    site.serve("/archive", b"zip", kind="application/zip")
    site.serve("/nothing", b"", status=204)
    link = "<a target=_blank href={0}>a link to it</a><p onclick='window.open(`{0}`)'>a script for it"
    for address, notice in (("/archive", "Downloaded archive"), ("/nothing", "has sent no page")):
        browser = show(link.format(address))
        for y in (10, 44):
            seen = browser.execute(Click(point=Point(20, y)))
            assert notice in seen.notices[0]
            assert [tab.url for tab in seen.tabs] == [site.url("/")]
    assert browser.execute(NewTab()).tabs[-1].active


@pytest.mark.slow
def test_a_tab_that_does_not_answer_yet_is_told(site: Any, show: Any) -> None:
    site.serve("/late", "<title>late</title>", delay=4.0)
    browser = show("<title>first</title><a target=_blank href=/late>a link to it</a>")
    seen = browser.execute(CLICK)
    assert (seen.title, seen.notices) == (
        "first",
        ("A tab is being opened whose address has not answered yet: wait for it.",),
    )
    seen = browser.execute(Wait(seconds=3))
    assert (seen.title, seen.notices) == ("late", ("A new tab has opened; tab 1 is shown now.",))
