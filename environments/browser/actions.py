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
from handeye.environments.browser.input import Keyboard, Pointer
from handeye.environments.browser.navigation import go_back, open_address, require_allowed
from handeye.environments.browser.options import BrowserOptions
from handeye.environments.browser.picker import open_picker, picker_hint
from handeye.environments.browser.screen import Screen
from handeye.environments.browser.tabs import BrowserTab, Tabs
from handeye.environments.errors import ActionRejected

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext

NAVIGATION_SECONDS = 30.0
"""How long a server may take to answer."""

TAB_ACTIONS = frozenset({"switch_tab", "new_tab", "close_tab"})
_CLOSE_SECONDS = 2.0
_SECONDS_PER_CHARACTER = 0.05
_SECONDS_PER_POINT = 2.0

SUPPORTED = frozenset(
    {
        *("click", "long_press", "move", "drag", "scroll", "type", "press", "hold"),
        *("wait", "wait_until_stable", "navigate", "back", *TAB_ACTIONS),
    }
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the newest observation showed, which is what the policy's points refer to."""

    tab: BrowserTab
    tabs: tuple[BrowserTab, ...]
    """All tabs that were open then."""
    screen: Screen
    screenshot: bytes


@dataclass(frozen=True, slots=True)
class Actor:
    """Carries out actions on the shown tab."""

    options: BrowserOptions
    context: "BrowserContext"
    tabs: Tabs
    notice: Callable[[str], None]

    async def perform(self, action: Action, seen: Seen | None) -> None:
        """Carry out the action; raise `ActionRejected`, before anything is done, if that is impossible."""
        page = self.tabs.active.page
        match action:
            case Click() | LongPress() | Move() | Drag() | Scroll():
                await self._point(action, self._still_shown(seen).screen)
            case Type() | Press() | Hold():
                self._still_shown(seen)
                await self._key(action, Keyboard(page))
            case Wait():
                await asyncio.sleep(action.seconds)
            case WaitUntilStable():
                return  # the session watches the screen itself
            case Navigate():
                require_allowed(action.url, self.options.allow_files)
                self._report(await open_address(page, action.url, NAVIGATION_SECONDS))
            case Back():
                self._report(await go_back(page, NAVIGATION_SECONDS))
            case SwitchTab():
                self.tabs.show(self._tab(action.index))
            case NewTab():
                await self._new_tab(action.url)
            case CloseTab():
                await self._close_tab(action.index)
            case _:
                raise AssertionError(f"{action.type} is not in SUPPORTED")

    async def _key(self, action: Type | Press | Hold, keyboard: Keyboard) -> None:
        match action:
            case Type():
                secret = action.secret
                text = action.text or "" if secret is None else self.options.secrets.reveal(secret)
                await keyboard.type(text, action.clear, action.submit)
            case Press():
                await keyboard.hold(action.keys)
            case Hold():
                await keyboard.hold(action.keys, action.seconds)

    async def _point(self, action: Click | LongPress | Move | Drag | Scroll, screen: Screen) -> None:
        pointer = Pointer(self.tabs.active.page)
        path = [screen.css(point) for point in (action.path if isinstance(action, Drag) else (action.point,))]
        kind = await open_picker(self.tabs.active.page)
        if kind is not None:
            raise ActionRejected(f"the mouse does not reach the {kind} popup that is open. {picker_hint(kind)}")
        match action:
            case Click():
                await pointer.click(path[0], action.button, action.count, action.modifiers)
            case LongPress():
                await pointer.long_press(path[0], action.seconds)
            case Move():
                await pointer.move(path[0])
            case Drag():
                await pointer.drag(path, action.button, action.modifiers)
            case Scroll():
                dx, dy = screen.length(action.dx), screen.length(action.dy)
                await pointer.scroll(path[0], dx, dy, action.modifiers)

    def _still_shown(self, seen: Seen | None) -> Seen:
        if seen is None or seen.tab is not self.tabs.active:
            raise ActionRejected("another tab has come to the front since the last screenshot: look again")
        return seen

    def _report(self, problem: str | None) -> None:
        if problem is not None:
            self.notice(problem)

    def _tab(self, index: int) -> BrowserTab:
        tabs = self.tabs.all
        if index >= len(tabs):
            raise ActionRejected(f"there is no tab {index}: the tabs are 0 to {len(tabs) - 1}")
        return tabs[index]

    async def _new_tab(self, url: str | None) -> None:
        if url is not None:
            require_allowed(url, self.options.allow_files)
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


def duration(action: Action) -> float:
    """Return how many seconds an action may take by itself, apart from a page that is slow to answer."""
    match action:
        case LongPress() | Hold() | Wait():
            return action.seconds
        case Type(text=str(text)):
            return len(text) * _SECONDS_PER_CHARACTER
        case Drag():
            return len(action.path) * _SECONDS_PER_POINT
        case Navigate() | NewTab() | Back():
            return NAVIGATION_SECONDS
        case _:
            return 0.0
