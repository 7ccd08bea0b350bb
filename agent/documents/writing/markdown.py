"""Blocks as Markdown (CommonMark with GitHub's tables), without links, pictures and raw HTML.

What the model says is text: every character that would start markup is escaped. Formulas, music and chemistry stand in
code fences, whose content no renderer interprets as HTML. Markdown's tables have no spans: the text of a spanning cell
stands in its first row and column, and the others are empty.
"""

import re
from collections.abc import Iterator, Sequence

from handeye.agent.documents.blocks import (
    Block,
    Chart,
    Chemistry,
    Code,
    Figure,
    Formula,
    Heading,
    Itemized,
    Paragraph,
    Score,
    Table,
)

_MARKUP = re.compile(r"[\\`*\[\]<>~|]|(?<!\w)_|_(?!\w)|&(?=#?\w{1,32};)|!(?=\[)")
_AT_START = re.compile(r"\A(\d{0,9})([#+=-](?=\s|\Z|[=#-])|(?<=\d)[.)](?=\s|\Z))")
_FENCE = re.compile(r"`{3,}")


def document_markdown(pages: Sequence[Sequence[Block]]) -> str:
    """Return pages as Markdown, with a rule between them."""
    return "\n\n---\n\n".join("\n\n".join(blocks_markdown(page)) for page in pages) + "\n"


def blocks_markdown(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield each block, without an empty line around it."""
    for block in blocks:
        match block:
            case Heading(level=level, text=text):
                yield f"{'#' * level} {escaped(text)}"
            case Paragraph(text=text):
                yield escaped(text)
            case Itemized():
                yield _list(block)
            case Table():
                yield from _table(block)
            case Figure(caption=caption, text=text):
                yield _named("Figure", caption)
                yield from [escaped(text)] if text else ()
            case Chart(text=text, table=table):
                yield _named("Chart", text)
                yield from _table(table) if table else ()
            case Formula(latex=text):
                yield _fenced("math", text)
            case Score(format=form, text=text):
                yield _fenced("abc" if "abc" in form.lower() else "", text)
            case Chemistry(format=form, text=text):
                yield _fenced("smiles" if "smile" in form.lower() else "", text)
            case Code(text=text):
                yield _fenced("", text)


def escaped(text: str) -> str:
    """Return plain text as Markdown that shows it; a line break stays one."""
    lines = (line.strip() for line in text.splitlines())
    return "  \n".join(_AT_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", line)) for line in lines if line)


def _named(name: str, text: str) -> str:
    return f"**{name}**: {escaped(text)}" if text else f"**{name}**"


def _fenced(language: str, text: str) -> str:
    fence = "`" * max([3, *(len(run) + 1 for run in _FENCE.findall(text))])
    return f"{fence}{language}\n{text}\n{fence}"


def _list(block: Itemized) -> str:
    lines = []
    for number, item in enumerate(block.items, start=1):
        mark = f"{number}. " if block.ordered else "- "
        parts = [part for part in (escaped(item.text), *blocks_markdown(item.blocks)) if part]
        body = "\n\n".join(parts) if any(not isinstance(each, Itemized) for each in item.blocks) else "\n".join(parts)
        lines.append(mark + body.replace("\n", "\n" + " " * len(mark)))
    return "\n".join(lines)


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield f"*{_line(table.caption)}*"
    grid = _grid(table)
    width = max(map(len, grid), default=0)
    headed = bool(table.rows) and all(cell.header for cell in table.rows[0])
    rows = grid if headed else [[""] * width, *grid]
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
    yield "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _grid(table: Table) -> list[list[str]]:
    """Return the text of each field of a table; those that a cell covers besides its first are empty."""
    taken: list[dict[int, str]] = [{} for _ in table.rows]
    for index, row in enumerate(table.rows):
        column = 0
        for cell in row:
            while column in taken[index]:
                column += 1
            inner = " ".join(_line(text) for text in (cell.text, *map(_text, cell.blocks)) if text)
            for below in taken[index : index + cell.rowspan]:
                below.update({column + step: "" for step in range(cell.colspan)})
            taken[index][column] = inner
            column += cell.colspan
    return [[fields.get(column, "") for column in range(max(fields, default=-1) + 1)] for fields in taken]


def _line(text: str) -> str:
    return escaped(" ".join(text.split()))


def _text(block: Block) -> str:
    """Return a block that stands in a cell as plain text."""
    match block:
        case Itemized(items=items):
            return "; ".join(" ".join((item.text, *map(_text, item.blocks))).strip() for item in items)
        case Table(rows=rows):
            return "; ".join(", ".join(" ".join((c.text, *map(_text, c.blocks))).strip() for c in row) for row in rows)
        case Chart(text=text, table=table):
            return " ".join((text, _text(table) if table else "")).strip()
        case Formula(latex=text):
            return text
        case Figure(caption=caption, text=text):
            return " ".join((caption, text)).strip()
        case _:
            return block.text
