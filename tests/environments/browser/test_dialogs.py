"""Dialogs are told to the policy, shown, and answered by its actions."""

from typing import Any

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Back, Click, CloseTab, Navigate, NewTab, Press, SwitchTab, Type, Wait
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.errors import ActionRejected, DialogOpened

ENTER, ESCAPE = Press(keys=("enter",)), Press(keys=("esc",))
CLICK = Click(point=Point(20, 10))
PAGE = """<body style="background:rgb(0,200,0)"><button onclick="document.title = String({})">a button</button>"""


def test_an_alert_is_told_and_closed(show: Any) -> None:
    browser = show(PAGE.format("alert('Saved. 已保存')"))
    seen = browser.execute(CLICK)
    assert seen.notices == (
        "The page has opened the alert dialog 'Saved. 已保存'. It must be answered first. Press enter to close it.",
    )
    seen = browser.execute(ENTER)
    assert (seen.title, seen.notices) == ("undefined", ())


@pytest.mark.parametrize(("answer", "title"), [(ENTER, "true"), (ESCAPE, "false")])
def test_a_confirmation_is_answered(show: Any, answer: Press, title: str) -> None:
    browser = show(PAGE.format("confirm('Really?')"))
    assert "Press enter for OK, or esc to cancel." in browser.execute(CLICK).notices[0]
    assert browser.execute(answer).title == title


@pytest.mark.slow
@pytest.mark.parametrize(
    ("actions", "title"),
    [
        ([ENTER], "Ada"),
        ([ESCAPE], "null"),
        ([Type(text="Grace 中", submit=True)], "Grace 中"),
        ([Type(text="Grace\n")], "Grace"),
        ([Type(text="Gra"), Type(text="ce"), ENTER], "Grace"),
        ([Type(text="x"), Type(text="y", clear=True), ENTER], "y"),
        ([Type(text="", clear=True), ENTER], ""),
        ([Type(secret="password", submit=True)], "<password>"),
    ],
)
def test_a_prompt_is_answered(show: Any, actions: list[Press | Type], title: str) -> None:
    browser = show(PAGE.format("prompt('Your name?', 'Ada')"))
    assert "Its field contains 'Ada'." in browser.execute(CLICK).notices[0]
    for action in actions:
        seen = browser.execute(action)
    assert seen.title == title


def test_what_is_typed_into_a_prompt_is_told_but_no_secret(show: Any) -> None:
    browser = show(PAGE.format("prompt('Password?')"))
    browser.execute(CLICK)
    assert "Its field contains 'abc'." in browser.execute(Type(text="abc")).notices[0]
    notice = browser.execute(Type(secret="password", clear=True)).notices[0]
    assert "Its field contains '<password>'." in notice
    assert "hunter2" not in notice


def test_a_secret_that_the_page_repeats_is_not_told(show: Any) -> None:
    browser = show(PAGE.format("confirm('Use hunter2 &c?')"))
    assert "'Use <password>?'" in browser.execute(CLICK).notices[0]
    with pytest.raises(ActionRejected, match="Use <password>"):
        browser.execute(CLICK)


@pytest.mark.slow
@pytest.mark.parametrize("action", [CLICK, Type(text="x"), Press(keys=("tab",)), Wait(), Back(), NewTab(), CloseTab()])
def test_nothing_else_can_be_done_meanwhile(show: Any, action: Any) -> None:
    browser = show(PAGE.format("confirm('Really?')"))
    browser.execute(CLICK)
    with pytest.raises(ActionRejected, match=r"confirm dialog 'Really\?' is open: Press enter for OK, or esc"):
        browser.execute(action)
    with pytest.raises(DialogOpened):
        browser.evaluate("1")
    assert browser.observe().notices
    assert browser.execute(ENTER).title == "true"


def test_the_picture_shows_the_dialog_over_the_greyed_page(show: Any) -> None:
    browser = show(PAGE.format("alert('Saved')"))
    before = browser.observe()
    seen = browser.execute(CLICK)
    assert seen.size == before.size
    assert seen.transforms == before.transforms
    red, green, blue = seen.image.getpixel((5, 200))
    assert red == blue == 0
    assert 60 < green < 140
    assert seen.image.getpixel((200, 12)) == (255, 255, 255)
    assert browser.execute(ENTER).image.getpixel((5, 200)) == (0, 200, 0)


def test_the_picture_fits_the_clip_and_the_scale(site: Any) -> None:
    from handeye.actions.geometry import Box, Size

    url = site.page(PAGE.format("alert('A rather long message. ' * 20)"), "/clip")
    clip = Box(0, 0, 160, 210)
    with BrowserEnvironment(url, viewport=Size(500, 320), clip=clip, device_scale_factor=2) as browser:
        browser.reset()
        seen = browser.execute(CLICK)
        assert seen.size == Size(320, 420)
        assert len(seen.notices) == 1
        assert browser.execute(ENTER).notices == ()


def test_dialogs_come_one_after_the_other(show: Any) -> None:
    browser = show(PAGE.format("[confirm('one'), prompt('two'), confirm('three')]"))
    assert "'one'" in browser.execute(CLICK).notices[0]
    assert "'two'" in browser.execute(ENTER).notices[0]
    assert "'three'" in browser.execute(Type(text="2", submit=True)).notices[0]
    assert browser.execute(ESCAPE).title == "true,2,false"


@pytest.mark.slow
def test_a_dialog_may_open_while_loading(site: Any) -> None:
    url = site.page("<title>loading</title><script>document.title = confirm('Now?')</script>", "/loading")
    with BrowserEnvironment(url) as browser:
        assert "confirm dialog 'Now?'" in browser.reset().notices[0]
        assert browser.execute(ENTER).title == "true"
        assert "confirm dialog 'Now?'" in browser.execute(Navigate(url=url)).notices[0]
        assert "confirm dialog 'Now?'" in browser.reset().notices[0]


@pytest.mark.slow
def test_a_dialog_may_open_by_itself(show: Any) -> None:
    browser = show("<script>setTimeout(() => { document.title = confirm('Still there?') }, 1500)</script>")
    assert "'Still there?'" in browser.execute(Wait(seconds=5)).notices[0]
    assert browser.execute(ENTER).title == "true"


@pytest.mark.slow
def test_a_dialog_of_another_tab_is_shown_with_its_tab(site: Any, show: Any) -> None:
    browser = show("<title>first</title><script>ask = () => setTimeout(() => confirm('Me?'), 2000)</script>")
    browser.evaluate("ask()")
    browser.execute(NewTab())
    seen = browser.execute(Wait(seconds=5))
    assert "'Me?'" in seen.notices[0]
    assert [tab.active for tab in seen.tabs] == [True, False]
    browser.execute(ENTER)
    assert browser.execute(SwitchTab(index=1)).tabs[1].active


@pytest.mark.parametrize(("answer", "left"), [(ENTER, True), (ESCAPE, False)])
def test_leaving_a_page_may_need_consent(site: Any, show: Any, answer: Press, left: bool) -> None:
    target = site.page("<title>target</title>", "/target")
    browser = show("<title>draft</title><script>onbeforeunload = e => e.preventDefault()</script>")
    browser.execute(CLICK)
    seen = browser.execute(Navigate(url=target))
    assert "leave-page dialog" in seen.notices[0]
    assert "Press enter to leave the page, or esc to stay." in seen.notices[0]
    seen = browser.execute(answer)
    assert seen.title == ("target" if left else "draft")
    assert bool(seen.notices) is not left


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "tabs"), [(ENTER, 1), (ESCAPE, 2)])
def test_closing_a_tab_may_need_consent(show: Any, answer: Press, tabs: int) -> None:
    browser = show("<title>draft</title>")
    browser.execute(NewTab(url=browser.observe().url))
    browser.evaluate("() => { onbeforeunload = e => e.preventDefault() }")
    browser.execute(CLICK)
    assert "leave-page dialog" in browser.execute(CloseTab()).notices[0]
    assert len(browser.execute(answer).tabs) == tabs


def test_an_answer_is_one_line(show: Any) -> None:
    browser = show(PAGE.format("prompt('Your name?')"))
    browser.execute(CLICK)
    with pytest.raises(ActionRejected, match="one line"):
        browser.execute(Type(text="a\nb"))
    with pytest.raises(ActionRejected, match="no secret 'pin'"):
        browser.execute(Type(secret="pin"))
    assert browser.execute(ESCAPE).title == "null"
