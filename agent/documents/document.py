"""A document as it was read: pages of blocks, which can be written as HTML, Markdown or JSON."""

from pydantic import BaseModel, ConfigDict, Field

from handeye.actions.geometry import Size
from handeye.agent.documents.blocks import Block
from handeye.agent.documents.writing.html import document_html
from handeye.agent.documents.writing.markdown import document_markdown


class Page(BaseModel):
    """One page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1)
    """Its place in the document, from 1."""
    size: Size
    """The size of its image in pixels, in which all boxes are."""
    blocks: tuple[Block, ...] = ()
    """In reading order."""
    cut_off: bool = False
    """Whether the reply reached the limit of tokens, so that the end of the page is missing."""
    notes: tuple[str, ...] = ()
    """What could not be read as it was written."""


class Document(BaseModel):
    """Pages in order. `model_dump_json` writes it as JSON, and `model_validate_json` reads that."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pages: tuple[Page, ...]

    @property
    def cut_off(self) -> bool:
        """Whether the end of any page is missing."""
        return any(page.cut_off for page in self.pages)

    def to_html(self) -> str:
        """Return it as one HTML file without scripts, links and resources, with the model's boxes as `data-bbox`."""
        return document_html([page.blocks for page in self.pages])

    def to_markdown(self) -> str:
        """Return it as Markdown without links and raw HTML; a rule separates pages."""
        return document_markdown([page.blocks for page in self.pages])
