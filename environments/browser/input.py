"""Mouse and keys of a page, at the pace of a hand. Points and distances are CSS pixels of its viewport."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Literal

from handeye.actions.keys import MODIFIERS
from handeye.environments.browser.hover import move_onto
from handeye.environments.browser.keys import is_typeable, playwright_keys
from handeye.environments.browser.painter import hurried
from handeye.environments.hand import (
    DROP_SECONDS,
    GRIP_SECONDS,
    LIFT_SECONDS,
    REPEAT_DELAY,
    REPEAT_SECONDS,
    STEP_SECONDS,
    STEPS_TO_LIFT,
    Pace,
)

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

CssPoint = tuple[float, float]
MouseButton = Literal["left", "right", "middle"]

_UNREPEATED = frozenset({*MODIFIERS, "capslock", "numlock", "scrolllock"})


class Pointer:
    """The mouse, pressed and moved as by a person."""

    def __init__(self, page: "Page", pace: Pace) -> None:
        self._page = page
        self._pace = pace

    async def click(self, at: CssPoint, button: MouseButton, count: int, modifiers: Sequence[str]) -> None:
        """Click `count` times, as a double or triple click if more than once."""
        async with held(self._page, playwright_keys(modifiers)):
            for number in range(1, count + 1):
                if number > 1:
                    await asyncio.sleep(self._pace.key)
                if self._pace.press == 0:
                    await self._tap(at, button, number)
                    continue
                async with self._pressed(at, button, number):
                    await asyncio.sleep(self._pace.press)

    async def long_press(self, at: CssPoint, seconds: float) -> None:
        """Hold the left button down for `seconds`."""
        async with self._pressed(at, "left"):
            await asyncio.sleep(seconds)

    async def move(self, at: CssPoint) -> None:
        """Move the pointer there."""
        with hurried(self._page):
            await self._page.mouse.move(*at)

    async def drag(
        self,
        start: CssPoint,
        way: Sequence[CssPoint],
        button: MouseButton,
        modifiers: Sequence[str],
        hold_seconds: float = 0.0,
    ) -> None:
        """Grip at the start, hold, move along the way, and rest before the button is released."""
        async with held(self._page, playwright_keys(modifiers)):
            await self._page.mouse.move(*start)
            await asyncio.sleep(GRIP_SECONDS)
            async with self._pressed(start, button):
                await asyncio.sleep(max(GRIP_SECONDS, hold_seconds))
                for step, point in enumerate(way, 1):
                    await self._page.mouse.move(*point)
                    await asyncio.sleep(LIFT_SECONDS if step == STEPS_TO_LIFT else STEP_SECONDS)
                await asyncio.sleep(DROP_SECONDS)
                # Over a drop target the first move fires dragenter; only the next one fires dragover.
                await self._page.mouse.move(*way[-1])
                await asyncio.sleep(DROP_SECONDS)

    async def scroll(self, at: CssPoint, dx: float, dy: float, modifiers: Sequence[str]) -> None:
        """Turn the wheel over a point; positive distances scroll right and down."""
        async with held(self._page, playwright_keys(modifiers)):
            await self._page.mouse.move(*at)
            await self._page.mouse.wheel(dx, dy)

    async def _tap(self, at: CssPoint, button: MouseButton, number: int) -> None:
        """Press and release the button in one go."""
        if number == 1:
            await move_onto(self._page, at)
        mouse = self._page.mouse
        down, up = mouse.down(button=button, click_count=number), mouse.up(button=button, click_count=number)
        await asyncio.gather(down, up)

    @asynccontextmanager
    async def _pressed(self, at: CssPoint, button: MouseButton, number: int = 1) -> AsyncIterator[None]:
        """Press the button; `number` counts the clicks of a double or triple click."""
        if number == 1:
            await move_onto(self._page, at)
        await self._page.mouse.down(button=button, click_count=number)
        try:
            yield
        finally:
            await self._page.mouse.up(button=button, click_count=number)


class Keyboard:
    """The keyboard, which has a key for every character."""

    def __init__(self, page: "Page", pace: Pace) -> None:
        self._page = page
        self._pace = pace
        self._session: CDPSession | None = None

    async def press(self, keys: Sequence[str]) -> None:
        """Press the keys one after the other, and release them."""
        await self.hold(keys, self._pace.press)

    async def hold(self, keys: Sequence[str], seconds: float) -> None:
        """Press the keys one after the other, hold them all for `seconds`, and release them.

        The last one repeats meanwhile, unless it is a modifier.
        """
        loop = asyncio.get_running_loop()
        async with AsyncExitStack() as down:
            if len(keys) == 1 and len(keys[0]) == 1 and not is_typeable(keys[0]):
                await down.enter_async_context(self._unmapped(keys[0]))
            else:
                await down.enter_async_context(held(self._page, playwright_keys(keys)))
            end = loop.time() + seconds
            await asyncio.sleep(min(seconds, REPEAT_DELAY))
            while keys[-1] not in _UNREPEATED and loop.time() < end:
                await self._repeat(keys)
                await asyncio.sleep(min(REPEAT_SECONDS, max(end - loop.time(), 0)))
            await asyncio.sleep(max(end - loop.time(), 0))

    async def character(self, character: str, seconds: float) -> None:
        """Press the key of a character, whatever the layout, for `seconds`."""
        down = held(self._page, [character]) if is_typeable(character) else self._unmapped(character)
        async with down:
            await asyncio.sleep(seconds)

    async def insert(self, text: str) -> None:
        """Enter a text at once, as an input method does: without keys."""
        await self._page.keyboard.insert_text(text)

    async def close(self) -> None:
        """Release what the keyboard holds of the browser."""
        session, self._session = self._session, None
        if session is not None:
            await session.detach()

    async def _repeat(self, keys: Sequence[str]) -> None:
        if len(keys) == 1 and len(keys[0]) == 1 and not is_typeable(keys[0]):
            await self._send("keyDown", keys[0], repeat=True)
        else:
            await self._page.keyboard.down(playwright_keys(keys)[-1])

    @asynccontextmanager
    async def _unmapped(self, character: str) -> AsyncIterator[None]:
        """Hold the key of a character that is on no key of Playwright's layout; a layout may have any character."""
        await self._send("keyDown", character)
        try:
            yield
        finally:
            await self._send("keyUp", character)

    async def _send(self, kind: str, character: str, *, repeat: bool = False) -> None:
        if self._session is None:
            self._session = await self._page.context.new_cdp_session(self._page)
        text = character if kind == "keyDown" else ""
        event = {"type": kind, "key": character, "text": text, "unmodifiedText": text, "autoRepeat": repeat}
        await self._session.send("Input.dispatchKeyEvent", event)


@asynccontextmanager
async def held(page: "Page", keys: Sequence[str]) -> AsyncIterator[None]:
    """Hold keys down, by Playwright's names."""
    down: list[str] = []
    try:
        for key in keys:
            await page.keyboard.down(key)
            down.append(key)
        yield
    finally:
        for key in reversed(down):
            await page.keyboard.up(key)
