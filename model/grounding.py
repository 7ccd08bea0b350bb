"""Asking where something is, and reading the answer.

Qwen2.5-VL answers with pixels of the image as it saw it, mostly as JSON, `[{"bbox_2d": [x1, y1, x2, y2], "label": ""}]`
or `[{"point_2d": [x, y], "label": ""}]`, sometimes as XML, `<points x1="" y1="" alt="">`. Answers come in code fences,
with prose around them, or cut off; all places in them are read. Source: the spatial understanding cookbook
of the released models.
"""

import json
import math
import re
from collections.abc import Sequence
from html import unescape
from typing import NamedTuple

from handeye.actions.geometry import Box, Frame, Point, Size, Transform
from handeye.model.errors import UnreadableAnswer

_SLACK = 0.02
"""How far outside the image, as a fraction of its side, a point may lie and still be accepted."""

_N = r"\s*(-?\d{1,9}(?:\.\d{1,9})?)\s*"
_STRING = r""""(?:[^"\\]|\\.){0,300}"|'(?:[^'\\]|\\.){0,300}'"""
_TOKEN = re.compile(
    rf"""["'](?:label|name|category|class|object)["']\s*:\s*(?P<label>{_STRING})"""
    r"""|["'](?:(?P<boxes>bbox_2d|bbox|box)|(?P<points>point_2d|points?)|\w{1,40})["']\s*(?P<key>:)"""
    rf"""|\[{_N},{_N}(?:,{_N},{_N})?\]"""
    rf"""|<\|box_start\|>\s*\({_N},{_N}\)(?:\s*,?\s*\({_N},{_N}\))?"""
    rf"""|\bx\d*\s*=\s*["']{_N}["']\s+(?P<xml>y)\d*\s*=\s*["']{_N}["']"""
    rf"""|\balt\s*=\s*(?P<alt>{_STRING})"""
    r"""|>(?P<inner>[^<>]{1,300})</points?\b"""
    r"""|<\|object_ref_start\|>(?P<ref>[^<]{1,300})"""
    r"""|[{}]|</?points?\b"""
)
_NONE = re.compile(r"\[\s*\]")


class Labelled(NamedTuple):
    """A place in an answer, in pixels of the image that was asked about."""

    place: Box | Point
    label: str
    """What the model calls it; empty if it says nothing."""


class Answer(NamedTuple):
    """What an answer says."""

    found: list[Labelled]
    """In the order of the answer."""
    outside: int
    """How many more places lie outside the image."""
    nothing: bool
    """Whether it is an empty list."""


def question(phrase: str) -> str:
    """Return the prompt that asks for the boxes of everything that a phrase describes."""
    return f"Locate {phrase.strip()}, output its bbox coordinates using JSON format."


def places(answer: str, seen: Size, size: Size) -> list[Box | Point]:
    """Read an answer in pixels of the image as the model saw it; return places in pixels of the image of `size`.

    Boxes are clipped to the image; points just outside are moved to its edge. An empty list, `[]`, is a valid answer.

    Raises:
        UnreadableAnswer: the answer contains no box or point, or all of them lie outside the image.
    """
    read = read_answer(answer, seen, size)
    if read.found or read.nothing:
        return [each.place for each in read.found]
    raise unreadable(answer, read, seen)


def unreadable(answer: str, read: Answer, seen: Size) -> UnreadableAnswer:
    """Return the error about an answer without a place in the image."""
    shown = " ".join(answer.split())[:200]
    if read.outside:
        return UnreadableAnswer(f"the model named only places outside the image of {seen}: {shown!r}")
    return UnreadableAnswer(f"the model's answer contains no box and no point: {shown!r}")


def read_answer(answer: str, seen: Size, size: Size) -> Answer:
    """Read any answer as `places` does, with labels; lists of numbers count alone where no place has a name.

    Takes time proportional to the length of the answer.
    """
    transform = Transform(Frame("model image", seen), Frame("image", size))
    named, bare = _written(answer)
    found, outside = [], 0
    for numbers, label in named or bare:
        place = box_in(numbers, seen) if len(numbers) == 4 else _point(numbers, seen)
        if place is None:
            outside += 1
        else:
            mapped = transform.box(place) if isinstance(place, Box) else transform.point(place)
            found.append(Labelled(mapped, label))
    return Answer(found, outside, nothing=not (named or bare) and _NONE.search(answer) is not None)


_Numbers = list[float]


def _written(answer: str) -> tuple[list[tuple[_Numbers, str]], list[tuple[_Numbers, str]]]:
    """Return the places that a member, an attribute or a tag names, and the lists of numbers that nothing names."""
    named: list[tuple[_Numbers, str]] = []
    bare: list[tuple[_Numbers, str]] = []
    pending: list[_Numbers] = []
    label, wanted, keyed = "", 0, False

    def end() -> None:
        nonlocal label, wanted
        named.extend((numbers, label) for numbers in pending)
        pending.clear()
        label, wanted = "", 0

    for token in _TOKEN.finditer(answer):
        numbers = [float(number) for number in token.groups() if number is not None and _is_number(number)]
        if token["label"] or token["alt"]:
            label = label or unescape(_unquoted(token["label"] or token["alt"]))
        elif token["key"]:
            wanted, keyed = 4 if token["boxes"] else 2 if token["points"] else 0, True
        elif token["inner"] or token["ref"]:
            if token["ref"]:
                end()
            label = label or unescape(token["inner"] or token["ref"]).strip()
            if token["inner"]:
                end()
        elif not numbers:
            end()
        elif token["xml"] or token[0].startswith("<") or len(numbers) == wanted:
            pending.append(numbers)
        elif not keyed:
            bare.append((numbers, ""))
    end()
    return named, bare


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(?:\.\d+)?", text) is not None


def _unquoted(string: str) -> str:
    try:
        text = str(json.loads(string, strict=False))
    except ValueError:  # single quotes
        text = re.sub(r"\\(.)", r"\1", string[1:-1], flags=re.DOTALL)
    return text.strip().encode("utf-8", "replace").decode()  # without lone surrogates, which nothing can store


def box_in(numbers: Sequence[float], seen: Size) -> Box | None:
    """Return the box of two corners, in any order, clipped to the image of `seen`; None if nothing is left.

    It covers every pixel that its edges touch, and at least one.
    """
    left, right = sorted((numbers[0], numbers[2]))
    top, bottom = sorted((numbers[1], numbers[3]))
    box = Box(
        max(0, math.floor(left)),
        max(0, math.floor(top)),
        min(seen.width, max(math.ceil(right), math.floor(left) + 1)),
        min(seen.height, max(math.ceil(bottom), math.floor(top) + 1)),
    )
    return box if box.left < box.right and box.top < box.bottom else None


def _point(numbers: Sequence[float], seen: Size) -> Point | None:
    """Return the point, moved to the edge if it lies just outside; None if it lies further out."""
    x, y = numbers
    across, down = _SLACK * seen.width, _SLACK * seen.height
    if not (-across <= x < seen.width + across and -down <= y < seen.height + down):
        return None
    return Frame("model image", seen).clamp(Point(math.floor(x), math.floor(y)))
