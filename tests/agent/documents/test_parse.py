"""Reading documents: the question, the boxes, several pages, and what cannot be read."""

from pathlib import Path

import pytest
from PIL import Image

from handeye.actions.geometry import Box, Size
from handeye.agent.documents.blocks import Heading, Paragraph, placed
from handeye.agent.documents.document import Document
from handeye.agent.documents.errors import InvalidDocument, TooManyPages
from handeye.agent.documents.parse import parse_document, parse_pages
from handeye.model.errors import InvalidImage
from handeye.model.runtime import load_model
from tests.agent.saying import Said, Saying

PAGE = '```html\n<html><body><h1 data-bbox="10 20 30 40">{}</h1></body></html>\n```'


def picture(width: int = 200, height: int = 300) -> Image.Image:
    return Image.new("RGB", (width, height), "white")


def test_a_page_is_asked_for_as_in_the_cookbook() -> None:
    model, page = Saying([PAGE.format("Hello")]), picture()
    document = parse_document(model, page, max_new_tokens=77)
    ((message,),) = model.asked
    assert message.role == "user" and message.content == ("QwenVL HTML ", page)
    assert model.options == [{"max_new_tokens": 77}]
    (read,) = document.pages
    assert (read.number, read.size, read.cut_off, read.notes) == (1, Size(200, 300), False, ())
    assert read.blocks == (Heading(level=1, text="Hello", box=Box(20, 40, 60, 80)),)


def test_pages_come_as_they_are_read() -> None:
    model, told = Saying([PAGE.format(name) for name in "ABC"]), list[tuple[int, int]]()
    pages = parse_pages(model, [picture(), picture(400, 80), picture()], on_page=lambda *page: told.append(page))
    first = next(pages)
    assert told == [(1, 3)] and first.image.size == (200, 300)
    rest = [*pages]
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert [each.page.size for each in rest] == [Size(400, 80), Size(200, 300)]
    chosen = parse_document(Saying([PAGE.format("B")]), [picture(), picture(400, 80)], pages=[2])
    assert [page.number for page in chosen.pages] == [2]


def test_what_a_cut_off_reply_says_is_kept() -> None:
    model = Saying([Said('<h1 data-bbox="10 20 30 40">Title</h1><p data-bbox="1 2 3', "length")])
    document = parse_document(model, picture())
    (page,) = document.pages
    assert document.cut_off and page.cut_off
    assert page.notes == ("cut off after 8192 tokens: the end of the page is missing", "the reply ends within a tag")
    assert [block.type for block in page.blocks] == ["heading"]


def test_files(tmp_path: Path) -> None:
    picture().save(tmp_path / "page.png")
    for source in (tmp_path / "page.png", str(tmp_path / "page.png")):
        assert parse_document(Saying([PAGE.format("A")]), source).pages[0].size == Size(200, 300)
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    with pytest.raises(InvalidImage, match="not an image in a known format"):
        parse_document(Saying([]), tmp_path / "notes.txt")
    with pytest.raises(InvalidImage, match="cannot be opened"):
        parse_document(Saying([]), tmp_path / "missing.png")


def test_sources_that_are_no_pages() -> None:
    with pytest.raises(InvalidDocument, match="the document has no pages"):
        parse_document(Saying([]), [])
    with pytest.raises(TypeError, match="a page is a str"):
        parse_document(Saying([]), ["page.png"])  # type: ignore[list-item]
    with pytest.raises(InvalidImage, match="page 2 is 900x2"):
        parse_document(Saying([PAGE]), [picture(), picture(900, 2)])


@pytest.mark.parametrize("wanted", [[0], [3], [1, -1]])
def test_pages_that_are_not_there(wanted: list[int]) -> None:
    with pytest.raises(InvalidDocument, match="there is no page"):
        parse_document(Saying([]), [picture(), picture()], pages=wanted)


def test_the_number_of_pages_is_limited() -> None:
    with pytest.raises(TooManyPages, match="101 pages"):
        parse_document(Saying([]), [picture()] * 101)
    assert len(parse_document(Saying([PAGE]), [picture()] * 101, pages=[101]).pages) == 1
    with pytest.raises(InvalidDocument, match="no page is named"):
        parse_document(Saying([]), [picture()], pages=[])


def test_a_real_network_answers_something() -> None:
    document = parse_document(load_model("handeye-tiny", device="cpu"), picture(), max_new_tokens=8)
    assert isinstance(document, Document) and len(document.pages) == 1
    page = document.pages[0]
    assert all(each.box and Box(0, 0, 200, 300).contains(each.box.center) for each in placed(page.blocks))
    assert document.to_html() and document.to_markdown()
    assert Document.model_validate_json(document.model_dump_json()) == document


def test_plain_text_is_a_document_too() -> None:
    (page,) = parse_document(Saying(["Just text."]), picture()).pages
    assert page.blocks == (Paragraph(text="Just text."),) and page.notes == ("the reply is not HTML",)
