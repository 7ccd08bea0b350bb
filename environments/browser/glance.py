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
GLANCE: Final = f"""() => {{
  const of = (owner, name, self) => Object.getOwnPropertyDescriptor(owner.prototype, name).get.call(self);
  const title = of(Document, 'title', document), root = of(Document, 'scrollingElement', document);
  const locked = document[Symbol.for('handeye.focus')]?.locked() ?? false;
  const size = name => of(Element, name, root);
  const whole = root !== null && visualViewport.scale === 1
    && size('scrollWidth') <= size('clientWidth') && size('scrollHeight') <= size('clientHeight');
  return [title, locked, ({OPEN_PICKER})(), whole, document[Symbol.for('handeye.over')]?.() ?? null];
}}"""
"""What a document says of itself: the members of a `Glance`."""


class Glance(NamedTuple):
    """What a tab says of itself."""

    title: str | None
    """None if it does not answer."""
    locked: bool
    """Whether the page has captured the mouse."""
    picker: str | None
    """The kind of the popup that is open."""
    whole: bool = False
    """Whether all of the page is in the viewport, so that there is nothing to scroll."""
    over: bool | None = None
    """Whether the episode that a harness plays on the page is over; None if the page does not say."""


async def glance(page: "Page") -> Glance:
    """Ask the page and its frames; those that do not answer within a second are left out."""
    if len(page.frames) == 1:
        return await _document(page)
    main, locked, picker = await asyncio.gather(_document(page), call_all(page, "locked"), open_picker(page))
    return Glance(main.title, main.locked or any(locked), picker, main.whole, main.over)


async def _document(page: "Page") -> Glance:
    from playwright.async_api import Error

    try:
        async with asyncio.timeout(_SECONDS):
            return Glance(*await page.evaluate(GLANCE))
    except (TimeoutError, Error) as error:
        if any(sign in str(error) for sign in LOSS_SIGNS):
            raise
        return Glance(None, locked=False, picker=None)
