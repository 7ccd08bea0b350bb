"""A page for people: each page of a document with its boxes drawn on it, beside what was read. One file, no network."""

import io
from collections.abc import Iterable
from pathlib import Path

from PIL.Image import Image

from handeye.actions.geometry import Box
from handeye.agent.documents.blocks import placed
from handeye.agent.documents.document import Page
from handeye.agent.documents.errors import DocumentNotSaved
from handeye.agent.documents.writing.html import block_html
from handeye.agent.journal.durable import write_whole
from handeye.agent.page.layout import page_html, said_text
from handeye.agent.page.screens import image as embedded

_PACKAGE = "handeye.agent.documents.writing"


def view_html(name: str, pages: Iterable[tuple[Page, Image]]) -> str:
    """Return the page of a document, with `name` as its title. Pages come one at a time, each with its image."""
    body = "".join(_section(page, image) for page, image in pages)
    return page_html(name, body, script="view.js", style="view.css", images="data:", package=_PACKAGE)


def save_view(path: Path, name: str, pages: Iterable[tuple[Page, Image]]) -> None:
    """Write the page of a document. Raises `DocumentNotSaved`."""
    try:
        write_whole(path, view_html(name, pages).encode())
    except OSError as error:
        raise DocumentNotSaved(f"cannot write {path}: {error.strerror or error}") from error


def _section(page: Page, image: Image) -> str:
    parts = [f"{page.number}-{index}" for index in range(len(page.blocks))]
    boxes = "".join(
        _rectangle(each.box, part, block.type)
        for part, block in zip(parts, page.blocks, strict=True)
        for each in placed([block])
        if each.box
    )
    text = "".join(
        f'<div class="part {block.type}" data-part="{part}">{block_html(block)}</div>'
        for part, block in zip(parts, page.blocks, strict=True)
    )
    notes = "".join(f"<li>{said_text(note)}</li>" for note in page.notes)
    width, height = page.size
    return (
        f'<section class="leaf"><h2>Page {page.number}</h2>'
        f'{f"""<ul class="notes">{notes}</ul>""" if notes else ""}'
        f'<div class="both"><svg viewBox="0 0 {width} {height}" role="img" aria-label="Page {page.number}">'
        f"{embedded(f'page-{page.number}', _encoded(image), page.size)}{boxes}</svg>"
        f'<div class="text">{text or "<p>nothing was read</p>"}</div></div></section>'
    )


def _rectangle(box: Box, part: str, kind: str) -> str:
    width, height = box.size
    place = f'x="{box.left}" y="{box.top}" width="{width}" height="{height}"'
    return f'<rect class="{kind}" data-part="{part}" {place}><title>{kind}</title></rect>'


def _encoded(image: Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
