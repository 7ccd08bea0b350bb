"""The page that shows the boxes: complete, escaped, and without a network."""

import re
from pathlib import Path

import pytest
from PIL import Image

from handeye.actions.geometry import Box, Size
from handeye.agent.documents.blocks import Heading, Item, Itemized, Paragraph
from handeye.agent.documents.document import Page
from handeye.agent.documents.errors import DocumentNotSaved
from handeye.agent.documents.writing.view import save_view, view_html

PAGES = [
    Page(
        number=1,
        size=Size(200, 300),
        blocks=(
            Heading(level=1, text="<script>alert(1)</script>", box=Box(10, 20, 60, 40)),
            Itemized(items=(Item(text="one", box=Box(10, 50, 30, 60)),)),
        ),
        notes=("ignored <b>",),
    ),
    Page(number=2, size=Size(100, 100), blocks=(Paragraph(text="http://a.example/x"),)),
    Page(number=3, size=Size(100, 100)),
]


def test_boxes_and_texts_belong_together() -> None:
    html = view_html("a <b>.png", [(page, Image.new("RGB", page.size)) for page in PAGES])
    assert '<rect class="heading" data-part="1-0" x="10" y="20" width="50" height="20">' in html
    assert '<rect class="list" data-part="1-1" x="10" y="50" width="20" height="10">' in html
    assert 'class="part heading" data-part="1-0"><h1 data-bbox="10 20 60 40">&lt;script&gt;' in html
    assert html.count("<svg viewBox=") - 1 == html.count("data:image/png;base64,") == 3  # one is the logo
    assert "<li>ignored &lt;b&gt;</li>" in html and "<title>a &lt;b&gt;.png" in html and "nothing was read" in html
    assert html.count("<script>") == 1
    assert "default-src 'none'; img-src data:;" in html
    assert not re.search(r'(?:src|href)=(?!"data:image/png;base64,)', html)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    save_view(tmp_path / "out.html", "x", [])
    assert (tmp_path / "out.html").read_text("utf-8").startswith("<!doctype html>")
    with pytest.raises(DocumentNotSaved, match=r"cannot write .*: No such file"):
        save_view(tmp_path / "none" / "out.html", "x", [])
