"""A picture of an open dialog.

A page with an open dialog paints nothing, and a headless browser draws no dialog. So what a person would see is drawn
here: the dialog over a dimmed picture of the page from before, labelled as such.
"""

import base64
from html import escape
from typing import TYPE_CHECKING

from handeye.actions.geometry import Size
from handeye.environments.browser.dialogs import OpenDialog

if TYPE_CHECKING:
    from playwright.async_api import Browser

_PAGE = """<!doctype html><meta charset="utf-8"><style>
html, body {{ margin: 0; height: 100%; overflow: hidden; background: #fff; font: 14px sans-serif; color: #111 }}
img {{ position: fixed; inset: 0; width: 100%; height: 100% }}
#shade {{ position: fixed; inset: 0; background: #0008; display: flex; flex-direction: column; align-items: center }}
#dialog {{ box-sizing: border-box; max-width: min(450px, 96%); min-width: min(300px, 96%); max-height: 80%;
  overflow: hidden; margin-top: 2%; padding: 16px; border-radius: 8px; background: #fff }}
h1 {{ margin: 0 0 8px; font-size: 14px }}
p {{ margin: 0 0 8px; white-space: pre-wrap; overflow-wrap: anywhere }}
#field {{ min-height: 1.2em; padding: 4px; border: 1px solid #1a56c4; border-radius: 4px; white-space: pre }}
small {{ color: #555 }}
#shade > small {{ margin-top: auto; padding: 4px; color: #fff; text-align: center }}
</style>{image}<div id="shade"><div id="dialog"><h1>{title}</h1><p>{text}</p>{field}<small>{hint}</small></div>
<small>The page behind the dialog is shown as it was before the dialog opened.</small></div>"""


async def dialog_picture(
    browser: "Browser", dialog: OpenDialog, behind: bytes | None, size: Size, factor: float
) -> bytes:
    """Return a PNG of the dialog over the screenshot `behind` (None: over white), `size` CSS px at `factor`."""
    image = "" if behind is None else f'<img src="data:image/png;base64,{base64.b64encode(behind).decode()}">'
    html = _PAGE.format(
        image=image,
        title="The page says" if dialog.kind != "beforeunload" else "Leave the page?",
        text=escape(dialog.text),
        field=f'<p id="field">{escape(dialog.draft)}</p>' if dialog.kind == "prompt" else "",
        hint=escape(dialog.hint),
    )
    context = await browser.new_context(
        viewport={"width": size.width, "height": size.height},
        device_scale_factor=factor,
        java_script_enabled=False,
        offline=True,
    )
    try:
        page = await context.new_page()
        await page.set_content(html)
        return await page.screenshot(scale="device")
    finally:
        await context.close()
