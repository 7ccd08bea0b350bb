"""The phone's browser: pages of another site, which it shows in a frame, reads and types into by messages."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Screen

    from tests.environments.conftest import Site

PAGE = """<meta name=viewport content="width=device-width"><title>Shop</title><h1>Tents</h1>
<style>input { width: 300px; height: 50px }</style>
<input id=query autocapitalize=off placeholder=Query oninput="fetch(`/typed?${encodeURI(query.value)}`)">
<form action=/found><input name=q autocapitalize=off placeholder=Form></form>
<p><a href=/other>other page</a></p>"""


@pytest.fixture
def shop(screen: "Screen", site: "Site") -> Iterator["Screen"]:
    address = site.page(PAGE)
    site.page("<title>Other</title><p>elsewhere</p>", "/other")
    site.page("<title>Found</title><p>found it</p>", "/found")
    site.serve("/typed", "")
    site.requested.clear()
    screen.open("org.handeye.browser", action="android.intent.action.VIEW", data=address)
    wait_for(screen, "Tents")
    yield screen


def wait_for(screen: "Screen", text: str) -> None:
    for _ in range(2000):
        if text in screen.said():
            return
        screen.page.wait_for_timeout(30)
    raise AssertionError(f"{text} is not among {screen.said()}")


def test_its_page_is_in_the_tree(shop: "Screen") -> None:
    view = shop.find("Shop", "WebView")[0]
    assert {child["text"] for child in view["children"]} >= {"Tents", "Query", "other page"}
    assert all(child["bounds"][1] >= view["bounds"][1] for child in view["children"])


def test_a_field_of_the_page_is_typed_into(shop: "Screen", site: "Site") -> None:
    shop.tap("Query", "EditText")
    shop.until("phone.focus().keyboard && phone.focus().editable")
    assert shop.ask("phone.insertText('Grüße 世界')")
    shop.key("o")
    shop.key("Delete")
    shop.key("k")
    wait_for(shop, "Grüße 世界k")
    with shop.page.expect_response(lambda response: response.url.endswith("/typed?")):
        assert shop.ask("phone.clearText()")
    wait_for(shop, "Query")
    assert site.requested[-1] == "/typed?"


def test_a_page_cannot_take_the_place_of_the_phone(screen: "Screen", site: "Site") -> None:
    address = site.page("<a href=about:blank target=_top style='display:block;height:300px'>away</a>")
    screen.open("org.handeye.browser", action="android.intent.action.VIEW", data=address)
    wait_for(screen, "away")
    screen.tap("away")
    screen.page.wait_for_timeout(200)
    assert screen.ask("phone.focus().package") == "org.handeye.browser"


def test_enter_sends_a_form_of_the_page(shop: "Screen") -> None:
    shop.tap("Form", "EditText")
    shop.until("phone.focus().keyboard")
    shop.key("x")
    shop.key("Enter")
    wait_for(shop, "found it")
    assert any("/found?q=x" in said for said in shop.said())


def test_links_are_followed_and_back_goes_back(shop: "Screen") -> None:
    shop.tap("other page")
    wait_for(shop, "elsewhere")
    assert any(said.endswith("/other") for said in shop.said())
    shop.ask("phone.back()")
    wait_for(shop, "Tents")
    shop.ask("phone.back()")
    wait_for(shop, "Type an address above")


def test_a_page_is_bookmarked(shop: "Screen", site: "Site") -> None:
    shop.tap("More options")
    shop.tap("Add bookmark")
    assert [mark["url"] for mark in shop.ask("phone.state().bookmarks")] == [site.url("/")]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "http://"])
def test_other_addresses_are_not_opened(screen: "Screen", address: str) -> None:
    screen.open("org.handeye.browser", data=address)
    assert "Type an address above" in screen.said()
