"""The tags of a reply as a tree, whatever is not closed, closed twice, or in the wrong order."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from handeye.agent.documents.reading.markup import without_controls

MAX_DEPTH = 30
"""How deep elements are nested; those below become text of their ancestor."""

VOID = frozenset({"br", "img", "hr", "meta", "col", "link", "embed"})
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_HIDDEN = frozenset({"script", "style", "title", "iframe", "object"})
_BLOCKS = frozenset(
    {
        *HEADINGS,
        "p",
        "div",
        "ul",
        "ol",
        "dl",
        "table",
        "figure",
        "pre",
        "blockquote",
        "hr",
        "section",
        "article",
        "main",
    }
)
_CELLS = frozenset({"td", "th"})
_PARTS = frozenset({"tbody", "thead", "tfoot", "tr", *_CELLS, "caption"})


@dataclass(slots=True)
class Node:
    """An element."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Node | str]" = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """The words of its class, in lower case: "formula.machine_printed" has three."""
        name = self.attributes.get("class", "").lower()
        return "".join(c if c.isalnum() else " " for c in name).split()


def parse(html: str) -> Node:
    """Return the tree of an HTML text in which every `<` begins a known tag."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("body")
        self._open = [self.root]
        self._hidden = ""
        """The open element whose text is no text of the page."""

    def set_cdata_mode(self, elem: str, **options: object) -> None:
        """Parse all elements alike: a script that is not closed would hide the rest of the page."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden and tag not in _BLOCKS:
            return
        self._hidden = tag if tag in _HIDDEN else ""
        if self._hidden or tag in {"html", "head", "body"}:
            return
        attributes: dict[str, str] = {}
        for name, value in attrs:
            attributes.setdefault(name, without_controls(value or ""))
        node = Node(tag, attributes)
        self._make_room(node)
        self._open[-1].children.append(node)
        if tag not in VOID and len(self._open) <= MAX_DEPTH:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""
        elif tag not in VOID:
            self._close(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._open[-1].children.append(without_controls(data))

    def _close(self, *tags: str, within: frozenset[str] = frozenset({"table"})) -> None:
        """Close the innermost element with one of the tags, and what is open in it; none beyond those of `within`."""
        for index in range(len(self._open) - 1, 0, -1):
            if self._open[index].tag in tags:
                del self._open[index:]
                return
            if self._open[index].tag in within:
                return

    def _make_room(self, node: Node) -> None:
        """Close what cannot hold the new element."""
        if node.tag in _BLOCKS or node.tag in _PARTS or node.tag == "li":
            self._close(
                "p", *HEADINGS, "pre", within=frozenset({"table", "li", "td", "th", "div", "caption", "figure"})
            )
        if node.tag == "li":
            self._close("li", within=frozenset({"ul", "ol", "table"}))
        elif node.tag in {"dt", "dd"}:
            self._close("dt", "dd", within=frozenset({"dl", "table"}))
        elif node.tag in _CELLS:
            self._close("td", "th", "caption", within=frozenset({"tr", "table"}))
        elif node.tag in _PARTS:
            self._close("tr", "caption")
            if node.tag != "tr":
                self._close("thead", "tbody", "tfoot")
        elif self._begins_anew(node):
            self._close("div", "figure")

    def _begins_anew(self, node: Node) -> bool:
        """Return whether an element cannot be in the picture, formula or chart that is open, which was not closed."""
        holder = next((each for each in reversed(self._open) if each.tag in {"div", "figure", "td", "th", "li"}), None)
        if holder is None or holder.tag in {"td", "th", "li"} or not (kind(holder) or holder.tag == "figure"):
            return False
        if node.tag == "table":
            return kind(holder) != "chart"
        classed = node.tag == "div" and bool(kind(node))
        own = node.tag == "p" and "data-bbox" in node.attributes
        return node.tag in {*HEADINGS, "ul", "ol", "dl"} or classed or own


def kind(node: Node) -> str:
    """Return what the class of an element says that it is: one of the classes of QwenVL HTML, or nothing."""
    words = node.words
    for name, marks in (
        ("score", ("music",)),
        ("chemistry", ("chemical", "chemistry", "smile", "smiles")),
        ("chart", ("chart",)),
        ("formula", ("formula", "equation")),
        ("figure", ("image", "figure", "picture")),
    ):
        if any(mark in words for mark in marks):
            return name
    return ""
