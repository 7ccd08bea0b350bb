"""The plain text of elements."""

import re
from collections.abc import Iterable

from handeye.agent.documents.reading.nodes import Node

_SPACE = re.compile(r"[ \t\r\n\u00a0]+")
_AROUND = re.compile(r" ?\n ?")
_LINES = re.compile(r"\n{2,}")
_DOLLARS = re.compile(r"\A\s*(?:\$\$?|\\\[|\\\()|(?:\$\$?|\\\]|\\\))\s*\Z")


def text_of(children: Iterable[Node | str]) -> str:
    """Return the text of elements: white space as one space, a line break for `br` and between blocks."""
    return _LINES.sub("\n", _AROUND.sub("\n", "".join(map(_piece, children)))).strip()


def raw_text(children: Iterable[Node | str]) -> str:
    """Return the text of elements with its own white space and line breaks."""
    return "".join(
        child if isinstance(child, str) else "\n" if child.tag == "br" else raw_text(child.children)
        for child in children
    ).strip("\n \t")


def latex(children: Iterable[Node | str]) -> str:
    """Return the text of a formula without what marks it as one: `$$ … $$`, `\\[ … \\]`."""
    return _DOLLARS.sub("", raw_text(children)).strip()


def _piece(child: Node | str) -> str:
    if isinstance(child, str):
        return _SPACE.sub(" ", child)
    match child.tag:
        case "br":
            return "\n"
        case "sup" | "sub":
            inner = text_of(child.children)
            return f"{'^' if child.tag == 'sup' else '_'}{{{inner}}}" if inner else ""
        case "span" | "a" | "b" | "strong" | "i" | "em" | "u" | "s" | "del" | "ins" | "small" | "mark" | "font":
            return "".join(map(_piece, child.children))
        case "label" | "code" | "button":
            return "".join(map(_piece, child.children))
        case _:
            return f"\n{text_of(child.children)}\n"
