"""Reads a reply in QwenVL HTML, the form in which Qwen2.5-VL writes documents.

    ```html
    <html><body>
    <h2 data-bbox="310 94 658 132">Title</h2>
    <div class="image" data-bbox="262 195 708 272"><img data-bbox="262 195 708 272"/></div>
    <div class="formula" data-bbox="…"><img data-bbox="…"/><div>E=mc^2</div></div>
    </body></html>
    ```

Classes of `div`: `image`, `image caption`, `image ocr`, `chart` (with a table of its data), `formula` (also
`formula.machine_printed` and `formula.handwritten`), `music sheet` with `format="abc notation"`, `chemical formula`
with `format="smile"`. Boxes are pixels of the image as the model saw it. Sources: section 2.2.1 of the technical
report, and QwenLM/Qwen2.5-VL:cookbooks/document_parsing.ipynb.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from handeye.actions.geometry import Size
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
    Score,
    Table,
)
from handeye.agent.documents.reading.inside import CLASSED, flat, has, is_cell, is_rich, outside_cells, within, without
from handeye.agent.documents.reading.markup import markup
from handeye.agent.documents.reading.nodes import Node, kind, parse
from handeye.agent.documents.reading.places import Place, Places
from handeye.agent.documents.reading.text import latex, raw_text, text_of

MOST_SPANNED = 100
"""The rows or columns that a cell spans at most."""
_NOWHERE = Place(None, ())
_INLINE = frozenset(
    "span a b strong i em u s del ins small mark label button code sup sub br font link meta embed".split()
)


class Read(NamedTuple):
    """What a reply says."""

    blocks: tuple[Block, ...]
    notes: tuple[str, ...]
    """What could not be read as it was written."""


def read_page(reply: str, seen: Size, size: Size) -> Read:
    """Read any text; `seen` is the size of the page as the model saw it, `size` that in which boxes are returned.

    Takes time proportional to the length of the text.
    """
    found = markup(reply)
    places = Places(seen, size)
    if found.html:
        blocks = _Reader(places).blocks(parse(found.html).children)
    else:
        blocks = [Paragraph(text=" ".join(part.split())) for part in re.split(r"\n\s*\n", found.text) if part.strip()]
    return Read(tuple(blocks), (*found.notes, *places.notes))


class _Reader:
    def __init__(self, places: Places) -> None:
        self._places = places

    def blocks(self, children: Iterable[Node | str], around: Place = _NOWHERE) -> list[Block]:
        """Return the blocks of elements. If a single one has no place, it gets `around`, that of what holds them."""
        found: list[Block] = []
        run: list[Node | str] = []
        for child in children:
            if isinstance(child, str) or (child.tag in _INLINE and not is_rich(child)):
                run.append(child)
                continue
            found += self._paragraph(run)
            run = []
            found += self._block(child)
        found += self._paragraph(run)
        lost = [index for index, each in enumerate(found) if each.box is None]
        if len(lost) == 1 and around.box:
            found[lost[0]] = found[lost[0]].model_copy(update=around._asdict())
        return found

    def _paragraph(self, run: Sequence[Node | str]) -> Iterator[Block]:
        if text := text_of(run):
            place = next((self._places.of(each) for each in run if isinstance(each, Node)), _NOWHERE)
            alone = sum(not isinstance(each, str) or bool(each.strip()) for each in run) == 1
            yield Paragraph(text=text, **(place if alone else _NOWHERE)._asdict())

    def _block(self, node: Node) -> list[Block]:
        if special := kind(node) if node.tag in CLASSED else "":
            return self._special(node, special)
        place = self._places.of(node)
        at = place._asdict()
        match node.tag:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                text = text_of(node.children).replace("\n", " ")
                return [Heading(level=int(node.tag[1]), text=text, **at)] if text else []
            case "ul" | "ol" | "dl":
                items = tuple(self._items(node.children))
                return [Itemized(ordered=node.tag == "ol", items=items, **at)] if items else []
            case "table":
                return self._table(node, place)
            case "pre":
                text = raw_text(node.children)
                return [Code(text=text, **at)] if text else []
            case "img":
                return [self._figure(node, place)] if place.box or node.attributes.get("alt") else []
            case "figure" if not any(has(child, {"table"}) for child in node.children):
                return [self._figure(node, place)]
            case _:
                return self.blocks(node.children, place)

    def _special(self, node: Node, special: str) -> list[Block]:
        place = self._places.of(node)
        image = next(within(node.children, "img"), None)
        if image is not None and place.box is None:
            place = self._places.of(image)
        at = place._asdict()
        form = node.attributes.get("format", "").strip()
        match special:
            case "formula":
                return [Formula(latex=latex(node.children), handwritten="handwritten" in node.words, **at)]
            case "score":
                return [Score(format=form or "abc notation", text=raw_text(node.children), **at)]
            case "chemistry":
                return [Chemistry(format=form or "smile", text=raw_text(node.children), **at)]
            case "chart":
                inner = next(within(node.children, "table"), None)
                tables = self._table(inner, self._places.of(inner)) if inner else []
                table = next((each for each in tables if isinstance(each, Table)), None)
                text = text_of(without(node.children, inner))
                return [Chart(text=text, table=table, **at)]
            case _:
                return [self._figure(node, place)]

    def _figure(self, node: Node, place: Place) -> Figure:
        image = node if node.tag == "img" else next(within(node.children, "img"), None)
        title = image.attributes.get("alt", "").strip() if image else ""
        said = text_of(node.children)
        if "ocr" in node.words:
            return Figure(caption=title, text=said, **place._asdict())
        return Figure(caption=said or title, **place._asdict())

    def _items(self, children: Iterable[Node | str]) -> Iterator[Item]:
        """Yield the items of a list; what stands between them is one too."""
        for child in children:
            if isinstance(child, str):
                if text := text_of([child]):
                    yield Item(text=text)
                continue
            own = child.tag in {"li", "dt", "dd"}
            text, blocks = self._parts(child.children if own else [child])
            if text or blocks:
                yield Item(text=text, blocks=blocks, **self._places.of(child)._asdict())

    def _table(self, node: Node, place: Place) -> list[Block]:
        caption = " ".join(text_of(each.children) for each in within(node.children, "caption", "table"))
        rows = [row for row in map(tuple, self._rows(node.children)) if row]
        rest = outside_cells(node.children)
        table = [Table(caption=caption, rows=tuple(rows), **place._asdict())] if rows else []
        return [*table, *self.blocks(rest)]

    def _rows(self, children: Iterable[Node | str]) -> Iterator[list[Cell]]:
        loose: list[Cell] = []
        for child in children:
            if isinstance(child, str):
                continue
            if child.tag in {"td", "th"}:
                loose.append(self._cell(child))
                continue
            yield loose
            loose = []
            if child.tag == "tr":
                yield [self._cell(each) for each in child.children if isinstance(each, Node) and is_cell(each)]
            elif child.tag in {"thead", "tbody", "tfoot"}:
                yield from self._rows(child.children)
        yield loose

    def _cell(self, node: Node) -> Cell:
        text, blocks = self._parts(node.children)
        rowspan, colspan = (_span(node.attributes.get(name, "")) for name in ("rowspan", "colspan"))
        at = self._places.of(node)._asdict()
        return Cell(text=text, blocks=blocks, header=node.tag == "th", rowspan=rowspan, colspan=colspan, **at)

    def _parts(self, children: Iterable[Node | str]) -> tuple[str, tuple[Block, ...]]:
        """Return the text of an item or a cell, and the blocks in it."""
        plain: list[Node | str] = []
        rich: list[Block] = []
        for child in flat(children):
            if isinstance(child, Node) and is_rich(child):
                rich += self._block(child)
                plain.append("\n")
            else:
                plain.append(child)
        return text_of(plain), tuple(rich)


def _span(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
    return min(max(number, 1), MOST_SPANNED)
