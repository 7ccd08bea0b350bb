"""A JSON list of points, best first: InfiGUI-G1, and Qwen2.5-VL when it is asked to point.

The first one counts; an empty list says that there is no such element.
"""

import re

from handeye.actions.dialects.grounding import words
from handeye.actions.dialects.grounding.answer import Answer, Found, first_of, search
from handeye.actions.geometry import Size
from handeye.actions.replies.objects import Object, read_reply

_MEMBERS = ("point_2d", "point", "bbox_2d", "bbox", "coordinate")
_NOTHING = re.compile(r"\[\s*\]")


def _told(size: Size) -> str:
    return words.POINTS.format(height=size.height, width=size.width)


def _find(text: str) -> Found:
    reply = read_reply(text, lambda value: _place(value) is not None, "")
    if reply.objects:
        notes = (*reply.notes, *first_of(len(reply.objects)))
        return Found(_place(reply.objects[0]), reply.prose, notes)
    if _NOTHING.search(text):
        return Found(None)
    return search(text)


def _place(value: Object) -> object:
    return next((value[name] for name in _MEMBERS if value.get(name) is not None), None)


POINTS = Answer("point_list", _told, _find, lambda x, y: f'[{{"point_2d": [{x}, {y}]}}]')
