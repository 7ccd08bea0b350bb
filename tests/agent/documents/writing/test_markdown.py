"""Blocks as Markdown: what a reader of Markdown sees is the text, and nothing but the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

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
)
from handeye.agent.documents.writing.markdown import blocks_markdown, document_markdown

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


@pytest.mark.parametrize(
    ("block", "wanted"),
    [
        (Heading(level=2, text="Title"), "## Title"),
        (Paragraph(text="One\ntwo."), "One  \ntwo."),
        (Paragraph(text="# no heading"), "\\# no heading"),
        (Paragraph(text="1. no list"), "1\\. no list"),
        (
            Paragraph(text="snake_case *b* [a](b) <i> `c` A&amp;B"),
            "snake_case \\*b\\* \\[a\\](b) \\<i\\> \\`c\\` A\\&amp;B",
        ),
        (Itemized(items=(Item(text="a"), Item(text="b"))), "- a\n- b"),
        (
            Itemized(ordered=True, items=(Item(text="a", blocks=(Itemized(items=(Item(text="b"),)),)),)),
            "1. a\n   - b",
        ),
        (
            Table(
                rows=(
                    (Cell(text="A", header=True, colspan=2),),
                    (Cell(text="b", rowspan=2), Cell(text="c|d")),
                    (Cell(text="e"),),
                )
            ),
            "| A |  |\n| --- | --- |\n| b | c\\|d |\n|  | e |",
        ),
        (Table(caption="T", rows=((Cell(text="1\n2"),),)), "*T*\n\n|  |\n| --- |\n| 1 2 |"),
        (Formula(latex="a_1"), "```math\na_1\n```"),
        (Score(text="X:1"), "```abc\nX:1\n```"),
        (Chemistry(text="CCO"), "```smiles\nCCO\n```"),
        (Code(text="````"), "`````\n````\n`````"),
        (Figure(), "**Figure**"),
        (Figure(caption="A cat"), "**Figure**: A cat"),
        (Chart(text="Up", table=Table(rows=((Cell(text="1"),),))), "**Chart**: Up\n\n|  |\n| --- |\n| 1 |"),
    ],
)
def test_each_kind_of_block(block: Block, wanted: str) -> None:
    assert "\n\n".join(blocks_markdown([block])) == wanted


def test_a_rule_stands_between_pages() -> None:
    assert document_markdown([[Paragraph(text="a")], [], [Paragraph(text="b")]]) == "a\n\n---\n\n\n\n---\n\nb\n"


NASTY = st.text(st.sampled_from("<>[]()!`*_#&|\\~-+=.1: \nabs/\"'\u2028\x85"), max_size=40) | st.sampled_from(
    ["<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](http://a.example/t.png)", "<http://a.example>",
     "[a]: http://a.example", "&lt;img src=x&gt;", "```\n<b>", "a | b\n--- | ---", "x\n===", "    code", "<!-- x -->"]
)  # fmt: skip


@given(NASTY)
def test_no_text_becomes_markup(text: str) -> None:
    shapes: list[Block] = [
        Paragraph(text=text),
        Heading(level=1, text=text.replace("\n", " ")),
        Itemized(items=(Item(text=text),)),
        Table(caption=text, rows=((Cell(text=text), Cell(text="x")),)),
        Figure(caption=text, text=text),
    ]
    for shape in shapes:
        kinds: set[str] = set()
        for token in READER.parse(document_markdown([[shape]])):
            kinds |= {token.type, *(child.type for child in token.children or ())}
        assert not kinds & {
            "html_block",
            "html_inline",
            "link_open",
            "image",
            "code_inline",
            "s_open",
            "blockquote_open",
        }
        if isinstance(shape, Paragraph):
            assert kinds <= {
                "paragraph_open",
                "paragraph_close",
                "inline",
                "text",
                "text_special",
                "hardbreak",
                "softbreak",
            }


@given(NASTY, st.sampled_from([Formula, Score, Code]))
def test_what_is_fenced_stays_in_its_fence(text: str, kind: type[Formula] | type[Score] | type[Code]) -> None:
    block: Block = Formula(latex=text) if kind is Formula else Score(text=text) if kind is Score else Code(text=text)
    (token,) = READER.parse(document_markdown([[block]]))
    assert token.type == "fence" and token.content == f"{text}\n"


def test_the_text_is_read_back() -> None:
    text = "5 * 3 < 20 & [see] _this_ \\n #1 ~~no~~ a_b"
    (inline,) = [token for token in READER.parse(document_markdown([[Paragraph(text=text)]])) if token.children]
    assert "".join(child.content for child in inline.children or ()) == text
