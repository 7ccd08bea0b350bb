"""Typing and keys, as the page sees them."""

import contextlib
from typing import Any

import pytest

from handeye.actions.keys import NAMED_KEYS
from handeye.actions.schema import Hold, Press, Type
from handeye.environments.browser.keys import playwright_keys
from handeye.environments.errors import ActionRejected

FIELD = "<input id=i autofocus value=''><script>i.focus()</script>"
AREA = "<textarea id=i rows=8 cols=40></textarea><script>i.focus()</script>"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "hello <World> & \"quotes\" 'n' {braces} ~`|\\",
        "中文字、日本語のテキスト、한국어",
        "Grüße Ωмега עברית العربية",
        "😀 👩‍👩‍👧‍👦 🇩🇪 é",
        "0",
    ],
)
def test_any_character_can_be_typed(show: Any, text: str) -> None:
    browser = show(FIELD)
    browser.execute(Type(text=text))
    assert browser.evaluate("i.value") == text


@pytest.mark.slow
def test_lines_and_tabs_are_keys(show: Any) -> None:
    browser = show(AREA)
    browser.execute(Type(text="first\nsecond 中\n\nlast"))
    assert browser.evaluate("i.value") == "first\nsecond 中\n\nlast"
    browser = show(
        "<form onsubmit='document.title=a.value+b.value;return false'><input id=a><input id=b><button>go</button>"
        "</form><script>a.focus()</script>"
    )
    assert browser.execute(Type(text="me\tsecret\n")).title == "mesecret"


def test_a_long_text_is_typed_in_good_time(show: Any) -> None:
    browser = show(AREA)
    text = "".join(f"line {index}: 中 and more of it\n" for index in range(120))
    browser.execute(Type(text=text))
    assert browser.evaluate("i.value") == text


def test_ascii_has_key_events(show: Any) -> None:
    browser = show(FIELD + "<script>keys = []; i.onkeydown = e => keys.push(e.key)</script>")
    browser.execute(Type(text="aB/"))
    assert browser.evaluate("keys") == ["a", "B", "/"]


def test_clear_replaces_and_submit_presses_enter(show: Any) -> None:
    browser = show(
        "<form onsubmit='document.title=`got `+i.value;return false'><input id=i value=old></form>"
        "<script>i.focus()</script>"
    )
    browser.execute(Type(text="er"))
    assert browser.evaluate("i.value") in ("older", "erold")
    assert browser.execute(Type(text="new", clear=True, submit=True)).title == "got new"
    browser.execute(Type(text="", clear=True))
    assert browser.evaluate("i.value") == ""


def test_a_secret_is_typed_and_never_told(show: Any) -> None:
    browser = show("<form action='/next'><input id=i name=q></form><script>i.focus()</script>")
    browser.execute(Type(secret="password"))
    assert browser.evaluate("i.value") == "hunter2 &c"
    seen = browser.execute(Press(keys=("enter",)))
    assert seen.url is not None
    assert seen.url.endswith("/next?q=<password>")
    assert "hunter2" not in repr(seen.tabs) + repr(seen.notices) + repr(seen.url) + repr(seen.title)
    with pytest.raises(ActionRejected, match="there is no secret 'pin'; there are: password"):
        browser.execute(Type(secret="pin"))


def test_chords_are_held_together(show: Any) -> None:
    browser = show(
        FIELD + "<script>k = []; onkeydown = e => k.push('+' + e.key); onkeyup = e => k.push('-' + e.key)</script>"
    )
    browser.execute(Press(keys=("ctrl", "shift", "x")))
    assert browser.evaluate("k.join(' ')") == "+Control +Shift +X -X -Shift -Control"


def test_keys_edit(show: Any) -> None:
    browser = show(FIELD)
    browser.execute(Type(text="abc"))
    for keys in (("ctrl", "a"), ("ctrl", "c"), ("end",), ("ctrl", "v"), ("backspace",), ("home",), ("delete",)):
        browser.execute(Press(keys=keys))
    assert browser.evaluate("i.value") == "bcab"


def test_every_key_can_be_pressed(show: Any) -> None:
    browser = show(FIELD + "<script>keys = 0; onkeydown = e => { keys++; e.preventDefault() }</script>")
    known = []
    for key in sorted(NAMED_KEYS):
        with contextlib.suppress(ActionRejected):
            known += [key] if playwright_keys((key,)) else []
    for first in range(0, len(known), 6):
        browser.execute(Press(keys=tuple(known[first : first + 6])))
    assert browser.evaluate("keys") == len(known) > 40


def test_a_character_without_a_key_is_pressed_as_itself(show: Any) -> None:
    browser = show(FIELD)
    browser.execute(Press(keys=("é",)))
    assert browser.evaluate("i.value") == "é"
    with pytest.raises(ActionRejected, match="no key é"):
        browser.execute(Press(keys=("ctrl", "é")))


@pytest.mark.parametrize(
    ("keys", "hint"), [(("ctrl", "t"), "new_tab"), (("alt", "left"), "back"), (("power",), "no key power")]
)
def test_keys_that_would_do_nothing_are_rejected(browser: Any, keys: tuple[str, ...], hint: str) -> None:
    with pytest.raises(ActionRejected, match=hint):
        browser.execute(Press(keys=keys))


def test_holding_keys_takes_its_time(show: Any) -> None:
    browser = show(
        "<script>onkeydown = e => { if (!e.repeat) t = performance.now() };"
        "onkeyup = () => s = performance.now() - t</script>"
    )
    browser.execute(Hold(keys=("right",), seconds=0.3))
    assert float(browser.evaluate("s")) > 280


@pytest.mark.slow
def test_a_held_key_repeats(show: Any) -> None:
    browser = show("<input id=i><script>i.focus(); again = []; i.onkeydown = e => again.push(e.repeat)</script>")
    for key in ("j", "ü"):
        browser.execute(Hold(keys=(key,), seconds=0.8))
        again = browser.evaluate("again.splice(0)")
        assert again[0] is False  # type: ignore[index]
        assert again[1:] == [True] * (len(again) - 1)  # type: ignore[arg-type, index]
        assert len(again) > 3  # type: ignore[arg-type]
        assert browser.evaluate("i.value") == key * len(again)  # type: ignore[arg-type]
        browser.evaluate("i.value = ''")
    browser.execute(Hold(keys=("j",), seconds=0.3))
    assert browser.evaluate("again.splice(0)") == [False]
    browser.execute(Hold(keys=("ctrl", "shift"), seconds=0.8))
    assert browser.evaluate("again") == [False, False]


def test_the_caret_does_not_blink(show: Any) -> None:
    browser = show(FIELD)
    browser.execute(Type(text="abc"))
    shots = {browser.observe().screenshot for _ in range(6)}
    assert len(shots) == 1
