"""No secret leaves the browser in a text, however it is quoted, encoded or cut there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Action, Click, Navigate, Press, Type
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.errors import ActionRejected

VALUE = "it's \\a <b>&ü"
SHORT = "4"


@pytest.fixture(scope="module")
def shared_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserEnvironment]:
    folder: Path = tmp_path_factory.mktemp("downloads")
    secrets = {"word": VALUE, "digit": SHORT}
    with BrowserEnvironment(viewport=Size(400, 300), downloads=folder, secrets=secrets) as environment:
        yield environment


def texts(browser: BrowserEnvironment, *actions: Action) -> str:
    """Return all texts that the actions bring out of the browser."""
    told = ""
    for action in actions:
        try:
            seen = browser.execute(action)
        except HandeyeError as error:
            told += f"{error} "
            seen = browser.observe()
        told += repr((seen.url, seen.title, seen.tabs, seen.notices))
        try:
            told += repr(browser.elements())
        except HandeyeError:
            continue
    return told


def require_hidden(told: str) -> None:
    for form in (VALUE, repr(VALUE)[1:-1], "it's", "it%27s", "\\a ", "&ü"):
        assert form not in told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "actions"),
    [
        ("i.oninput = () => alert(`x`.repeat(992) + i.value)", (Type(secret="word"), Press(keys=("tab",)))),
        (
            "i.onclick = () => prompt(`your word`)",
            (Click(point=Point(9, 9)), Type(secret="word"), Press(keys=("tab",))),
        ),
        ("i.oninput = () => document.title = JSON.stringify([i.value])", (Type(secret="word"),)),
        ("i.oninput = () => i.value = i.value.toUpperCase()", (Type(secret="word"),)),
        ("i.maxLength = 6", (Type(secret="word"),)),
        ("i.oninput = () => history.replaceState({}, ``, `?x=` + encodeURIComponent(i.value))", (Type(secret="word"),)),
        ("i.onchange = () => b.innerText = b.role = `x`.repeat(20) + i.value", (Type(secret="word", submit=True),)),
        ("i.onchange = () => { b.download = i.value + `.txt`; b.click() }", (Type(secret="word", submit=True),)),
    ],
)
def test_no_text_holds_a_secret(show: Any, script: str, actions: tuple[Action, ...]) -> None:
    browser = show(
        f"<input id=i style='height:30px'><a id=b href='data:text/plain,x'>b</a><script>i.focus(); {script}</script>"
    )
    told = texts(browser, *actions)
    require_hidden(told)
    while "dialog" in repr(browser.observe().notices):
        require_hidden(texts(browser, Press(keys=("esc",))))


def test_a_short_secret_does_not_change_other_texts(show: Any, site: Any) -> None:
    browser = show("<title>file 14 of 40</title><input id=i name=q><script>i.focus()</script>")
    seen = browser.execute(Navigate(url=f"{site.page('<title>v4.2</title>', '/v14')}?at=40#4th"))
    assert (seen.url, seen.title) == (site.url("/v14?at=40#4th"), "v4.2")
    browser = show("<form action=/told><input id=i name=q></form><script>i.focus()</script>")
    assert browser.execute(Type(secret="digit", submit=True)).url == site.url("/told?q=<digit>")


def test_an_address_without_its_secret_is_not_opened(show: Any, site: Any) -> None:
    browser = show("<form action=/told><input id=i name=q></form><script>i.focus()</script>")
    url = str(browser.execute(Type(secret="word", submit=True)).url)
    before = len(site.requested)
    for address in (url, url.replace("<", "%3C").replace(">", "%3E")):
        with pytest.raises(ActionRejected, match="has the name of a secret where the secret was"):
            browser.execute(Navigate(url=address))
    assert len(site.requested) == before
