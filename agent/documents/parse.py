"""Reading documents with a model: each page is one question, and its answer becomes blocks with boxes."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from PIL.Image import Image

from handeye.actions.geometry import Size
from handeye.agent.documents.document import Document, Page
from handeye.agent.documents.reading.read import read_page
from handeye.agent.documents.source import Source, chosen_pages, open_pages
from handeye.agent.policies.backend import Backend
from handeye.agent.prompts.words.qwen import DOCUMENT
from handeye.model.conversation.messages import Message

MOST_TOKENS = 8192
"""Tokens of a page's answer; a dense page has about 4,000."""


class Parsed(NamedTuple):
    """One page and its image."""

    page: Page
    image: Image
    """8-bit RGB; the boxes are in pixels of it."""


def parse_document(
    model: Backend,
    source: Source,
    *,
    pages: Sequence[int] | None = None,
    max_new_tokens: int = MOST_TOKENS,
    on_page: Callable[[int, int], None] | None = None,
) -> Document:
    """Read a document into headings, paragraphs, lists, tables, pictures, formulas and the rest, with their boxes.

    Args:
        model: A model, such as from `load_model`, or a `ChatServer`.
        source: An image, a list of images (one a page), or the path of an image or a PDF. Boxes are in pixels of the
            image; of a PDF, in pixels of the page at 144 dots per inch, or fewer for a very large page.
        pages: The numbers of the pages to read, from 1; all by default.
        max_new_tokens: The maximum number of tokens of the answer for a page. Where it is reached, the page is kept as
            far as it was read, and `cut_off`.
        on_page: Called before each page with its number and how many pages the document has.

    Raises:
        InvalidImage: an image cannot be shown to the model.
        InvalidDocument: a PDF is damaged, or there are no such pages. EncryptedDocument: it needs a password.
        TooManyPages: there are more than 100, and `pages` does not name those to read.
        MissingDependency: a PDF needs `pip install "handeye[pdf]"`.
        HandeyeError: what the model or the server raises.
    """
    parsed = parse_pages(model, source, pages=pages, max_new_tokens=max_new_tokens, on_page=on_page)
    return Document(pages=tuple(each.page for each in parsed))


def parse_pages(
    model: Backend,
    source: Source,
    *,
    pages: Sequence[int] | None = None,
    max_new_tokens: int = MOST_TOKENS,
    on_page: Callable[[int, int], None] | None = None,
) -> Iterator[Parsed]:
    """Yield each page of a document as soon as it is read; see `parse_document`."""
    with open_pages(source) as found:
        for number in chosen_pages(found, pages):
            if on_page is not None:
                on_page(number, len(found))
            image = found.image(number)
            yield Parsed(_parse(model, image, number, max_new_tokens), image)


def _parse(model: Backend, image: Image, number: int, max_new_tokens: int) -> Page:
    size = Size(*image.size)
    answer = model.generate([Message("user", (DOCUMENT, image))], max_new_tokens=max_new_tokens)
    read = read_page(answer.text, model.image_size(size), size)
    cut = answer.finish == "length"
    notes = (f"cut off after {max_new_tokens} tokens: the end of the page is missing",) if cut else ()
    return Page(number=number, size=size, blocks=read.blocks, cut_off=cut, notes=(*notes, *read.notes))
