"""The unified JSON step: read leniently from a model's reply, and written in the form that models are trained on."""

import json
import math
from collections.abc import Sequence

from handeye.actions.aliases import canonical_members
from handeye.actions.fields import MAX_PATH
from handeye.actions.geometry import Box, Frame
from handeye.actions.pixels import PixelReader
from handeye.actions.reading import MAX_ACTIONS, Reading, read_number
from handeye.actions.reply import Object, read_reply
from handeye.actions.schema import ACTIONS, AnyAction, InvalidAction, dump, load

_THOUGHTS = ("thought", "thoughts", "thinking", "reasoning")
_MISSING = 'the reply contains no step: answer with {"thought": "...", "action": {"type": ...}}'


def parse(text: str, frame: Frame, *, target: Frame | None = None, marks: Sequence[Box] = ()) -> Reading:
    """Read a reply of unified steps with points in pixels of `frame`; the points of the actions are pixels of `target`.

    Without a `target`, both are the same frame. A step may hold `"mark": 7` instead of a point, for the middle of the
    seventh of `marks`, which are boxes in the target.

    Accepts any text: an unreadable reply becomes `Reading.problem`. The steps may be surrounded by prose, tags, lists
    and code fences; several steps form a batch.
    """
    reply = read_reply(text, _is_step, _MISSING)
    if reply.failure is not None:
        return Reading.of_problem(reply.failure, text, reply.thought, reply.conclusion)
    thoughts = [reply.thought]
    actions = []
    pixels = PixelReader(frame, target, marks)
    try:
        for step in reply.objects:
            thoughts.append(_thought(step))
            for members in _actions(step):
                thoughts.append(_thought(members))
                actions.append(read_action(members, pixels))
                if len(actions) > MAX_ACTIONS:
                    raise InvalidAction(f"the reply contains more than {MAX_ACTIONS} actions: answer with one step")
    except InvalidAction as error:
        return Reading.of_problem(str(error), text, _join(thoughts) or reply.prose, reply.conclusion)
    thought = _join(thoughts) or reply.prose
    if not actions:
        return Reading.of_problem(_MISSING, text, thought, reply.conclusion)
    return Reading(thought, tuple(actions), None, reply.conclusion, (*reply.notes, *pixels.notes), tuple(pixels.named))


def render(action: AnyAction, thought: str = "") -> str:
    """Return `{"thought": "...", "action": {...}}` on one line; fields at their default are omitted."""
    return json.dumps({"thought": thought, "action": dump(action)}, ensure_ascii=False)


def read_action(members: Object, pixels: PixelReader) -> AnyAction:
    """Return the action with these members, under the schema's names or aliases; raise `InvalidAction`."""
    given = canonical_members({name: value for name, value in members.items() if name not in _THOUGHTS})
    read: dict[str, object] = {}
    if "mark" in given and _has_point(given.get("type")):
        read["point"] = pixels.place(given.pop("point", None), given.pop("mark"))
    return load(read | {name: _read_member(name, value, pixels) for name, value in given.items()})


def _has_point(kind: object) -> bool:
    return isinstance(kind, str) and kind in ACTIONS and "point" in ACTIONS[kind].model_fields


def _read_member(name: str, value: object, pixels: PixelReader) -> object:
    match name, value:
        case "point", _:
            return pixels.point(value)
        case "path", list() if len(value) <= MAX_PATH:
            return [pixels.point(point) for point in value]
        case "box", _:
            return pixels.box(value)
        case (("seconds" | "hold_seconds"), str()):
            return read_number(value)
        case (("count" | "index"), str() | float()):
            number = read_number(value)
            return int(number) if isinstance(number, float) and number.is_integer() else value
        case (("dx" | "dy"), str() | float() | int()):
            return _read_distance(name, value, pixels)
        case (("clear" | "submit"), "true" | "True"):
            return True
        case (("clear" | "submit"), "false" | "False"):
            return False
        case _:
            return value


def _read_distance(name: str, value: str | float, pixels: PixelReader) -> object:
    number = read_number(value)
    if isinstance(number, bool) or not isinstance(number, int | float):
        return value
    if isinstance(number, float) and not math.isfinite(number):
        return value
    whole = round(number)
    if whole != number:
        pixels.notes.append(f"rounded {name} {number:.10g} to {whole}")
    return pixels.distance(whole, 0)[0] if name == "dx" else pixels.distance(0, whole)[1]


def _is_step(value: Object) -> bool:
    # A thought alone also counts as a step, without an action: skipping it would hide that the action is missing.
    return not value.keys().isdisjoint(("action", "actions", "thought")) or isinstance(value.get("type"), str)


def _actions(step: Object) -> list[Object]:
    """Return the members of each action of a step: nested, in a list, or among the members of the step itself."""
    inner = step["actions"] if "actions" in step else step.get("action")
    own = {name: value for name, value in step.items() if name != "action" and name not in _THOUGHTS}
    match inner:
        case dict():
            items: list[object] = [inner]
        case list():
            items = inner
        case str():
            return [{"type": inner} | own]
        case _:
            return [own]
    actions = [_typed(item) for item in items if isinstance(item, dict)]
    if len(actions) < len(items):
        raise InvalidAction('each action must be a JSON object such as {"type": "back"}')
    return actions


def _typed(members: Object) -> Object:
    """Return the members with the type under `type`; some models write `action` or `action_type`."""
    for name in ("action", "action_type"):
        if "type" not in members and isinstance(members.get(name), str):
            return {"type": members[name]} | {key: value for key, value in members.items() if key != name}
    return members


def _thought(members: Object) -> str:
    texts = (members.get(name) for name in _THOUGHTS)
    return "\n".join(text.strip() for text in texts if isinstance(text, str))


def _join(thoughts: list[str]) -> str:
    return "\n".join(thought for thought in thoughts if thought)
