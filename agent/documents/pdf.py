"""The pages of a PDF as images. Needs pypdfium2 (PDFium; Apache-2.0 or BSD-3-Clause)."""

from math import sqrt
from pathlib import Path
from types import TracebackType
from typing import Self

from PIL.Image import Image

from handeye.actions.errors import MissingDependency
from handeye.agent.documents.errors import EncryptedDocument, InvalidDocument

DPI = 144
"""Dots per inch of the images, two for each point of the PDF: an A4 page has 1191x1684 pixels."""
MOST_PIXELS = 16_000_000
"""A larger page is rendered with fewer dots per inch."""


class PdfPages:
    """The pages of a PDF, each rendered when it is asked for. A context manager; use it from one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises `MissingDependency`, `InvalidDocument` and `EncryptedDocument`."""
        try:
            import pypdfium2
        except ModuleNotFoundError:
            raise MissingDependency("pypdfium2", "pdf") from None
        self.name = str(path)
        try:
            data = path.read_bytes()
        except (OSError, ValueError) as error:
            raise InvalidDocument(f"{path} cannot be opened: {getattr(error, 'strerror', None) or error}") from error
        if not data:
            raise InvalidDocument(f"{path} is empty: it has no bytes")
        self._error = pypdfium2.PdfiumError
        try:
            self._file = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD:
                raise EncryptedDocument(f"{path} needs a password: save a copy without one") from error
            raise InvalidDocument(f"{path} is not a PDF, is damaged, or has no pages") from error

    def __len__(self) -> int:
        return len(self._file)

    def image(self, number: int) -> Image:
        """Render a page, counted from 1; raise `InvalidDocument` if it is damaged."""
        try:
            page = self._file[number - 1]
            width, height = page.get_size()
            scale = min(DPI / 72, sqrt(MOST_PIXELS / max(width * height, 1)))
            image: Image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
            page.close()
        except self._error as error:
            raise InvalidDocument(f"page {number} of {self.name} is damaged") from error
        return image

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
