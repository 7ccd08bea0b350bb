"""Opening addresses, and going back."""

from pathlib import Path
from typing import Any

import pytest

from handeye.actions.schema import Back, Navigate, NewTab
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.browser.navigation import require_allowed
from handeye.environments.errors import ActionRejected, NavigationFailed, ScriptFailed
from handeye.environments.secrets import Secrets


def test_an_address_is_opened_and_left_again(site: Any, show: Any) -> None:
    browser = show("<title>one</title>")
    assert browser.execute(Navigate(url=site.page("<title>two</title>", "/two"))).title == "two"
    assert browser.execute(Back()).title == "one"
    with pytest.raises(ActionRejected, match="no page to go back to"):
        browser.execute(Back())


def test_going_back_within_a_page(show: Any) -> None:
    browser = show("<script>onpopstate = () => { document.title = location.hash }</script>")
    browser.evaluate("() => { location.hash = 'a'; location.hash = 'b' }")
    assert browser.execute(Back()).title == "#a"


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "chrome://version", "view-source:http://x"]
)
def test_other_schemes_are_rejected(url: str) -> None:
    with pytest.raises(ActionRejected, match="only http and https"):
        require_allowed(url, allow_files=False, secrets=Secrets({}))


def test_a_harness_may_allow_files(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<title>a file</title>")
    require_allowed(page.as_uri(), allow_files=True, secrets=Secrets({}))
    with BrowserEnvironment(page.as_uri()) as browser:
        assert browser.reset().title == "a file"
    with pytest.raises(ActionRejected):
        require_allowed("javascript:alert(1)", allow_files=True, secrets=Secrets({}))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://no-such-host.invalid/", "ERR_NAME_NOT_RESOLVED"),
        ("http://127.0.0.1:1/", "ERR_UNSAFE_PORT"),
    ],
)
def test_an_address_that_cannot_be_opened_is_told(browser: Any, url: str, reason: str) -> None:
    assert browser.execute(Navigate(url=url)).notices == (f"{url} could not be opened: {reason}",)
    assert browser.execute(NewTab(url=url)).notices == (f"{url} could not be opened: {reason}",)
    with pytest.raises(NavigationFailed, match=reason):
        browser.goto(url)


def test_a_first_address_that_cannot_be_opened_is_an_error() -> None:
    with (
        BrowserEnvironment("http://127.0.0.1:1/") as browser,
        pytest.raises(NavigationFailed, match="could not be opened"),
    ):
        browser.reset()


def test_a_missing_page_is_shown(site: Any, browser: Any) -> None:
    seen = browser.execute(Navigate(url=site.url("/missing")))
    assert (seen.url, seen.notices) == (site.url("/missing"), ())


def test_a_page_that_goes_elsewhere_at_once(site: Any, browser: Any) -> None:
    site.page("<title>end</title>", "/end")
    site.page("<script>location = '/end'</script>", "/start")
    assert browser.execute(Navigate(url=site.url("/start"))).title == "end"


def test_navigating_while_the_page_navigates(site: Any, show: Any) -> None:
    target = site.page("<title>target</title>", "/target")
    site.serve("/slow", "<title>slow</title>", delay=0.5)
    browser = show("<a href=/slow>go</a>")
    browser.evaluate("() => { location = '/slow' }")
    assert browser.execute(Navigate(url=target)).title == "target"


def test_a_harness_evaluates(show: Any) -> None:
    browser = show("<title>one</title>")
    assert browser.evaluate("document.title") == "one"
    assert browser.evaluate("([a, b]) => a + b", [2, 3]) == 5
    assert browser.evaluate("async x => { await 0; return {x} }", None) == {"x": None}
    with pytest.raises(ScriptFailed, match="Error: no good"):
        browser.evaluate("() => { throw new Error('no good') }")
