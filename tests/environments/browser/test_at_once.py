"""Clicks and keys without pauses, as harnesses use them."""

from collections.abc import Iterator
from typing import Any

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click, Press, Type
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.hand import AT_ONCE

LOG = """<input id=a><input id=b><p style='height:60px'>some words</p><script>
window.log = [];
for (const kind of ['mousedown', 'mouseup', 'click', 'dblclick'])
  addEventListener(kind, event => log.push(`${kind} ${event.detail}`));
</script>"""


@pytest.fixture(scope="module")
def quick_browser() -> Iterator[BrowserEnvironment]:
    with BrowserEnvironment(viewport=Size(400, 300), pace=AT_ONCE) as environment:
        yield environment


@pytest.fixture
def quick(quick_browser: BrowserEnvironment, site: Any) -> BrowserEnvironment:
    quick_browser.reset()
    quick_browser.goto(site.page(LOG))
    quick_browser.observe()
    return quick_browser


def test_a_double_click_is_one(quick: BrowserEnvironment) -> None:
    quick.execute(Click(point=Point(20, 48), count=2))
    assert quick.evaluate("log") == [
        *("mousedown 1", "mouseup 1", "click 1", "mousedown 2", "mouseup 2", "click 2", "dblclick 2"),
    ]
    assert quick.evaluate("String(getSelection()).trim()") == "some"


@pytest.mark.slow
def test_texts_arrive_whole(quick: BrowserEnvironment) -> None:
    quick.evaluate("document.querySelector('#a').focus()")
    quick.execute(Type(text="forty-two, ÆØÅ ✓\tinto the other"))
    assert quick.evaluate("[a.value, b.value]") == ["forty-two, ÆØÅ ✓", "into the other"]
    quick.execute(Type(text="replaced", clear=True))
    assert quick.evaluate("b.value") == "replaced"


def test_keys_are_pressed_and_released(quick: BrowserEnvironment) -> None:
    quick.evaluate(
        "() => { for (const kind of ['keydown', 'keyup']) addEventListener(kind, e => log.push(kind + e.key)) }"
    )
    quick.execute(Press(keys=("shift", "a")))
    assert quick.evaluate("log") == ["keydownShift", "keydownA", "keyupA", "keyupShift"]
