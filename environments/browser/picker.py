"""Popups that the browser itself draws, and that the mouse cannot reach.

Chromium paints the popups of `<select>` and of date, time and colour inputs into screenshots, but mouse input falls
through them to the page beneath. `POPUP_SCRIPT`, which runs in every document before the page's own scripts, possibly
more than once, gives a `<select>` the appearance whose popup is part of the page (`base-select`). There is no such
appearance for the others; `OPEN_PICKER` returns which of them is open.
"""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Frame, Page

POPUP_SCRIPT = """(() => {
  const here = Symbol.for('handeye.here');
  if (document[here]) return;
  Object.defineProperty(document, here, {value: true});
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    select:is(:not([size]), [size="1"]):not([multiple]), ::picker(select) { appearance: base-select }
    :where(*) { caret-animation: manual }  /* a blinking caret makes equal screens differ */
  `);
  document.adoptedStyleSheets.push(sheet);
  // A shadow root has its own style sheets, and a page may have replaced those of the document.
  addEventListener('pointerdown', event => {
    const [target] = event.composedPath(), sheets = target.getRootNode?.().adoptedStyleSheets;
    if (target.localName === 'select' && sheets && !sheets.includes(sheet)) sheets.push(sheet);
  }, {capture: true, passive: true});
})();"""

OPEN_PICKER = """() => {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  const kinds = 'select:open, input:open';
  const open = focused?.matches(kinds) ? focused : document.querySelector(kinds);
  if (open === null || getComputedStyle(open).appearance === 'base-select') return null;
  return open.localName === 'select' ? 'select' : open.type;
}"""
"""The kind of the popup that is open in the document and can't be clicked; null if there is none."""

_SECONDS = 1.0
_MAX_FRAMES = 20


async def open_picker(page: "Page") -> str | None:
    """Return the kind of the popup that is open (select, date, color, …), None if there is none."""
    try:
        async with asyncio.timeout(_SECONDS):
            kinds = await asyncio.gather(*(_kind(frame) for frame in page.frames[:_MAX_FRAMES]))
    except TimeoutError:
        return None
    return next((kind for kind in kinds if kind is not None), None)


def picker_hint(kind: str) -> str:
    """Say how to use the popup."""
    match kind:
        case "color":
            return "Press tab to reach its number fields, type the colour, and press enter; esc closes it."
        case "select":
            return "Press up and down to choose and enter to take the choice; esc closes it."
        case _:
            return "Press the arrow keys and enter to choose, or esc to close it and type the digits into the field."


async def _kind(frame: "Frame") -> str | None:
    from playwright.async_api import Error

    try:
        kind = await frame.evaluate(OPEN_PICKER)
    except Error:
        return None
    return None if kind is None else str(kind)
