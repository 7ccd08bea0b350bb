"""Keys of the browser's own window are carried out, left to the page, or rejected with what to do instead."""

from contextlib import suppress
from typing import Any

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Hold, Press
from handeye.environments.browser.window_keys import window_key
from handeye.environments.errors import ActionPartial, ActionRejected


@pytest.mark.parametrize(
    ("keys", "hint"),
    [
        (("ctrl", "n"), "use `new_tab`"),
        (("ctrl", "f4"), "use `close_tab`"),
        (("ctrl", "shift", "tab"), "use `switch_tab`"),
        (("ctrl", "3"), "use `switch_tab`"),
        (("alt", "d"), "use `navigate`"),
        (("ctrl", "shift", "+"), "one size"),
        (("ctrl", "p"), "printed"),
        (("meta", "s"), "saved"),
        (("f3",), "scroll instead"),
        (("f12",), "developers"),
        (("ctrl", "h"), "no lists"),
        (("shift", "f5"), "press f5"),
        (("alt", "f4"), "stays open"),
        (("alt", "right"), "no page to go forward to"),
    ],
)
def test_what_does_nothing_is_rejected_with_what_does(show: Any, keys: tuple[str, ...], hint: str) -> None:
    browser = show("<p>a page that takes no keys")
    for action in (Press(keys=keys), Hold(keys=keys, seconds=0.1)):
        with pytest.raises(ActionRejected, match=hint):
            browser.execute(action)


@pytest.mark.parametrize("keys", [("f5",), ("ctrl", "r")])
def test_the_page_is_loaded_again(show: Any, site: Any, keys: tuple[str, ...]) -> None:
    browser = show("<script>document.title = performance.getEntriesByType('navigation')[0].type</script>")
    before = len(site.requested)
    assert browser.execute(Press(keys=keys)).title == "reload"
    assert site.requested[before:] == ["/"]


def test_forward_goes_on_in_the_history(show: Any, site: Any) -> None:
    browser = show("<title>first</title>")
    browser.goto(site.page("<title>second</title>", "/second"))
    browser.evaluate("void setTimeout(() => history.back())")
    while browser.observe().title != "first":
        pass
    assert browser.execute(Press(keys=("alt", "right"))).title == "second"


def test_a_page_that_is_being_replaced_is_not_taken_for_a_lost_browser(show: Any, site: Any) -> None:
    browser = show("<title>first</title>")
    for number in range(5):
        browser.goto(site.page("<title>next</title>", f"/{number}"))
        browser.evaluate("void setTimeout(() => history.back())")
        with suppress(ActionRejected):  # pressed before the page has gone back
            browser.execute(Press(keys=("alt", "right")))


@pytest.mark.parametrize("keys", [("ctrl", "s"), ("f5",), ("ctrl", "k"), ("ctrl", "+")])
def test_a_page_may_take_them_for_itself(show: Any, site: Any, keys: tuple[str, ...]) -> None:
    browser = show(
        "<script>onkeydown = e => { if (e.key !== 'Control') { document.title = e.key; e.preventDefault() } }</script>"
    )
    before = len(site.requested)
    assert browser.execute(Press(keys=keys)).title.lower() == keys[-1]
    assert len(site.requested) == before


def test_a_page_that_listens_and_does_not_take_them(show: Any, site: Any) -> None:
    browser = show("<script>addEventListener('keydown', () => {})</script>")
    with pytest.raises(ActionPartial, match="the page has not taken it: there is no search bar"):
        browser.execute(Press(keys=("ctrl", "f")))
    before = len(site.requested)
    browser.execute(Press(keys=("ctrl", "r")))
    assert len(site.requested) == before + 1


def test_esc_leaves_the_full_screen(show: Any) -> None:
    browser = show(
        "<button id=b onclick='b.requestFullscreen()' style='width:90px;height:30px'>b</button>"
        "<script>keys = 0; onkeydown = () => keys++</script>"
    )
    browser.execute(Click(point=Point(20, 20)))
    assert browser.evaluate("document.fullscreenElement === b")
    browser.execute(Press(keys=("esc",)))
    assert browser.evaluate("[document.fullscreenElement, keys]") == [None, 0]
    browser.execute(Press(keys=("esc",)))
    assert browser.evaluate("keys") == 1


@pytest.mark.slow  # Chromium without a window is busy while the mouse is captured
def test_esc_sets_the_mouse_free(show: Any) -> None:
    browser = show("<button id=b onclick='b.requestPointerLock()' style='width:90px;height:30px'>b</button>")
    seen = browser.execute(Click(point=Point(20, 20)))
    assert "captured the mouse" in seen.notices[0]
    assert browser.execute(Press(keys=("esc",))).notices == ()
    assert browser.evaluate("document.pointerLockElement") is None


def test_editing_keys_are_no_keys_of_the_window() -> None:
    for keys in (("ctrl", "a"), ("ctrl", "c"), ("ctrl", "v"), ("ctrl", "z"), ("ctrl", "left"), ("esc",), ("f2",)):
        assert window_key(keys) is None
