"""The unified JSON step: read leniently from a model's reply, and written in the form that models are trained on."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handeye.actions.abilities import Abilities
from handeye.actions.aliases import canonical_members
from handeye.actions.describe import prompt_text
from handeye.actions.dialects.dialect import Seen
from handeye.actions.fields import MAX_PATH
from handeye.actions.geometry import Frame, Size
from handeye.actions.places import PlaceReader
from handeye.actions.points import PIXELS, Points
from handeye.actions.reading import MAX_ACTIONS, Reading, read_number
from handeye.actions.replies.objects import Object, read_reply
from handeye.actions.schema import ACTION_TYPES, ACTIONS, AnyAction, InvalidAction, dump, load

_THOUGHTS = ("thought", "thoughts", "thinking", "reasoning")
_MISSING = 'the reply contains no step: answer with {"thought": "...", "action": {"type": ...}}'


@dataclass(frozen=True, slots=True)
class Unified:
    """The unified step. It can say everything, and is never told: a checkpoint that writes it was trained on it."""

    name: str = "unified"
    says: frozenset[str] = ACTION_TYPES
    points: Points = PIXELS

    @property
    def unsaid(self) -> Mapping[str, str]:
        """Nothing."""
        return {}

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return one paragraph for each possible action, generated from the schema."""
        return prompt_text(abilities.types & self.says)

    def read(self, text: str, seen: Seen, locate: Callable[[Object], Object] = lambda members: members) -> Reading:
        """Read steps, surrounded by prose, tags, lists and code fences; several form a batch.

        A step may hold `"mark": 7` instead of a point. It names its own points and tabs: the cursor does not matter.
        `locate` may replace members of an action before it is read; what it raises as `InvalidAction` is the problem.
        """
        reply = read_reply(text, _is_step, _MISSING)
        if reply.failure is not None:
            return Reading.of_problem(reply.failure, text, reply.thought, reply.conclusion)
        thoughts = [reply.thought]
        actions = []
        places = PlaceReader(seen.frame, seen.target, seen.marks, self.points)
        try:
            for step in reply.objects:
                thoughts.append(_thought(step))
                for members in _actions(step):
                    thoughts.append(_thought(members))
                    actions.append(read_action(locate(members), places))
                    if len(actions) > MAX_ACTIONS:
                        raise InvalidAction(f"the reply contains more than {MAX_ACTIONS} actions: answer with one step")
        except InvalidAction as error:
            return Reading.of_problem(str(error), text, _join(thoughts) or reply.prose, reply.conclusion)
        thought = _join(thoughts) or reply.prose
        if not actions:
            return Reading.of_problem(_MISSING, text, thought, reply.conclusion)
        notes = (*reply.notes, *places.notes)
        return Reading(thought, tuple(actions), None, reply.conclusion, notes, tuple(places.named))

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return `{"thought": "...", "action": {...}}` on one line; fields at their default are omitted."""
        return json.dumps({"thought": thought, "action": dump(action)}, ensure_ascii=False)

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the action alone."""
        return (json.dumps(dump(action), ensure_ascii=False),)

    def word(self, kind: str) -> str | None:
        """Return the type itself."""
        return kind


UNIFIED = Unified()


def read_action(members: Object, places: PlaceReader) -> AnyAction:
    """Return the action with these members, under the schema's names or aliases; raise `InvalidAction`."""
    given = canonical_members({name: value for name, value in members.items() if name not in _THOUGHTS})
    read: dict[str, object] = {}
    if "mark" in given and _has_point(given.get("type")):
        read["point"] = places.place(given.pop("point", None), given.pop("mark"))
    return load(read | {name: _read_member(name, value, places) for name, value in given.items()})


def _has_point(kind: object) -> bool:
    return isinstance(kind, str) and kind in ACTIONS and "point" in ACTIONS[kind].model_fields


def _read_member(name: str, value: object, places: PlaceReader) -> object:
    match name, value:
        case "point", _:
            return places.point(value)
        case "path", list() if len(value) <= MAX_PATH:
            return [places.point(point) for point in value]
        case "box", _:
            return places.box(value)
        case (("seconds" | "hold_seconds"), str()):
            return read_number(value)
        case (("count" | "index"), str() | float()):
            number = read_number(value)
            return int(number) if isinstance(number, float) and number.is_integer() else value
        case (("dx" | "dy"), str() | float() | int()):
            return _read_distance(name, value, places)
        case (("clear" | "submit"), "true" | "True"):
            return True
        case (("clear" | "submit"), "false" | "False"):
            return False
        case _:
            return value


def _read_distance(name: str, value: str | float, places: PlaceReader) -> object:
    number = read_number(value)
    if isinstance(number, bool) or not isinstance(number, int | float):
        return value
    if isinstance(number, float) and not math.isfinite(number):
        return value
    whole = round(number)
    if whole != number:
        places.notes.append(f"rounded {name} {number:.10g} to {whole}")
    return places.distance(whole, 0)[0] if name == "dx" else places.distance(0, whole)[1]


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
