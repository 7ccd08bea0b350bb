"""The prompt of a model that plans and leaves it to a grounder to find the places on the screen.

It asks any model that sees images for one unified step, with words in place of points: the words go to the grounder.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handeye.actions.abilities import Abilities
from handeye.actions.aliases import canonical_members
from handeye.actions.describe import prompt_text
from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.dialects.dialect import Seen
from handeye.actions.dialects.unified import UNIFIED
from handeye.actions.geometry import Point
from handeye.actions.replies.objects import Object
from handeye.actions.schema import AnyAction, Click, Drag, InvalidAction, LongPress, Move, Scroll, dump
from handeye.agent.decision import Decision
from handeye.agent.prompts.asides import now
from handeye.agent.prompts.origins import Origins
from handeye.agent.prompts.profile import AgentPrompt, CheckpointProfile, Pixels, SamplingRule
from handeye.agent.prompts.text import one_line, remark
from handeye.agent.prompts.view import HistoryRule, Layout, View
from handeye.agent.prompts.words import planner as words
from handeye.agent.step import Step
from handeye.model.conversation.messages import Message

_MEMBERS = {
    "  point ([x, y]): Where, in pixels.": "  target (string): What to point at.",
    "  point ([x, y]): Where to, in pixels.": "  target (string): What to point at.",
    "  path ([[x, y], ...]): Two or more points, in pixels.": "  targets ([string, string]): From where to where.",
    "Press at the first point, move along the others, and release at the last": (
        "Press on one place and release on another"
    ),
}
"""What the description of the actions says of places, and what it says here."""
_COORDINATES = frozenset({"point", "path", "box"})
"""The members of actions that hold places."""
_WITHOUT = frozenset({"zoom", "wait_until_stable"})


def compose(view: View) -> list[Message]:
    """Return the conversation for the next step: the task, the earlier steps in a line each, and the screenshot."""
    history = view.history
    lines = [f"Task: {history.task}"]
    lines += [f"Step {index}: {_line(step, view)}" for index, step in enumerate(history.steps, start=1)]
    text = "\n".join(lines) + now(view)
    return [
        Message("system", (describe(history.abilities),)),
        Message("user", (f"{text}\nThe screen now:", history.observation.image)),
    ]


def describe(abilities: Abilities) -> str:
    """Return the system prompt for a screen with these abilities."""
    types = (abilities.types or AGENTS["unified"].computer.says) - _WITHOUT
    text = prompt_text(types)
    for old, new in _MEMBERS.items():
        text = text.replace(old, new)
    lines = [words.HEAD.format(screen="a phone" if abilities.on_a_phone else "a computer") + text]
    if abilities.apps:
        lines.append(f"The apps: {', '.join(map(one_line, abilities.apps))}.")
    if abilities.secrets:
        lines.append(f"The secrets: {', '.join(map(one_line, abilities.secrets))}.")
    return "\n".join(lines)


def _line(step: Step, view: View) -> str:
    decision = step.decision
    said = decision.text
    if not _is_planned(step):
        said = _in_words(decision) if decision.actions else decision.thought
        # What was corrected in a reply of another may be a place.
        step = replace(step, decision=replace(decision, notes=()))
    said, added = one_line(said), remark(step, view)
    return f"{said} ({added})".lstrip() if added else said


def _is_planned(step: Step) -> bool:
    """Return whether a reply asks for what was decided, with words for places, as a planner's does."""
    decision = step.decision
    reading = UNIFIED.read(decision.text, Seen(step.observation.frame), _somewhere)
    if decision.problem is not None:
        return reading.problem is None
    return bool(reading.actions) and [each.type for each in reading.actions] == [each.type for each in decision.actions]


def _somewhere(members: Object) -> Object:
    """Return an action's members with points for its words; raise `InvalidAction` for coordinates.

    A scroll without a target is one of the whole screen.
    """
    given = canonical_members(members)
    if not _COORDINATES.isdisjoint(given):
        raise InvalidAction("a place in numbers")
    point = [0, 0]
    if "targets" in given:
        return {**given, "path": [point, point]}
    return {**given, "point": point} if "target" in given or given.get("type") == "scroll" else given


def _in_words(decision: Decision) -> str:
    """Return the step that asks for what was decided, with words for the places that a grounder found, or none."""
    names = {place.point: place.target for place in decision.places}
    actions = [_worded(action, names) for action in decision.actions]
    asked: dict[str, Any] = {"action": actions[0]} if len(actions) == 1 else {"actions": actions}
    return json.dumps({"thought": decision.thought, **asked}, ensure_ascii=False)


def _worded(action: AnyAction, names: Mapping[Point, str]) -> dict[str, Any]:
    members = {name: value for name, value in dump(action).items() if name not in _COORDINATES}
    match action:
        case Drag(path=path) if path[0] in names and path[-1] in names:
            members["targets"] = [names[path[0]], names[path[-1]]]
        case Click(point=point) | LongPress(point=point) | Move(point=point) | Scroll(point=point) if point in names:
            members["target"] = names[point]
        case _:
            pass
    return members


_OURS = ("ours: for models of any kind",)
PLANNER = CheckpointProfile(
    name="planner",
    models=(),
    matches=r"(?!)",
    licence="the model's own",
    sources=(),
    read_from=Origins(history=_OURS, images=_OURS, pixels=("ours: as Qwen2.5-VL",), sampling=_OURS),
    pixels=Pixels(),
    agent=AgentPrompt(AGENTS["unified"], HistoryRule(Layout.TEXT), compose),
    sampling=SamplingRule(max_tokens=1024),
    notes=("for any model that sees images, together with --grounder; it is not chosen by a name",),
)
PROFILES = (PLANNER,)
