"""Reading documents as models really write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.geometry import Box, Point, Size
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
    placed,
)
from handeye.agent.documents.reading.read import read_page

SEEN, SIZE = Size(1008, 1540), Size(2016, 3080)  # the caller's page is twice as large as what the model sees


def blocks(reply: str) -> list[Block]:
    return [*read_page(reply, SEEN, SIZE).blocks]


def test_the_page_of_the_cookbook() -> None:
    # The beginning of QwenLM/Qwen2.5-VL:cookbooks/document_parsing.ipynb, as Qwen2.5-VL-72B answered.
    reply = (
        '```html\n<html><body>\n<h2 data-bbox="310 94 658 132">Qwen2.5 Technical Report</h2> \n '
        '<p data-bbox="427 154 542 182">Qwen Team</p> \n '
        '<div class="image" data-bbox="262 195 708 272"><img data-bbox="262 195 708 272"/></div> \n</body></html>\n```'
    )
    assert read_page(reply, SEEN, SIZE) == (
        (
            Heading(box=Box(620, 188, 1316, 264), level=2, text="Qwen2.5 Technical Report"),
            Paragraph(box=Box(854, 308, 1084, 364), text="Qwen Team"),
            Figure(box=Box(524, 390, 1416, 544)),
        ),
        (),
    )


AT = 'data-bbox="10 20 30 40"'
BOX = Box(20, 40, 60, 80)


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        (f'<div class="image caption" {AT}><img {AT}/><p>A cat</p></div>', Figure(box=BOX, caption="A cat")),
        (f'<div class="image ocr" {AT}><img {AT}/><p>STOP</p></div>', Figure(box=BOX, text="STOP")),
        (f'<div class="image"><img {AT} alt="A cat"/></div>', Figure(box=BOX, caption="A cat")),
        (f"<img src=https://a.example/x.png {AT}>", Figure(box=BOX)),
        (f"<figure {AT}><img><figcaption>A cat</figcaption></figure>", Figure(box=BOX, caption="A cat")),
        (f'<div class="formula" {AT}><img {AT} /><div>$$E=mc^2$$</div></div>', Formula(box=BOX, latex="E=mc^2")),
        (f'<div class="formula.machine_printed" {AT}>\\[a_1\\]</div>', Formula(box=BOX, latex="a_1")),
        (
            f'<div {AT} class="formula.handwritten">x &lt; y</div>',
            Formula(box=BOX, latex="x < y", handwritten=True),
        ),
        (
            f'<div class="chart" {AT}><img/><table><tr><td>2020</td><td>7</td></tr></table></div>',
            Chart(box=BOX, table=Table(rows=((Cell(text="2020"), Cell(text="7")),))),
        ),
        (f'<div class="chart" {AT}>Sales rise</div>', Chart(box=BOX, text="Sales rise")),
        (
            f'<div class="music sheet" format="abc notation" {AT}><img/><div>X:1\nK:C\nCDEF|</div></div>',
            Score(box=BOX, text="X:1\nK:C\nCDEF|"),
        ),
        (
            f'<div class="chemical formula" format="smile" {AT}><img/><div>CC(=O)O</div></div>',
            Chemistry(box=BOX, text="CC(=O)O"),
        ),
        (f'<div class="chemical_formula" format="inchi" {AT}>x</div>', Chemistry(box=BOX, format="inchi", text="x")),
        (f"<pre {AT}>if a:\n    b</pre>", Code(box=BOX, text="if a:\n    b")),
        (f"<h1 {AT}>A<br>B</h1>", Heading(box=BOX, level=1, text="A B")),
        (f"<p {AT}>A <b>bold</b><br/>word</p>", Paragraph(box=BOX, text="A bold\nword")),
        (f"<p {AT}>x<sup>2</sup> H<sub>2</sub>O&nbsp;&eacute;&#x41;</p>", Paragraph(box=BOX, text="x^{2} H_{2}O éA")),
        (f'<div class="text" {AT}>plain</div>', Paragraph(box=BOX, text="plain")),
        (f'<div class="header" {AT}><p>inner</p></div>', Paragraph(box=BOX, text="inner")),
        (
            '<p data-polygon="10 20 30 20 30 40 10 40">turned</p>',
            Paragraph(box=BOX, polygon=(Point(21, 41), Point(61, 41), Point(61, 81), Point(21, 81)), text="turned"),
        ),
        (
            f"<ol {AT}><li {AT}>one<li>two<ul><li>deep</ul></ol>",
            Itemized(
                box=BOX,
                ordered=True,
                items=(Item(box=BOX, text="one"), Item(text="two", blocks=(Itemized(items=(Item(text="deep"),)),))),
            ),
        ),
        (
            f'<style>table1 td {{ border: 1px }}</style><table class="table1" {AT}><caption>T 1</caption>'
            '<thead><tr><th colspan="2">A</th></tr></thead><tbody><tr><td rowspan=2>b</td><td>c</td></tr>'
            "<tr><td>d</td></tr></tbody></table>",
            Table(
                box=BOX,
                caption="T 1",
                rows=(
                    (Cell(text="A", header=True, colspan=2),),
                    (Cell(text="b", rowspan=2), Cell(text="c")),
                    (Cell(text="d"),),
                ),
            ),
        ),
        (
            f"<table {AT}><tr><td>a<table><tr><td>inner</td></tr></table></td></tr></table>",
            Table(box=BOX, rows=((Cell(text="a", blocks=(Table(rows=((Cell(text="inner"),),)),)),),)),
        ),
    ],
)
def test_each_kind_of_block(html: str, wanted: Block) -> None:
    assert blocks(f"<html><body>\n{html}\n</body></html>") == [wanted]


@pytest.mark.parametrize(
    ("reply", "note"),
    [
        (f"<html><body><p {AT}>Hello</p></body></html>", ""),
        (f"```html\n<html><body><p {AT}>Hello</p></body></html>\n```", ""),
        (f"```html\n<html><body><p {AT}>Hello", ""),
        (f"<p {AT}>Hello", ""),
        (f"<p {AT}>Hello</p></div></table></body>", ""),
        (f"<P {AT.upper()}>Hello</P>", ""),
        (f"<p id='x' onclick=\"f()\" {AT} style='color:red'>Hello</p>", ""),
        ('<p data-bbox="30 40 10 20">Hello</p>', ""),
        ("<p data-bbox='10.2, 20.9, 29.6, 39.5'>Hello</p>", ""),
        ('<p data-bbox="[10 20 30 40]">Hello</p>', ""),
        ('<p data-bbox="10 20 30 40>Hello</p>', ""),
        (f"<p {AT}>Hello</p>\n<p data-bbox", "the reply ends within a tag"),
        (f"<p {AT}>Hello</p", "the reply ends within a tag"),
        (f"Here it is:\n```html\n<p {AT}>Hello</p>\n```\nDone.", "around the HTML: Here it is: Done."),
        (f"Here it is: <html><body><p {AT}>Hello</p></body></html> Done.", "around the HTML: Here it is: Done."),
        (f"<!DOCTYPE html><!-- a --><?xml?><p {AT}>Hello</p>", ""),
        (f"<script>if (a<b) document.write('<p>x</p>')</script><p {AT}>Hello</p>", None),
        (f"<style>td {{ color: red }}<p {AT}>Hello</p>", ""),
        (f"<p {AT}>Hello<script>bad()</script></p>", ""),
    ],
)
def test_noise_around_a_paragraph(reply: str, note: str | None) -> None:
    read = read_page(reply, SEEN, SIZE)
    assert Paragraph(box=BOX, text="Hello") in read.blocks
    if note is not None:
        assert len(read.blocks) == 1
        assert note in " ".join(read.notes) and bool(note) == bool(read.notes)


@pytest.mark.parametrize(
    ("place", "box", "note"),
    [
        ("900 1500 1200 1700", Box(1800, 3000, 2016, 3080), ""),
        ("-5 -5 10 10", Box(0, 0, 20, 20), ""),
        ("5 5 5 5", Box(10, 10, 12, 12), ""),
        ("1100 10 1200 20", None, "p has a box outside the page"),
        ("1 2 3", None, "p has a box without four numbers"),
        ("", None, "p has a box without four numbers"),
        ("one two", None, "p has a box without four numbers"),
        ("99999999999999 1 2 3", Box(4, 2, 2016, 6), ""),
    ],
)
def test_places(place: str, box: Box | None, note: str) -> None:
    read = read_page(f'<p data-bbox="{place}">x</p>', SEEN, SIZE)
    assert read.blocks == (Paragraph(box=box, text="x"),)
    assert read.notes == ((note,) if note else ())


def test_numbers_up_to_a_thousand_are_pixels_like_all_others() -> None:
    read = read_page('<p data-bbox="0 0 1000 1000">x</p>', Size(280, 140), Size(280, 140))
    assert read.blocks == (Paragraph(box=Box(0, 0, 280, 140), text="x"),)


def test_elements_that_are_not_closed_end_where_the_next_begins() -> None:
    reply = (
        f'<h2 {AT}>Title<p {AT}>Text<div class="image" {AT}><img {AT}><p {AT}>After'
        f'<div class="formula" {AT}>x<table {AT}><tr><td>1<td>2<tr><td>3</table><h2>End'
    )
    kinds = [(block.type, block.box) for block in blocks(reply)]
    assert kinds == [
        ("heading", BOX),
        ("paragraph", BOX),
        ("figure", BOX),
        ("paragraph", BOX),
        ("formula", BOX),
        ("table", BOX),
        ("heading", None),
    ]


def test_text_without_tags_is_paragraphs() -> None:
    read = read_page("First\nline.\n\nIf a < b, or List<String>.", SEEN, SIZE)
    assert read.blocks == (Paragraph(text="First line."), Paragraph(text="If a < b, or List<String>."))
    assert read.notes == ("the reply is not HTML",)
    assert read_page(" \n", SEEN, SIZE) == ((), ())


def test_angle_brackets_that_are_no_tags_stay() -> None:
    (block,) = blocks("<p>p<0.05 a<b <-> List<String> <think> <!x> <![CDATA[y]]> </3</p>")
    assert block == Paragraph(text="p<0.05 a<b <-> List<String> <think> <!x> <![CDATA[y]]> </3")


def test_pictures_between_words_are_blocks_of_their_own() -> None:
    assert blocks(f'<p {AT}>before <img data-bbox="1 1 2 2"> after</p>') == [
        Paragraph(text="before"),
        Figure(box=Box(2, 2, 4, 4)),
        Paragraph(text="after"),
    ]
    assert blocks(f'<p {AT}><img data-bbox="1 1 2 2"> after</p>')[1] == Paragraph(box=BOX, text="after")


def test_what_has_a_box_is_listed_with_its_parts() -> None:
    reply = f"<ul {AT}><li {AT}>a</li><li>b</li></ul><table {AT}><tr><td {AT}>c</td></tr></table><p>d</p>"
    assert [type(each).__name__ for each in placed(blocks(reply))] == ["Itemized", "Item", "Table", "Cell"]


def test_what_steers_a_terminal_is_dropped() -> None:
    assert blocks("<p>a\x1b[31m&#x9b;b\u202ec\u3000d&#x202e;</p>") == [Paragraph(text="a[31m\u203abc\u3000d")]


def test_spans_are_bounded() -> None:
    (table,) = blocks("<table><tr><td rowspan=0 colspan=99999999>a</td><td rowspan=-1 colspan=9999>b</td></tr></table>")
    assert isinstance(table, Table)
    assert [(cell.rowspan, cell.colspan) for cell in table.rows[0]] == [(1, 1), (1, 100)]


FRAGMENTS = st.sampled_from(
    [
        '<p data-bbox="1 2 3 4">',
        "</p>",
        "<h2>",
        "</h2>",
        '<div class="image" data-bbox="1 2 30 40">',
        "</div>",
        "<table>",
        "</table>",
        "<tr>",
        '<td rowspan="3">',
        "<th>",
        "<thead>",
        "</td>",
        "<ul>",
        "<ol>",
        "<li>",
        "</ul>",
        '<div class="formula">',
        '<div class="chart">',
        '<div class="music sheet">',
        "<img alt=x>",
        "<br>",
        "<pre>",
        "<script>",
        "</script>",
        "<style>",
        "<title>",
        "<sup>",
        "<span>",
        "<!--",
        "-->",
        "<![CDATA[",
        "<!",
        "<?",
        "</",
        "<",
        ">",
        "&",
        "&#",
        "&lt;",
        "```",
        "```html",
        '"',
        "'",
        "=",
        "text",
        "\x00",
        "\ud800",
        "</html>",
        "<body>",
        '<p data-polygon="1 2 3 4 5 6">',
        "<figure>",
        "<figcaption>",
        "<dl>",
        "<dt>",
        "<iframe>",
        "<a href='x'>",
    ]
)


@given(st.text() | st.lists(FRAGMENTS | st.text(max_size=5), max_size=60).map("".join))
def test_any_text_is_read(reply: str) -> None:
    read = read_page(reply, SEEN, SIZE)
    page = Box(0, 0, *SIZE)
    for each in placed(read.blocks):
        assert each.box and page.contains(Point(*each.box[:2]))
        assert page.contains(Point(each.box.right - 1, each.box.bottom - 1))
        assert all(map(page.contains, each.polygon))
    for block in read.blocks:
        block.model_dump_json().encode()


@pytest.mark.parametrize(
    "piece", ["<p ", "<", "<!--", "<div>", "<table><tr><td>", '<p "', "&#", "<script>", "```", "<li>"]
)
def test_long_noise_is_read_too(piece: str) -> None:
    read_page(piece * 3000, SEEN, SIZE)
