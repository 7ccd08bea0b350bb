"""Holo1's navigation step. It knows only browsers.

Its note, what it found out for the task, is the conclusion of the step. It writes into an element in one call, which is
a click, the text and enter.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Inexpressible, Seen, left_unsaid
from handeye.actions.dialects.holo import words
from handeye.actions.dialects.parts.arguments import take
from handeye.actions.dialects.parts.batch import Batch, Members, Said
from handeye.actions.dialects.parts.scrolling import along, direction_of, half
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.points import PIXELS, Points
from handeye.actions.reading import Reading, read_number
from handeye.actions.replies.objects import Object, read_reply
from handeye.actions.schema import (
    Answer,
    AnyAction,
    Back,
    Click,
    InvalidAction,
    Navigate,
    Scroll,
    Type,
    Wait,
)

_SECONDS = 2
"""How long a wait is that does not say."""
_LONGEST = 10
_WORDS = {
    "click": "click_element",
    "scroll": "scroll",
    "navigate": "goto",
    "back": "go_back",
    "wait": "wait",
    "answer": "answer",
}
_CLOSEST = {"type": "write_element_abs", "wait_until_stable": "wait", "terminate": "answer"}
_REASONS = {
    "note": "the note of a step is its conclusion",
    "type": "`write_element_abs` names a place too: it is a click, the text and enter",
    "terminate": "`answer` ends the task",
}
_MISSING = 'the reply contains no step: answer with {"note": "...", "thought": "...", "action": {"action": ...}}'


@dataclass(frozen=True, slots=True)
class Holo:
    """The step of Holo1."""

    name: str = "holo"
    says: frozenset[str] = frozenset(_WORDS)
    points: Points = field(default=PIXELS, init=False)
    free_text: str = field(default='"element": ""', init=False)
    """What a place is called, for people."""

    @property
    def unsaid(self) -> Mapping[str, str]:
        """What the schema has no action for."""
        return left_unsaid(self.says, _REASONS)

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return the schema of a step, as it stands at the end of the system prompt."""
        return words.FRAME.format(output_format=words.SCHEMA)

    def read(self, text: str, seen: Seen) -> Reading:
        """Read the steps, surrounded by prose and code fences, also an action without the step around it."""
        reply = read_reply(text, _is_step, _MISSING)
        if reply.failure is not None:
            return Reading.of_problem(reply.failure, text, reply.thought or reply.prose)
        thought = _text(reply.objects, "thought") or reply.thought or reply.prose
        batch = Batch(seen, self.points)
        said = Said(text, thought, _text(reply.objects, "note", "notes"), reply.notes)
        reader = _Reader(batch)
        return batch.read(said, reply.objects, reader.read)

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the step as one line of JSON."""
        return _step(self._members(action, frame), thought, conclusion)

    def write_at(self, point: Point, text: Type, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the step that writes into an element, and presses enter."""
        if text.text is None or text.clear or not text.submit:
            raise Inexpressible(text, self.name)
        x, y = self.points.written(point, frame)
        written: Members = {"action": "write_element_abs", "content": text.text, "element": "", "x": x, "y": y}
        return _step(written, thought, conclusion)

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the action alone."""
        return (json.dumps(self._members(action, frame), ensure_ascii=False),)

    def word(self, kind: str) -> str | None:
        """Return the name of an action."""
        return _WORDS.get(kind) or _CLOSEST.get(kind)

    def _members(self, action: AnyAction, frame: Frame) -> Members:
        match action:
            case Click(point=point, count=1, button="left", modifiers=()):
                x, y = self.points.written(point, frame)
                return {"action": "click_element", "element": "", "x": x, "y": y}
            # It scrolls the page: at another point than its centre, another element might be meant.
            case Scroll(modifiers=()) if (direction := direction_of(action)) and action.point == frame.box.center:
                return {"action": "scroll", "direction": direction}
            case Navigate(url=url):
                return {"action": "goto", "url": url}
            case Back():
                return {"action": "go_back"}
            case Wait(seconds=seconds):
                return {"action": "wait", "seconds": min(_LONGEST, round(seconds))}
            case Answer(text=text):
                return {"action": "answer", "content": text}
            case _:
                raise Inexpressible(action, self.name)


class _Reader:
    def __init__(self, batch: Batch) -> None:
        self.batch = batch

    def read(self, step: Object) -> None:
        inner = step.get("action")
        if isinstance(inner, dict):
            given = {name: value for name, value in inner.items() if value is not None}
        else:
            given = {name: value for name, value in step.items() if name not in ("note", "notes", "thought")}
        name = take(given, "action", "name", "type")
        if not isinstance(name, str):
            raise InvalidAction("a step needs an action, such as click_element")
        self._act(name.strip().lower(), given)
        for unused in given:
            if unused != "element":
                self.batch.note(f"ignored the argument {unused[:40]!r}")

    def _act(self, name: str, given: Members) -> None:
        add = self.batch.add
        match name:
            case "click_element" | "click" | "click_absolute" | "click_element_abs":
                self._click(given)
            case "write_element_abs" | "write_element" | "write":
                self._click(given)
                add({"type": "type", "text": take(given, "content", "text"), "submit": True})
            case "scroll":
                direction = take(given, "direction")
                target = self.batch.places.target
                add({"type": "scroll", "point": target.box.center, **along(direction, half(target, direction))})
            case "go_back":
                add({"type": "back"})
            case "refresh":
                add({"type": "press", "keys": ["f5"]})
            case "goto":
                add({"type": "navigate", "url": take(given, "url")})
            case "wait":
                seconds = read_number(take(given, "seconds", "time"))
                add({"type": "wait", "seconds": _SECONDS if seconds is None else seconds})
            case "answer":
                add({"type": "answer", "text": take(given, "content", "text")})
            case "restart":
                raise InvalidAction("restart is not possible here: use goto with the first address")
            case _:
                raise InvalidAction(f"there is no action {name[:40]!r}")

    def _click(self, given: Members) -> None:
        x, y = take(given, "x"), take(given, "y")
        self.batch.add({"type": "click", "point": self.batch.places.point([x, y])})


def _step(members: Members, thought: str, conclusion: str) -> str:
    return json.dumps({"note": conclusion, "thought": thought, "action": members}, ensure_ascii=False)


def _is_step(value: Object) -> bool:
    return isinstance(value.get("action"), dict | str) or "thought" in value


def _text(steps: tuple[Object, ...], *names: str) -> str:
    texts = (step.get(name) for step in steps for name in names)
    return "\n".join(text.strip() for text in texts if isinstance(text, str) and text.strip())


HOLO = Holo()
