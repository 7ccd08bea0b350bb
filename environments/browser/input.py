"""Mouse and keyboard of a page. Points and distances are CSS pixels of its viewport."""

import asyncio
import itertools
import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Literal

from handeye.environments.browser.keys import is_typeable, playwright_keys

if TYPE_CHECKING:
    from playwright.async_api import Page

CssPoint = tuple[float, float]

_STEP = 15.0
"""CSS px between the mouse's positions during a drag; pages that track it expect more than the end point."""
_MIN_STEPS = 5
_MAX_STEPS = 60
_LONGEST_KEYED = 500
"""Characters up to which a text is typed key by key; longer ones are entered at once, as if pasted."""


class Pointer:
    """The mouse, pressed and moved as by a person."""

    def __init__(self, page: "Page") -> None:
        self._page = page

    async def click(
        self, at: CssPoint, button: Literal["left", "right", "middle"], count: int, modifiers: Sequence[str]
    ) -> None:
        """Click `count` times, as a double or triple click if more than once."""
        async with _held(self._page, playwright_keys(modifiers)):
            await self._page.mouse.click(*at, button=button, click_count=count)

    async def long_press(self, at: CssPoint, seconds: float) -> None:
        """Hold the left button down for `seconds`."""
        async with self._pressed(at, "left"):
            await asyncio.sleep(seconds)

    async def move(self, at: CssPoint) -> None:
        """Move the pointer there."""
        await self._page.mouse.move(*at)

    async def drag(
        self, path: Sequence[CssPoint], button: Literal["left", "right", "middle"], modifiers: Sequence[str]
    ) -> None:
        """Hold the button down along the path."""
        async with _held(self._page, playwright_keys(modifiers)), self._pressed(path[0], button):
            for start, end in itertools.pairwise(path):
                steps = min(max(math.ceil(math.dist(start, end) / _STEP), _MIN_STEPS), _MAX_STEPS)
                await self._page.mouse.move(*end, steps=steps)
            # Over a drop target the first move fires dragenter; only the next one fires dragover.
            await self._page.mouse.move(*path[-1])

    async def scroll(self, at: CssPoint, dx: float, dy: float, modifiers: Sequence[str]) -> None:
        """Turn the wheel over a point; positive distances scroll right and down."""
        async with _held(self._page, playwright_keys(modifiers)):
            await self._page.mouse.move(*at)
            await self._page.mouse.wheel(dx, dy)

    @asynccontextmanager
    async def _pressed(self, at: CssPoint, button: Literal["left", "right", "middle"]) -> AsyncIterator[None]:
        await self._page.mouse.move(*at)
        await self._page.mouse.down(button=button)
        try:
            yield
        finally:
            await self._page.mouse.up(button=button)


class Keyboard:
    """The keyboard, with text input as by an input method for characters that are on no key."""

    def __init__(self, page: "Page") -> None:
        self._page = page

    async def type(self, text: str, clear: bool, submit: bool) -> None:
        """Type into the focused element, whatever the characters; `clear` deletes its content first."""
        if clear:
            await self._page.keyboard.press("ControlOrMeta+a")
            await self._page.keyboard.press("Delete")
        by_key = len(text) <= _LONGEST_KEYED
        for kind, run in itertools.groupby(text, lambda character: _entry(character, by_key)):
            characters = "".join(run)
            match kind:
                case "keys":
                    await self._page.keyboard.type(characters)
                case "text":
                    await self._page.keyboard.insert_text(characters)
                case key:
                    for _ in characters:
                        await self._page.keyboard.press(key)
        if submit:
            await self._page.keyboard.press("Enter")

    async def hold(self, keys: Sequence[str], seconds: float = 0.0) -> None:
        """Press the keys one after the other, hold them all for `seconds`, and release them."""
        if len(keys) == 1 and len(keys[0]) == 1 and not is_typeable(keys[0]):
            await self._page.keyboard.insert_text(keys[0])
            return
        async with _held(self._page, playwright_keys(keys)):
            await asyncio.sleep(seconds)


def _entry(character: str, by_key: bool) -> Literal["Enter", "Tab", "keys", "text"]:
    """Return how a character is entered. Line feeds and tabs are always pressed as keys."""
    match character:
        case "\n":
            return "Enter"
        case "\t":
            return "Tab"
        case _:
            return "keys" if by_key and is_typeable(character) else "text"


@asynccontextmanager
async def _held(page: "Page", keys: Sequence[str]) -> AsyncIterator[None]:
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
