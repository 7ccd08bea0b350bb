"""The HTML in a reply: what is around it, and what in it is no tag.

Only tags that the reader knows reach the parser. Everything else with an angle bracket is text, as in "p<0.05" or
"List<String>", so nothing that a page says is lost, and the parser never sees the declarations that it stumbles over.
Each function takes time proportional to the length of the text.
"""

import re
from typing import NamedTuple

from handeye.actions.replies.lenient_json import whole_characters

_NAMES = (
    "html|head|body|title|meta|main|section|article|header|footer|nav|aside|div|span|center|font|p|h[1-6]|blockquote"
    "|table|thead|tbody|tfoot|tr|th|td|caption|colgroup|col|ul|ol|li|dl|dt|dd|img|figure|figcaption|br|hr|pre|code"
    "|b|strong|i|em|u|s|del|ins|small|mark|label|button|sub|sup|a|svg|math|script|style|iframe|object|embed|link"
)
_TAG = re.compile(rf"""</?(?:{_NAMES})(?:\s(?:[^<>"']|"[^"<]*"|'[^'<]*')*/?>|/?>|(?P<odd>\s[^<>]*)>)""", re.IGNORECASE)
_FENCE = re.compile(r"```[ \t]*(?:html|xml)?[ \t]*(?=\n|<|\Z)", re.IGNORECASE)
_CUT_TAG = re.compile(rf"<(?:/?(?:{_NAMES})\s[^<>]*|/?[a-z]{{1,10}}[1-6]?)\Z", re.IGNORECASE)
_HIDDEN = re.compile(r"<!--.{0,2000}?-->|<!doctype[^<>]*>|<\?[^<>]*>", re.IGNORECASE | re.DOTALL)
_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")


class Markup(NamedTuple):
    """What is to be parsed."""

    html: str
    """In which every `<` begins a known tag; empty if the reply has no tags."""
    text: str
    """The reply, if it has no tags."""
    notes: tuple[str, ...]


def markup(reply: str) -> Markup:
    """Return the HTML of a reply, or its text."""
    text = _HIDDEN.sub("", without_controls(whole_characters(reply)))
    notes = []
    if cut := _CUT_TAG.search(text):
        text = text[: cut.start()]
        notes.append("the reply ends within a tag")
    before, html, after = _parted(text)
    if not html:
        if text.strip():
            notes.append("the reply is not HTML")
        return Markup("", text.strip(), tuple(notes))
    ignored = " ".join(f"{before} {after}".replace("```", " ").split())
    if ignored:
        notes.append(f"ignored the text around the HTML: {ignored[:100]}")
    return Markup(_escaped(html), "", tuple(notes))


def without_controls(text: str) -> str:
    """Return a text without the characters that steer a terminal, or turn the direction of what follows."""
    return _CONTROL.sub("", text)


def _parted(text: str) -> tuple[str, str, str]:
    """Return what comes before the HTML, the HTML, and what comes after it."""
    first = _TAG.search(text)
    if first is None:
        return text, "", ""
    fence = _FENCE.search(text, 0, first.start())
    start = first.start() if fence is None else fence.end()
    before, html, after = text[: first.start() if fence is None else fence.start()], text[start:], ""
    closing = html.find("```")
    if closing >= 0:
        html, after = html[:closing], html[closing + 3 :]
    if _TAG.search(after):  # more of the page, in a fence of its own or after one that was text
        return before, html + _FENCE.sub("\n", after).replace("```", "\n"), ""
    ends = [*_END.finditer(html)]
    if ends and not _TAG.search(html, ends[-1].end()):
        html, after = html[: ends[-1].end()], html[ends[-1].end() :] + after
    return before, html, after


def _escaped(html: str) -> str:
    pieces, position = [], 0
    for tag in _TAG.finditer(html):
        pieces += [html[position : tag.start()].replace("<", "&lt;"), _quoted(tag)]
        position = tag.end()
    return "".join((*pieces, html[position:].replace("<", "&lt;")))


def _quoted(tag: re.Match[str]) -> str:
    """Return a tag with the last quote closed: the parser would look for the other one in the text after it."""
    if tag["odd"] is None:
        return tag[0]
    inner = tag[0][:-1].replace("'", "").rstrip("/ ")
    closing = '"' if inner.count('"') % 2 else ""
    return f"{inner}{closing}>"
