"""What is inside elements: looking for pictures, lists and tables in them, and for what is around those."""

from collections.abc import Iterable, Iterator

from handeye.agent.documents.reading.nodes import Node, kind

CLASSED = frozenset({"div", "figure", "section"})
"""The elements whose class says what they are."""
_RICH = frozenset({"table", "ul", "ol", "dl", "pre", "img", "figure"})
_ROWS = frozenset({"tr", "thead", "tbody", "tfoot"})
_UNREAD = frozenset({"caption", "colgroup"})


def flat(children: Iterable[Node | str]) -> Iterator[Node | str]:
    """Yield elements, and in place of those with pictures, lists and tables in them what they hold."""
    for child in children:
        if isinstance(child, Node) and not is_block(child) and is_rich(child):
            yield from flat(child.children)
        else:
            yield child


def is_block(node: Node) -> bool:
    """Return whether an element is more than text itself."""
    return node.tag in _RICH or (node.tag in CLASSED and kind(node) != "")


def is_rich(child: Node | str) -> bool:
    """Return whether an element is more than text, or has more than text in it."""
    return isinstance(child, Node) and (is_block(child) or any(map(is_rich, child.children)))


def has(child: Node | str, tags: set[str]) -> bool:
    """Return whether an element has one of the tags, or has one with it in it."""
    return isinstance(child, Node) and (child.tag in tags or any(has(each, tags) for each in child.children))


def within(children: Iterable[Node | str], tag: str, beyond: str = "") -> Iterator[Node]:
    """Yield the elements of a tag; not those in an element of the tag `beyond`."""
    for child in children:
        if isinstance(child, Node):
            if child.tag == tag:
                yield child
            elif child.tag != beyond:
                yield from within(child.children, tag, beyond)


def without(children: Iterable[Node | str], left_out: Node | None) -> list[Node | str]:
    """Return elements without one that is in them."""
    return [
        child if isinstance(child, str) else Node(child.tag, child.attributes, without(child.children, left_out))
        for child in children
        if child is not left_out
    ]


def is_cell(node: Node) -> bool:
    """Return whether an element is a cell of a table."""
    return node.tag in {"td", "th"}


def outside_cells(children: Iterable[Node | str]) -> Iterator[Node | str]:
    """Yield what stands in a table, but in none of its cells."""
    for child in children:
        if isinstance(child, Node) and child.tag in _ROWS:
            yield from outside_cells(child.children)
        elif isinstance(child, str) or not (is_cell(child) or child.tag in _UNREAD):
            yield child
