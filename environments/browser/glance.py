"""What is to be known of a tab besides its picture, in as few questions as possible."""

import asyncio
from typing import TYPE_CHECKING, Final, NamedTuple

from handeye.environments.browser.focus import call_all
from handeye.environments.browser.picker import OPEN_PICKER, open_picker
from handeye.environments.browser.watch import LOSS_SIGNS

if TYPE_CHECKING:
    from playwright.async_api import Page

_SECONDS: Final = 1.0

# A page may name its forms after members of the document.
_GLANCE: Final = f"""() => {{
  const title = Object.getOwnPropertyDescriptor(Document.prototype, 'title').get.call(document);
  const locked = document[Symbol.for('handeye.focus')]?.locked() ?? false;
  return [title, locked, ({OPEN_PICKER})()];
}}"""


class Glance(NamedTuple):
    """What a tab says of itself."""

    title: str | None
    """None if it does not answer."""
    locked: bool
    """Whether the page has captured the mouse."""
    picker: str | None
    """The kind of the popup that is open."""


async def glance(page: "Page") -> Glance:
    """Ask the page and its frames; those that do not answer within a second are left out."""
    if len(page.frames) == 1:
        return await _document(page)
    main, locked, picker = await asyncio.gather(_document(page), call_all(page, "locked"), open_picker(page))
    return Glance(main.title, main.locked or any(locked), picker)


async def _document(page: "Page") -> Glance:
    from playwright.async_api import Error

    try:
        async with asyncio.timeout(_SECONDS):
            return Glance(*await page.evaluate(_GLANCE))
    except (TimeoutError, Error) as error:
        if any(sign in str(error) for sign in LOSS_SIGNS):
            raise
        return Glance(None, locked=False, picker=None)
