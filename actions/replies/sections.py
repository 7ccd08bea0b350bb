"""Replies in sections: under labels such as `Thought:`, or in tags such as `<think>`.

Both readers take time proportional to the length of the text, whatever it is.
"""

import re
from typing import NamedTuple


class Section(NamedTuple):
    """A part of a reply."""

    name: str
    """The label or tag, in lower case; empty for text outside all of them."""
    text: str


def labelled(text: str, label: re.Pattern[str]) -> list[Section]:
    """Split a text at its labels. The group `name` of `label` is the name of a section; the first one has none."""
    sections: list[Section] = []
    name, start = "", 0
    for found in label.finditer(text):
        sections.append(Section(name, text[start : found.start()].strip()))
        name, start = found["name"].lower(), found.end()
    sections.append(Section(name, text[start:].strip()))
    return sections


def tagged(text: str, names: tuple[str, ...]) -> list[Section]:
    """Split a text at tags with these names, of which the first one holds thoughts.

    A tag that is not closed ends at the next one. Within thoughts that are closed, other tags are text. Thoughts may
    have been opened by the chat template.
    """
    tag = re.compile(rf"<(?P<close>/?)(?P<name>{'|'.join(names)})>", re.IGNORECASE)
    closing = re.compile(rf"</{names[0]}>", re.IGNORECASE)
    last_closing = max((found.end() for found in closing.finditer(text)), default=-1)
    sections: list[Section] = []
    inside, start = "", 0
    position = 0
    while found := tag.search(text, position):
        name, position = found["name"].lower(), found.end()
        if inside == names[0] and name != names[0] and last_closing > position:
            continue
        piece = text[start : found.start()].strip()
        if found["close"] and inside != name:
            # Opened by the chat template, if nothing came before; otherwise it closes nothing.
            unopened = name == names[0] and not any(section.name for section in sections)
            sections.append(Section(name if unopened else inside, piece))
        elif piece or inside:
            sections.append(Section(inside, piece))
        inside, start = "" if found["close"] else name, position
    rest = text[start:].strip()
    if rest or inside or not sections:
        sections.append(Section(inside, rest))
    return sections


def joined(sections: list[Section], *names: str) -> str:
    """Return the texts of the sections with these names, one below the other."""
    return "\n".join(section.text for section in sections if section.name in names and section.text)


def hidden(source: str, names: tuple[str, ...]) -> str:
    """Return the source of a call with these tags escaped, which can only stand within its strings."""
    return re.sub(rf"<(?=/?(?:{'|'.join(names)})>)", r"\\u003c", source, flags=re.IGNORECASE)
