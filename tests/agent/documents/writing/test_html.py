"""Blocks as HTML: nothing that a model writes becomes an element, an attribute or an address."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.geometry import Box, Point, Size
from handeye.agent.documents.blocks import Cell, Chemistry, Figure, Formula, Heading, Item, Itemized, Paragraph, Table
from handeye.agent.documents.document import Document, Page
from handeye.agent.documents.reading.read import read_page
from handeye.agent.documents.writing.html import block_html, document_html

OURS = {
    "html": set(), "head": set(), "meta": {"charset", "http-equiv", "content"}, "title": set(), "body": set(),
    "section": set(), "p": set(), "ul": set(), "ol": set(), "li": set(), "table": set(), "caption": set(),
    "tr": set(), "td": {"rowspan", "colspan"}, "th": {"rowspan", "colspan"}, "figure": {"class"}, "figcaption": set(),
    "div": {"class"}, "pre": {"class", "title"}, "br": set(), **{f"h{level}": set() for level in range(1, 7)},
}  # fmt: skip


class Tags(HTMLParser):
    """Asserts that every tag is ours."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attrs} <= OURS[tag] | {"data-bbox", "data-polygon"}


def test_every_text_and_place_is_there() -> None:
    box, outline = Box(1, 2, 3, 4), (Point(1, 2), Point(3, 2), Point(3, 4))
    assert block_html(Heading(level=3, text="<b>", box=box)) == '<h3 data-bbox="1 2 3 4">&lt;b&gt;</h3>'
    assert block_html(Paragraph(text="a\nb", polygon=outline)) == '<p data-polygon="1 2 3 2 3 4">a<br>b</p>'
    assert block_html(Formula(latex="x", handwritten=True)) == '<div class="formula handwritten">x</div>'
    assert block_html(Chemistry(format='"x', text="C")) == '<pre class="chemistry" title="&quot;x">C</pre>'
    assert block_html(Figure(caption="a", text="b")) == (
        '<figure class="image"><p>b</p><figcaption>a</figcaption></figure>'
    )
    inner = Itemized(ordered=True, items=(Item(text="i"),))
    table = Table(caption="T", rows=((Cell(text="a", header=True, colspan=2, blocks=(inner,)),), (Cell(text="b"),)))
    assert block_html(table) == (
        '<table><caption>T</caption><tr><th colspan="2">a<ol><li>i</li></ol></th></tr><tr><td>b</td></tr></table>'
    )


def test_what_it_writes_reads_as_the_same_document() -> None:
    blocks = (
        Heading(level=2, text="A & B", box=Box(0, 0, 50, 20)),
        Itemized(items=(Item(text="one", blocks=(Itemized(items=(Item(text="two"),)),)),)),
        Table(rows=((Cell(text="1", rowspan=2), Cell(text="2")), (Cell(text="<3>"),)), box=Box(0, 20, 50, 60)),
    )
    page = Page(number=1, size=Size(100, 100), blocks=blocks)
    document = Document(pages=(page,))
    assert read_page(document.to_html(), page.size, page.size).blocks == blocks
    assert Document.model_validate_json(document.model_dump_json()) == document


@given(st.text(), st.sampled_from(["<p>{}</p>", "<td>{}", '<div class="image">{}</div>', '<img alt="{}">', "<h1>{}"]))
def test_no_text_becomes_an_element(text: str, around: str) -> None:
    for reply in (
        text,
        around.format(text),
        around.format("<script>x</script><a href=//a.example onclick=f()>" + text),
    ):
        blocks = read_page(reply, Size(100, 100), Size(100, 100)).blocks
        checker = Tags()
        checker.feed(document_html([blocks]))
        checker.close()
