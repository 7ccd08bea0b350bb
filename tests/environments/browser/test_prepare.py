"""Pages one after the other, each as if it were the first."""

from collections.abc import Iterator
from typing import Any

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Back, Click, Move, Navigate, NewTab
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.errors import ActionRejected, NavigationFailed, ScriptFailed

PAGE = """<style>div { width:90px; height:90px } div:hover { background:rgb(1,2,3) }</style><div>a page</div>"""
ASK = "word => [word, document.readyState, window.left ?? 'new', history.length]"


@pytest.fixture(scope="module")
def reused_browser() -> Iterator[BrowserEnvironment]:
    with BrowserEnvironment(viewport=Size(400, 300), patience=3.0) as environment:
        yield environment


def test_each_page_is_new(reused_browser: BrowserEnvironment, site: Any) -> None:
    url = site.page(PAGE)
    assert reused_browser.prepare(url, ASK, "first")[:3] == ["first", "complete", "new"]  # type: ignore[index]
    first = reused_browser.observe()
    reused_browser.evaluate("() => { window.left = 'behind' }")
    reused_browser.execute(Move(point=Point(50, 50)))
    assert reused_browser.prepare(url, ASK, "again")[:3] == ["again", "complete", "new"]  # type: ignore[index]
    again = reused_browser.observe()
    assert again.screenshot == first.screenshot  # the pointer hovers over nothing
    with pytest.raises(ActionRejected, match="no page to go back to"):
        reused_browser.execute(Back())


def test_what_the_script_changes_is_waited_for(reused_browser: BrowserEnvironment, site: Any) -> None:
    later = "() => { setTimeout(() => { document.title = 'late' }, 200); return document.title }"
    reused_browser.prepare(site.page("<title>early</title>"), later)
    assert reused_browser.observe().title == "late"


@pytest.mark.slow
@pytest.mark.parametrize("leave", ["tabs", "dialog", "crash"])
def test_what_the_page_before_has_left_does_not_matter(
    leave: str, reused_browser: BrowserEnvironment, site: Any
) -> None:
    page = "<title>before</title><button onclick='alert(1)' style='width:90px; height:90px'></button>"
    reused_browser.prepare(site.page(page), "() => 0")
    reused_browser.observe()
    match leave:
        case "tabs":
            reused_browser.execute(NewTab())
        case "dialog":
            assert reused_browser.execute(Click(point=Point(40, 40))).notices
        case "crash":
            with pytest.raises(NavigationFailed):
                reused_browser.goto("chrome://crash")
    assert reused_browser.prepare(site.page("<title>after</title>", "/after"), "() => document.title") == "after"
    seen = reused_browser.observe()
    assert [tab.title for tab in seen.tabs] == ["after"]
    assert seen.notices == ()


def test_a_page_that_is_left_for_another_is_left(reused_browser: BrowserEnvironment, site: Any) -> None:
    url = site.page("<title>one</title>", "/one")
    reused_browser.prepare(url, "() => 0")
    reused_browser.observe()
    reused_browser.execute(Navigate(url=site.page("<title>two</title>", "/two")))
    reused_browser.prepare(url, "() => 0")
    reused_browser.observe()
    with pytest.raises(ActionRejected, match="no page to go back to"):
        reused_browser.execute(Back())


@pytest.mark.slow
def test_the_tab_is_renewed_now_and_then(reused_browser: BrowserEnvironment, site: Any) -> None:
    url = site.page("<title>one of many</title>", "/many")
    lengths = [
        reused_browser.prepare(url, "() => [sessionStorage.n = +(sessionStorage.n ?? 0) + 1][0]") for _ in range(60)
    ]
    assert max(lengths) <= 50 and lengths.count(1) >= 1  # type: ignore[type-var]
    assert len(lengths) == 60


def test_failures_are_told(reused_browser: BrowserEnvironment, site: Any) -> None:
    with pytest.raises(NavigationFailed, match="ERR_"):
        reused_browser.prepare("http://127.0.0.1:9/", "() => 0")
    with pytest.raises(ScriptFailed, match="no such thing"):
        reused_browser.prepare(site.page(""), "() => { throw new Error('no such thing') }")
    with pytest.raises(NavigationFailed, match="opened a dialog"):
        reused_browser.prepare(site.page("<script>alert('first')</script>", "/alert"), "() => 0")
    assert reused_browser.prepare(site.page("", "/at-last"), "() => 1") == 1
