"""PDFs: rendering pages, and files that are none."""

import sys
from pathlib import Path

import pytest
from PIL import Image

from handeye.actions.errors import MissingDependency
from handeye.actions.geometry import Box, Size
from handeye.agent.documents.errors import EncryptedDocument, InvalidDocument
from handeye.agent.documents.parse import parse_document
from tests.agent.saying import Saying

NEEDED = "pypdfium2 is not installed: make test installs it"


def pages_of(path: Path) -> list[Image.Image]:
    pytest.importorskip("pypdfium2", reason=NEEDED)
    from handeye.agent.documents.pdf import PdfPages

    with PdfPages(path) as pages:
        return [pages.image(number) for number in range(1, len(pages) + 1)]


def written(*objects: str, trailer: str = "") -> bytes:
    """Return a PDF of objects, the first of which is the catalogue, with its table of positions."""
    data, starts = b"%PDF-1.4\n", list[int]()
    for number, body in enumerate(objects, start=1):
        starts.append(len(data))
        data += f"{number} 0 obj{body}endobj\n".encode("latin-1")
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R{trailer}>>\n"
    return data + f"{end}startxref\n{len(data)}\n%%EOF\n".encode()


CATALOG = "<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = "<</Type/Pages/Kids[3 0 R]/Count 1>>"
LOCK = f"<</Filter/Standard/V 1/R 2/O<{'41' * 32}>/U<{'42' * 32}>/P -4>>"


def page(width: int, height: int) -> str:
    return f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]>>"


def test_pages_are_rendered_at_144_dots_per_inch(tmp_path: Path) -> None:
    red, blue = (Image.new("RGB", size, colour) for size, colour in (((100, 50), "red"), ((30, 60), "blue")))
    red.save(tmp_path / "two.pdf", save_all=True, append_images=[blue])
    first, second = pages_of(tmp_path / "two.pdf")
    assert (first.size, second.size) == ((200, 100), (60, 120))  # Pillow writes a point for each pixel
    assert first.getpixel((100, 50))[0] > 200 > 60 > first.getpixel((100, 50))[2]  # type: ignore[index]
    assert second.getpixel((30, 60))[2] > 200  # type: ignore[index]


def test_boxes_are_in_pixels_of_the_rendered_page(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2", reason=NEEDED)
    (tmp_path / "named.bin").write_bytes(written(CATALOG, ONE_PAGE, page(100, 200)))  # known by its content
    model = Saying(['<p data-bbox="10 20 30 40">x</p>'])
    (read,) = parse_document(model, tmp_path / "named.bin").pages
    assert read.size == Size(200, 400) and read.blocks[0].box == Box(20, 40, 60, 80)


def test_a_huge_page_is_rendered_smaller(tmp_path: Path) -> None:
    (tmp_path / "huge.pdf").write_bytes(written(CATALOG, ONE_PAGE, page(200_000, 100_000)))
    (image,) = pages_of(tmp_path / "huge.pdf")
    assert 15_900_000 < image.width * image.height < 16_100_000
    assert abs(image.width - 2 * image.height) <= 2


@pytest.mark.parametrize(
    ("data", "error", "reason"),
    [
        (b"", InvalidDocument, "is empty"),
        (b"hello", InvalidDocument, "is not a PDF, is damaged, or has no pages"),
        (written(CATALOG, ONE_PAGE, page(9, 9))[:60], InvalidDocument, "is not a PDF, is damaged, or has no pages"),
        (written(CATALOG, "<</Type/Pages/Kids[]/Count 0>>"), InvalidDocument, "no pages"),
        (written(CATALOG, "<</Type/Pages/Kids[9 0 R]/Count 1>>"), InvalidDocument, "page 1 of .* is damaged|no pages"),
        (
            written(CATALOG, ONE_PAGE, page(9, 9), LOCK, trailer="/Encrypt 4 0 R/ID[<00><00>]"),
            EncryptedDocument,
            "needs a password: save a copy without one",
        ),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, data: bytes, error: type[Exception], reason: str) -> None:
    pytest.importorskip("pypdfium2", reason=NEEDED)
    (tmp_path / "file.pdf").write_bytes(data)
    with pytest.raises(error, match=reason) as caught:
        parse_document(Saying([]), tmp_path / "file.pdf")
    assert type(caught.value) is error and "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2", reason=NEEDED)
    with pytest.raises(InvalidDocument, match="cannot be opened: No such file"):
        parse_document(Saying([]), tmp_path / "none.pdf")


def test_without_the_library_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    (tmp_path / "file.pdf").write_bytes(written(CATALOG, ONE_PAGE, page(9, 9)))
    with pytest.raises(MissingDependency, match=r'needs pypdfium2: pip install "handeye\[pdf\]"'):
        parse_document(Saying([]), tmp_path / "file.pdf")
