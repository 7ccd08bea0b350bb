"""What is heard of a person in a real browser. Trusted input from the browser's protocol stands in for their hands."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import (
    Action,
    Back,
    Click,
    CloseTab,
    Drag,
    Navigate,
    NewTab,
    Press,
    Scroll,
    SwitchTab,
    Type,
)
from handeye.environments.errors import EnvironmentLost
from handeye.environments.recording.browser import BrowserRecorder
from handeye.environments.recording.events import Composer, Deed

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = pytest.mark.slow

Person = Callable[["Page"], Awaitable[Any]]
VIEW = Size(400, 300)
SILENCE = 1.5
"""Seconds after which nothing is taken for nothing."""
FIELDS = """<input id=a style='position:absolute;left:10px;top:10px'>
<input id=p type=password style='position:absolute;left:10px;top:50px'>
<button id=show style='position:absolute;left:250px;top:50px' onclick="p.type='text'">show</button>
<div id=d style='position:absolute;left:10px;top:100px;width:300px;height:50px;background:#ddd' tabindex=0></div>
<div style='height:2000px'></div>"""


class Watched:
    """A recorder, and what it has heard."""

    def __init__(self, recorder: BrowserRecorder) -> None:
        self.recorder = recorder

    def hear(self, *hands: Person, quiet: float = 0.25, limit: float = 60.0) -> list[Action]:
        """Let the hands do something, one after the other, and return what actions that was."""
        self._take(quiet=0.05, limit=0.05)
        composer, deeds = Composer(), list[Deed]()
        for hand in hands:
            self.recorder.drive(hand)
            for event in self._take(quiet, limit):
                deeds += composer.feed(event)
        deeds += composer.finish()
        return [deed.action for deed in deeds]

    def _take(self, quiet: float, limit: float) -> list[Any]:
        """Return what is heard until it has been quiet for so long after something was, which is awaited to a limit."""
        events: list[Any] = []
        deadline = time.monotonic() + limit
        while (left := deadline - time.monotonic()) > 0:
            if heard := self.recorder.take(left):
                events += heard
                deadline = time.monotonic() + quiet
        return events


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def watched(site: Any) -> Iterator[Watched]:
    """A recorder at scale 1.5, on a page with nothing on it."""
    with BrowserRecorder(
        site.page("start", path="/start"), viewport=VIEW, device_scale_factor=1.5, headless=True
    ) as recorder:
        recorder.start()
        yield Watched(recorder)


@pytest.fixture
def show(watched: Watched, site: Any) -> Callable[[str], Watched]:
    """Shows a page, by its address."""

    def show(html: str) -> Watched:
        watched.recorder.drive(lambda page: page.goto(site.page(html, path="/shown")))
        watched.recorder.observe()
        return watched

    return show


def test_hands_on_a_page_at_any_scale(show: Callable[[str], Watched]) -> None:
    async def drag(page: "Page") -> None:
        await page.mouse.move(20, 110)
        await page.mouse.down()
        await page.mouse.move(220, 140, steps=10)
        await page.mouse.up()

    watched = show(FIELDS)
    heard = watched.hear(
        lambda page: page.mouse.click(20, 20),
        lambda page: page.keyboard.type("Grüße"),
        lambda page: page.keyboard.insert_text(" 你好😀"),
        lambda page: page.keyboard.press("Shift+Tab"),
        lambda page: page.mouse.dblclick(30, 120),
        lambda page: page.keyboard.press("j"),
        lambda page: page.keyboard.press("Control+Shift+K"),
        drag,
        lambda page: page.mouse.wheel(0, 100),
    )
    assert heard == [
        Click(point=Point(30, 30)),
        Type(text="Grüße 你好😀"),
        Press(keys=("shift", "tab")),
        Click(point=Point(45, 180), count=2),
        Press(keys=("j",)),
        Press(keys=("ctrl", "shift", "k")),
        Drag(path=(Point(30, 165), Point(330, 210))),
        Scroll(point=Point(330, 210), dy=150),
    ]


def test_a_chord_of_the_window_is_no_key_by_itself(show: Callable[[str], Watched]) -> None:
    watched = show(FIELDS)
    assert watched.hear(lambda page: page.keyboard.press("Alt+ArrowLeft"), limit=SILENCE) == []
    assert watched.hear(lambda page: page.keyboard.press("Control+t"), limit=SILENCE) == []
    assert watched.hear(lambda page: page.keyboard.press("Alt")) == [Press(keys=("alt",))]


@pytest.mark.parametrize("key", ["Dead", "Process", "Unidentified", "Compose", "LaunchApplication1"])
def test_a_chord_with_a_key_that_has_no_name_is_no_modifier_by_itself(show: Callable[[str], Watched], key: str) -> None:
    async def chord(page: "Page") -> None:
        session = await page.context.new_cdp_session(page)
        await page.keyboard.down("Alt")
        await session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": key, "modifiers": 1})
        await session.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": key, "modifiers": 1})
        await page.keyboard.up("Alt")
        await session.detach()

    assert show(FIELDS).hear(chord, limit=SILENCE) == []


def test_a_chord_that_pastes_nothing_is_no_modifier_by_itself(show: Callable[[str], Watched]) -> None:
    watched = show("<input readonly id=r autofocus>")
    watched.recorder.drive(lambda page: page.focus("#r"))
    assert watched.hear(lambda page: page.keyboard.press("Meta+v"), limit=SILENCE) == []


def test_a_password_never_leaves_the_page(show: Callable[[str], Watched]) -> None:
    watched = show(FIELDS)
    heard = watched.hear(
        lambda page: page.mouse.click(20, 60),
        lambda page: page.keyboard.type("hunter2"),
        lambda page: page.click("#show"),
        lambda page: page.mouse.click(20, 60),
        lambda page: page.keyboard.type("more"),
    )
    assert [action for action in heard if isinstance(action, Type)] == [Type(secret="password")] * 2


def test_a_page_cannot_make_up_a_person(show: Callable[[str], Watched]) -> None:
    watched = show(FIELDS)
    forged = """() => {
      document.body.dispatchEvent(new PointerEvent('pointerdown', {clientX: 5, clientY: 5, bubbles: true}));
      document.body.dispatchEvent(new PointerEvent('pointerup', {clientX: 5, clientY: 5, bubbles: true}));
      document.getElementById('a').dispatchEvent(new KeyboardEvent('keydown', {key: 'x', bubbles: true}));
      window.handeye_hand(JSON.stringify({kind: 'key', key: 'enter', time: 1, held: []}));
      window.handeye_hand(7);
    }"""
    assert watched.hear(lambda page: page.evaluate(forged), limit=SILENCE) == []


def test_a_page_never_sees_what_its_messages_are_known_by(show: Callable[[str], Watched]) -> None:
    watched = show(FIELDS)
    spy = "() => { Object.prototype.toJSON = function () { window.seen = this.token ?? window.seen; return this } }"
    watched.recorder.drive(lambda page: page.evaluate(spy))
    assert watched.hear(lambda page: page.mouse.click(20, 20)) == [Click(point=Point(30, 30))]
    assert watched.recorder.drive(lambda page: page.evaluate("() => window.seen")) is None


def test_hands_in_frames_within_frames(show: Callable[[str], Watched], site: Any) -> None:
    button = "<button style='position:absolute;left:5px;top:5px;width:60px;height:20px'>in</button>"
    other = site.page(button, path="/inner").replace("127.0.0.1", "localhost")
    middle = site.page(f"<iframe src='{other}' style='border:2px solid;margin:7px'></iframe>", path="/middle")
    watched = show(f"<iframe src='{middle}' style='margin:20px;border:5px solid;padding:3px;height:220px'></iframe>")
    (heard,) = watched.hear(lambda page: page.mouse.click(60, 60))
    assert heard == Click(point=Point(90, 90))


REWRITTEN = """<button id=b style="position:absolute;left:10px;top:200px" onclick="
  document.open(); document.write(this.outerHTML + '<input id=a>'); document.close()">anew</button>"""


def test_hands_on_a_page_that_writes_itself_anew(show: Callable[[str], Watched]) -> None:
    watched = show(REWRITTEN)
    for _ in range(2):
        watched.recorder.drive(lambda page: page.click("#b"))
        heard = watched.hear(
            lambda page: page.mouse.click(20, 20),
            lambda page: page.keyboard.type("ab"),
            lambda page: page.keyboard.press("Tab"),
        )
        assert heard == [Click(point=Point(30, 30)), Type(text="ab"), Press(keys=("tab",))]


def test_a_page_that_writes_itself_anew_cannot_make_up_a_person(show: Callable[[str], Watched]) -> None:
    watched = show(REWRITTEN)
    forged = """() => new Promise(done => {
      const acts = [], take = act => { if (typeof act === 'function') acts.push(act) };
      const iterator = Array.prototype[Symbol.iterator], call = Function.prototype.call;
      const add = EventTarget.prototype.addEventListener;
      window.addEventListener = EventTarget.prototype.addEventListener = (type, act) => take(act);
      Function.prototype.call = function (...given) { for (let i = 0; i < given.length; i++) take(given[i]) };
      Array.prototype[Symbol.iterator] = function () {
        for (let i = 0; i < this.length; i++) { take(this[i]); take(this[i]?.[1]) }
        return iterator.apply(this);
      };
      document.open(); document.write('<input id=a>'); document.close();
      setTimeout(() => {
        window.addEventListener = EventTarget.prototype.addEventListener = add;
        Function.prototype.call = call;
        Array.prototype[Symbol.iterator] = iterator;
        const target = document.querySelector('input');
        for (const act of acts) try {
          act({isTrusted: true, timeStamp: 1, key: 'x', data: 'x', clientX: 5, clientY: 5, button: 0, deltaMode: 0,
               getModifierState: () => false, composedPath: () => [target]});
        } catch {}
        done();
      }, 50);
    })"""
    assert watched.hear(lambda page: page.evaluate(forged), limit=SILENCE) == []
    assert watched.hear(lambda page: page.keyboard.press("Tab")) == [Press(keys=("tab",))]


@pytest.mark.parametrize(
    "opens",
    [
        "window.open('/popup')",
        "window.open('/popup', '', 'noopener')",
        "window.open('').location = '/popup'",
        "window.open('').document.write(field)",
    ],
)
def test_hands_in_a_window_that_a_page_opens(show: Callable[[str], Watched], site: Any, opens: str) -> None:
    async def drag(page: "Page") -> None:
        await page.mouse.move(20, 100)
        await page.mouse.down()
        await page.mouse.move(120, 100, steps=2)
        await page.mouse.up()

    field = "<input style='position:absolute;left:10px;top:10px'>"
    site.page(f"{field}{REWRITTEN}", path="/popup")
    watched = show(f'<script>field = "{field}"</script><button id=o onclick="{opens}">open</button>')
    watched.recorder.drive(lambda page: page.click("#o"))
    shown = "() => document.querySelector('input') !== null"
    until(lambda: watched.recorder.drive(lambda page: page.evaluate(shown)) is True)
    watched.recorder.observe()
    heard = watched.hear(
        lambda page: page.mouse.click(20, 20),
        lambda page: page.keyboard.type("ab"),
        lambda page: page.keyboard.press("Tab"),
        drag,
    )
    assert heard == [
        Click(point=Point(30, 30)),
        Type(text="ab"),
        Press(keys=("tab",)),
        Drag(path=(Point(30, 150), Point(180, 150))),
    ]
    if "popup" in opens:
        watched.recorder.drive(lambda page: page.click("#b"))
        heard = watched.hear(lambda page: page.mouse.click(20, 20), lambda page: page.keyboard.type("ab"))
        assert heard == [Click(point=Point(30, 30)), Type(text="ab")]
    watched.recorder.drive(lambda page: page.close())


EFFECT = 1.1
"""Seconds after which what happens is no effect of what was done before."""


def test_addresses_that_a_person_opens(show: Callable[[str], Watched], site: Any) -> None:
    other = site.page("other", path="/other")
    watched = show("<a id=l href='/other' style='font-size:30px'>on</a>")
    heard = watched.hear(lambda page: page.click("#l"), quiet=EFFECT)
    assert [type(action) for action in heard] == [Click]
    assert watched.hear(lambda page: page.goto(site.url("/shown"))) == [Navigate(url=site.url("/shown"))]
    assert watched.hear(lambda page: page.goto(other)) == [Navigate(url=other)]
    assert watched.hear(lambda page: page.go_back()) == [Back()]
    assert watched.hear(lambda page: page.go_forward()) == [Navigate(url=other)]
    assert watched.hear(lambda page: page.evaluate("() => { location.href = '/start' }"), limit=SILENCE) == []


def test_tabs_that_a_person_opens_shows_and_closes(show: Callable[[str], Watched], site: Any) -> None:
    watched = show("<button style='width:100px;height:50px' onclick=\"window.open('/start')\">open</button>")
    first: list[Page] = []

    async def opened(page: "Page") -> None:
        first.append(page)
        await page.context.new_page()

    time.sleep(EFFECT)
    assert watched.hear(opened) == [NewTab()]
    assert watched.hear(lambda page: page.goto(site.url("/start"))) == [Navigate(url=site.url("/start"))]
    heard = watched.hear(lambda page: first[0].mouse.click(300, 200), quiet=EFFECT)
    assert heard == [SwitchTab(index=0), Click(point=Point(450, 300))]
    assert watched.hear(lambda page: page.context.pages[1].close()) == [CloseTab(index=1)]
    # What a page opens and closes is not what a person does.
    assert watched.hear(lambda page: page.mouse.click(20, 20), quiet=0.6) == [Click(point=Point(30, 30))]
    watched.recorder.observe()
    assert watched.hear(lambda page: page.mouse.click(200, 100), quiet=0.6) == [Click(point=Point(300, 150))]
    assert watched.hear(lambda page: page.evaluate("() => window.close()"), limit=SILENCE) == []


def test_how_a_person_answers_dialogs(show: Callable[[str], Watched]) -> None:
    def answering(script: str, **answer: object) -> Person:
        async def answered(page: "Page") -> None:
            session = await page.context.new_cdp_session(page)
            await session.send("Page.enable")
            session.on(
                "Page.javascriptDialogOpening",
                lambda _: asyncio.ensure_future(session.send("Page.handleJavaScriptDialog", answer)),
            )
            await page.evaluate(script)
            await session.detach()

        return answered

    watched = show("dialogs")
    assert watched.hear(answering("() => { alert(1) }", accept=True)) == [Press(keys=("enter",))]
    assert watched.hear(answering("() => { confirm(1) }", accept=False)) == [Press(keys=("esc",))]
    assert watched.hear(answering("() => { prompt(1) }", accept=True, promptText="x y")) == [
        Type(text="x y", submit=True)
    ]
    assert not watched.recorder.observe().notices
    assert watched.hear(lambda page: page.mouse.click(20, 20)) == [Click(point=Point(30, 30))]


def test_a_closed_window_is_the_end(site: Any) -> None:
    with BrowserRecorder(site.page("only", path="/only"), viewport=VIEW, headless=True) as recorder:
        recorder.start()
        assert not recorder.ended
        recorder.drive(lambda page: page.close())
        until(lambda: recorder.ended)
        with pytest.raises(EnvironmentLost):
            recorder.observe()
    with pytest.raises(EnvironmentLost):
        recorder.observe()
    recorder.close()
