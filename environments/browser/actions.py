"""What each action does in a browser."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handeye.actions.schema import (
    Action,
    Back,
    Click,
    CloseTab,
    Drag,
    Hold,
    Home,
    LongPress,
    Move,
    Navigate,
    NewTab,
    Press,
    Scroll,
    SwitchTab,
    Type,
    Wait,
    WaitUntilStable,
)
from handeye.environments.browser.focus import call, call_all, find_focus
from handeye.environments.browser.hover import look_under
from handeye.environments.browser.input import Keyboard, Pointer
from handeye.environments.browser.navigation import go_back, go_forward, open_address, reload, require_allowed
from handeye.environments.browser.options import BrowserOptions
from handeye.environments.browser.picker import open_picker, picker_hint
from handeye.environments.browser.screen import Screen
from handeye.environments.browser.tabs import BrowserTab, Tabs
from handeye.environments.browser.touch import touch
from handeye.environments.browser.typing import LONGEST_KEYED, SECONDS_PER_CHARACTER, Typing
from handeye.environments.browser.window_keys import window_key
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.hand import way
from handeye.environments.secrets import Secrets
from handeye.environments.strokes import MOST_STROKES

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext

NAVIGATION_SECONDS = 30.0
"""How long a server may take to answer."""

TAB_ACTIONS = frozenset({"switch_tab", "new_tab", "close_tab"})
_CLOSE_SECONDS = 2.0
_TYPING_SECONDS = 10.0
"""For emptying a field, and for reading what has arrived."""
_SECONDS_PER_LINE = 0.5
_SECONDS_AT_ONCE = 0.03
"""For a character of a text that is not typed at the pace of a hand."""
_CLICK_SECONDS = 0.5
_SECONDS_PER_POINT = 2.0

SUPPORTED = frozenset(
    {
        *("click", "long_press", "move", "drag", "scroll", "type", "press", "hold"),
        *("wait", "wait_until_stable", "navigate", "back", *TAB_ACTIONS),
    }
)
TOUCH_SUPPORTED = (SUPPORTED - {"move"}) | {"home"}
"""On a touch screen: a finger does not point without touching."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the newest observation showed, which is what the policy's points refer to."""

    tab: BrowserTab
    tabs: tuple[BrowserTab, ...]
    """All tabs that were open then."""
    screen: Screen
    screenshot: bytes


@dataclass(slots=True)
class Actor:
    """Carries out actions on the shown tab."""

    options: BrowserOptions
    context: "BrowserContext"
    tabs: Tabs
    notice: Callable[[str], None]
    _typing: Typing | None = None

    async def perform(self, action: Action, seen: Seen | None) -> None:
        """Carry out the action; raise `ActionRejected`, before anything is done, if that is impossible."""
        page = self.tabs.active.page
        match action:
            case Click() | LongPress() | Move() | Drag() | Scroll():
                await self._point(action, self._still_shown(seen).screen)
            case Type():
                self._still_shown(seen)
                shown = self.tabs.active
                self._typing = Typing(
                    page,
                    action,
                    self.options.secrets,
                    self.notice,
                    lambda: self.tabs.active is shown,
                    self.options.pace,
                )
                await self._typing.run()
            case Press() | Hold():
                self._still_shown(seen)
                await self._key(action)
            case Wait():
                await asyncio.sleep(action.seconds)
            case WaitUntilStable():
                return  # the session watches the screen itself
            case Navigate():
                require_allowed(action.url, self.options.allow_files, self.options.secrets)
                self._report(await open_address(page, action.url, NAVIGATION_SECONDS))
            case Back():
                self._report(await go_back(page, NAVIGATION_SECONDS))
            case Home():
                self._report(await open_address(page, self.options.url, NAVIGATION_SECONDS))
            case SwitchTab():
                self.tabs.show(self._tab(action.index))
            case NewTab():
                await self._new_tab(action.url)
            case CloseTab():
                await self._close_tab(action.index)
            case _:
                raise AssertionError(f"{action.type} is not in SUPPORTED")

    def interrupt(self, reason: str) -> ActionPartial | None:
        """End what is being typed; return the error that says how much has arrived, None if all of it has."""
        typing, self._typing = self._typing, None
        return None if typing is None else typing.interrupt(reason)

    async def _key(self, action: Press | Hold) -> None:
        page, keys = self.tabs.active.page, action.keys
        window = window_key(keys)
        if keys == ("esc",) and any(await call_all(page, "unlock")):
            return  # as in a window, which gives the page no esc then
        if window is not None:
            focus = None if window.reserved else await find_focus(page)
            if focus is None or not focus.heard:
                if window.command is None:
                    raise ActionRejected(f"{'+'.join(keys)} is a key of the browser's window: {window.hint}")
            else:
                await call(focus.frame, "forget")
                await self._press(action)
                if await call(focus.frame, "taken") in {True, None}:
                    return
            match window.command:
                case "reload":
                    self._report(await reload(page, NAVIGATION_SECONDS))
                case "forward":
                    self._report(await go_forward(page, NAVIGATION_SECONDS))
                case None:
                    raise ActionPartial(
                        f"{'+'.join(keys)} is a key of the browser's window, which does nothing here, and the page has "
                        f"not taken it: {window.hint}"
                    )
            return
        await self._press(action)

    async def _press(self, action: Press | Hold) -> None:
        keyboard = Keyboard(self.tabs.active.page, self.options.pace)
        try:
            match action:
                case Press():
                    await keyboard.press(action.keys)
                case Hold():
                    await keyboard.hold(action.keys, action.seconds)
        finally:
            await keyboard.close()

    async def _point(self, action: Click | LongPress | Move | Drag | Scroll, screen: Screen) -> None:
        page = self.tabs.active.page
        path = [screen.css(point) for point in (action.path if isinstance(action, Drag) else (action.point,))]
        kind = await (open_picker(page) if self.options.touch else look_under(page, path[0]))
        if kind is not None:
            what = "a finger" if self.options.touch else "the mouse"
            raise ActionRejected(f"{what} does not reach the {kind} popup that is open. {picker_hint(kind)}")
        if self.options.touch:
            if isinstance(action, Move):
                raise AssertionError("move is not in TOUCH_SUPPORTED")
            await touch(page, action, screen)
            return
        pointer = Pointer(page, self.options.pace)
        match action:
            case Click():
                await pointer.click(path[0], action.button, action.count, action.modifiers)
            case LongPress():
                await pointer.long_press(path[0], action.seconds)
            case Move():
                await pointer.move(path[0])
            case Drag():
                await self._drag(action, screen)
            case Scroll():
                dx, dy = screen.length(action.dx), screen.length(action.dy)
                await pointer.scroll(path[0], dx, dy, action.modifiers)

    async def _drag(self, action: Drag, screen: Screen) -> None:
        page = self.tabs.active.page
        start, *points = [screen.css(point) for point in (action.path[0], *way(action.path))]
        await call_all(page, "drag")
        await Pointer(page, self.options.pace).drag(start, points, action.button, action.modifiers, action.hold_seconds)
        answers = [answer for answer in await call_all(page, "drag") if answer is not None]
        if any(dragged for dragged, _ in answers) and not any(dropped for _, dropped in answers):
            self.notice(
                "No part of the page has taken what was dragged. It cannot be dropped in a part that is from another "
                "site than where it was."
            )

    def _still_shown(self, seen: Seen | None) -> Seen:
        if seen is None or seen.tab is not self.tabs.active:
            raise ActionRejected("another tab has come to the front since the last screenshot: look again")
        return seen

    def _report(self, problem: str | None) -> None:
        if problem is not None:
            self.notice(self.options.secrets.redact(problem))

    def _tab(self, index: int) -> BrowserTab:
        tabs = self.tabs.all
        if index >= len(tabs):
            raise ActionRejected(f"there is no tab {index}: the tabs are 0 to {len(tabs) - 1}")
        return tabs[index]

    async def _new_tab(self, url: str | None) -> None:
        if url is not None:
            require_allowed(url, self.options.allow_files, self.options.secrets)
        page = await self.context.new_page()
        if url is not None:
            self._report(await open_address(page, url, NAVIGATION_SECONDS))

    async def _close_tab(self, index: int | None) -> None:
        tab = self.tabs.active if index is None else self._tab(index)
        if len(self.tabs.all) == 1:
            raise ActionRejected("the last tab cannot be closed")
        await tab.page.close(run_before_unload=True)  # returns at once: the page may open a dialog first
        if not await self.tabs.pulse.until(lambda: tab not in self.tabs.all, _CLOSE_SECONDS):
            self.notice("The tab has not closed.")


def duration(action: Action, secrets: Secrets) -> float:
    """Return how many seconds an action may take by itself, apart from a page that is slow to answer."""
    match action:
        case Press(keys=keys) | Hold(keys=keys) if (
            window := window_key(keys)
        ) is not None and window.command is not None:
            return NAVIGATION_SECONDS
        case LongPress() | Hold() | Wait():
            return action.seconds
        case Type():
            text = (secrets.find(action.secret) if action.secret is not None else action.text) or ""
            slow, lines = min(len(text), LONGEST_KEYED), text.count("\n") + text.count("\t")
            fast = max(len(text) - LONGEST_KEYED, 0)
            return _TYPING_SECONDS + slow * SECONDS_PER_CHARACTER + fast * _SECONDS_AT_ONCE + lines * _SECONDS_PER_LINE
        case Drag():
            return action.hold_seconds + len(action.path) * _SECONDS_PER_POINT
        case Navigate() | NewTab() | Back() | Home():
            return NAVIGATION_SECONDS
        case Click() | Press():
            return _CLICK_SECONDS
        case Scroll():
            return MOST_STROKES * _SECONDS_PER_POINT
        case _:
            return 0.0
