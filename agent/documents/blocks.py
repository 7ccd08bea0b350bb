"""What a page consists of. Boxes and polygons are in pixels of the page's image.

Text is plain: the model's bold, italics and links are dropped, line breaks are kept, a superscript is `^{2}` and a
subscript `_{2}`. It is untrusted, like everything that a model says; the writers escape it.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from handeye.actions.geometry import Box, Point


class Placed(BaseModel):
    """Something with a place on the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    box: Box | None = None
    """None if the model named none, or one outside the page."""
    polygon: tuple[Point, ...] = ()
    """The corners, where the model drew an outline."""


class Heading(Placed):
    """A heading."""

    type: Literal["heading"] = "heading"
    level: int = Field(ge=1, le=6)
    text: str


class Paragraph(Placed):
    """Running text."""

    type: Literal["paragraph"] = "paragraph"
    text: str


class Item(Placed):
    """One item of a list."""

    text: str
    blocks: "tuple[Block, ...]" = ()
    """What is in it besides its text, such as a list."""


class Itemized(Placed):
    """A list."""

    type: Literal["list"] = "list"
    ordered: bool = False
    items: tuple[Item, ...]


class Cell(Placed):
    """One cell of a table."""

    text: str
    header: bool = False
    rowspan: int = Field(default=1, ge=1)
    colspan: int = Field(default=1, ge=1)
    blocks: "tuple[Block, ...]" = ()
    """What is in it besides its text, such as a table."""


class Table(Placed):
    """A table."""

    type: Literal["table"] = "table"
    caption: str = ""
    rows: tuple[tuple[Cell, ...], ...]
    """The cells that begin in each row: one that spans several rows is in the first of them only."""


class Figure(Placed):
    """A picture."""

    type: Literal["figure"] = "figure"
    caption: str = ""
    text: str = ""
    """What is written in it."""


class Chart(Placed):
    """A chart, with the data that the model read from it."""

    type: Literal["chart"] = "chart"
    text: str = ""
    table: Table | None = None


class Formula(Placed):
    """A formula in LaTeX, without the dollar signs."""

    type: Literal["formula"] = "formula"
    latex: str
    handwritten: bool = False


class Score(Placed):
    """Sheet music, in the notation that `format` names: ABC, where the model names none."""

    type: Literal["score"] = "score"
    format: str = "abc notation"
    text: str


class Chemistry(Placed):
    """A chemical formula, in the notation that `format` names: SMILES, where the model names none."""

    type: Literal["chemistry"] = "chemistry"
    format: str = "smile"
    text: str


class Code(Placed):
    """Preformatted text."""

    type: Literal["code"] = "code"
    text: str


Block = Annotated[
    Heading | Paragraph | Itemized | Table | Figure | Chart | Formula | Score | Chemistry | Code,
    Field(discriminator="type"),
]

Item.model_rebuild()
Cell.model_rebuild()


def placed(blocks: Sequence[Block]) -> list[Placed]:
    """Return the blocks, and everything in them, that have a box; parts follow what they are in."""
    found: list[Placed] = []
    for block in blocks:
        found += [block] if block.box else []
        match block:
            case Itemized(items=items):
                parts: Sequence[Item | Cell] = items
            case Table(rows=rows) | Chart(table=Table(rows=rows)):
                parts = [cell for row in rows for cell in row]
            case _:
                parts = ()
        for part in parts:
            found += [part] if part.box else []
            found += placed(part.blocks)
    return found
