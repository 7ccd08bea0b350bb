"""Where pages come from: images in memory, an image file, or a PDF."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from PIL.Image import Image

from handeye.agent.documents.errors import InvalidDocument, TooManyPages

Source = Image | Sequence[Image] | str | Path
"""What a document is read from; a string is the name of a file."""
MOST_PAGES = 100
"""A document with more pages is read only if the pages are named: it takes hours."""


class Pages(Protocol):
    """The pages of a document."""

    def __len__(self) -> int: ...

    def image(self, number: int) -> Image:
        """Return a page, counted from 1, as 8-bit RGB."""


class ImagePages:
    """Images, one for each page."""

    def __init__(self, images: Sequence[Image]) -> None:
        self._images = images

    def __len__(self) -> int:
        return len(self._images)

    def image(self, number: int) -> Image:
        """Return a page; raise `InvalidImage` if the model cannot read it."""
        from handeye.model.images.image import to_rgb  # imports numpy

        return to_rgb(self._images[number - 1], f"page {number}")


@contextmanager
def open_pages(source: Source) -> Iterator[Pages]:
    """Open a document. Raises `InvalidImage`, `MissingDependency`, `InvalidDocument` and `EncryptedDocument`."""
    if isinstance(source, str | Path):
        path = Path(source)
        if _is_pdf(path):
            from handeye.agent.documents.pdf import PdfPages

            with PdfPages(path) as pages:
                yield pages
            return
        from handeye.model.images.image import open_image

        source = open_image(path)
    images = [source] if isinstance(source, Image) else [*source]
    for image in images:
        if not isinstance(image, Image):
            raise TypeError(f"a page is a {type(image).__name__}: give PIL images, or the path of a file")
    yield ImagePages(images)


def chosen_pages(pages: Pages, wanted: Sequence[int] | None) -> Sequence[int]:
    """Return the numbers of the pages to read: those wanted, or all. Raises `InvalidDocument` and `TooManyPages`."""
    count = len(pages)
    if count == 0:
        raise InvalidDocument("the document has no pages: give at least one image")
    if wanted is None:
        if count > MOST_PAGES:
            raise TooManyPages(
                f"the document has {count:,} pages, more than {MOST_PAGES}: name those to read, such as 1-{MOST_PAGES}"
            )
        return range(1, count + 1)
    if not wanted:
        raise InvalidDocument("no page is named: name at least one, or leave the pages out for all")
    for number in wanted:
        if not 1 <= number <= count:
            raise InvalidDocument(f"there is no page {number}: the document has {count:,}")
    return wanted


def _is_pdf(path: Path) -> bool:
    if path.suffix.lower() == ".pdf":
        return True
    try:
        with path.open("rb") as file:
            return b"%PDF-" in file.read(1024)
    except (OSError, ValueError):
        return False  # whoever opens it as an image says why
