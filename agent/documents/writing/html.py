"""Blocks as HTML: only elements and attributes of our own, with all text escaped; no script, link or resource."""

from collections.abc import Sequence
from html import escape

from handeye.agent.documents.blocks import (
    Block,
    Cell,
    Chart,
    Chemistry,
    Code,
    Figure,
    Formula,
    Heading,
    Item,
    Itemized,
    Paragraph,
    Placed,
    Score,
    Table,
)

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def document_html(pages: Sequence[Sequence[Block]]) -> str:
    """Return pages as one file, each a `section`. Boxes are attributes, `data-bbox="left top right bottom"`."""
    body = "".join(f"<section>\n{blocks_html(page)}</section>\n" for page in pages)
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>Document</title></head><body>\n{body}</body></html>\n"
    )


def blocks_html(blocks: Sequence[Block]) -> str:
    """Return each block on a line of its own."""
    return "".join(f"{block_html(block)}\n" for block in blocks)


def block_html(block: Block) -> str:
    """Return one block."""
    at = _place(block)
    match block:
        case Heading(level=level, text=text):
            return f"<h{level}{at}>{_text(text)}</h{level}>"
        case Paragraph(text=text):
            return f"<p{at}>{_text(text)}</p>"
        case Itemized(ordered=ordered, items=items):
            tag = "ol" if ordered else "ul"
            return f"<{tag}{at}>{''.join(map(_item, items))}</{tag}>"
        case Table():
            return _table(block)
        case Figure(caption=caption, text=text):
            said = f"<figcaption>{_text(caption)}</figcaption>" if caption else ""
            return f'<figure class="image"{at}>{f"<p>{_text(text)}</p>" if text else ""}{said}</figure>'
        case Chart(text=text, table=table):
            said = f"<figcaption>{_text(text)}</figcaption>" if text else ""
            return f'<figure class="chart"{at}>{_table(table) if table else ""}{said}</figure>'
        case Formula(latex=text, handwritten=handwritten):
            return f'<div class="formula{" handwritten" if handwritten else ""}"{at}>{_text(text)}</div>'
        case Score(format=form, text=text):
            return f'<pre class="music" title="{escape(form)}"{at}>{escape(text)}</pre>'
        case Chemistry(format=form, text=text):
            return f'<pre class="chemistry" title="{escape(form)}"{at}>{escape(text)}</pre>'
        case Code(text=text):
            return f"<pre{at}>{escape(text)}</pre>"


def _item(item: Item) -> str:
    return f"<li{_place(item)}>{_text(item.text)}{''.join(map(block_html, item.blocks))}</li>"


def _table(table: Table) -> str:
    caption = f"<caption>{_text(table.caption)}</caption>" if table.caption else ""
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.rows)
    return f"<table{_place(table)}>{caption}{rows}</table>"


def _cell(cell: Cell) -> str:
    tag = "th" if cell.header else "td"
    spans = "".join(
        f' {name}="{span}"' for name, span in (("rowspan", cell.rowspan), ("colspan", cell.colspan)) if span > 1
    )
    return f"<{tag}{spans}{_place(cell)}>{_text(cell.text)}{''.join(map(block_html, cell.blocks))}</{tag}>"


def _place(part: Placed) -> str:
    box = f' data-bbox="{" ".join(map(str, part.box))}"' if part.box else ""
    corners = " ".join(f"{x} {y}" for x, y in part.polygon)
    return f'{box} data-polygon="{corners}"' if corners else box


def _text(text: str) -> str:
    return escape(text).replace("\n", "<br>")
