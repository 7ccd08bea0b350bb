"""Splits a model's reply into its thought, the JSON objects that say what to do, and its conclusion.

The unified format and the tool calls of Qwen are both JSON objects surrounded by prose, tags and code fences. This
module finds them; the caller interprets them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from handeye.actions.replies.lenient_json import Unreadable, read_object, whole_characters

Object = dict[str, object]

_TOKEN = re.compile(
    r"<(?P<close>/?)(?P<tag>think|thinking|thought|conclusion)>|\{(?=\s*[\"'\u201c\u2018\w])", re.IGNORECASE
)
_CLOSED_THOUGHT = re.compile(r"</(?:think|thinking|thought)>", re.IGNORECASE)
_MARKUP = re.compile(
    r"</?(?:tool_call|answer|action)>|```\w*|<\|im_start\|>\w*|<\|\w{1,20}\|>|\u2697\ufe0f?|\U0001f4d0", re.IGNORECASE
)
_LABEL = re.compile(r"(?:thought|reasoning)\s*[:\uff1a]\s*", re.IGNORECASE)
# An unreadable object matters if it was meant as a step, which its first members show.
_STEP_MEMBER = re.compile(r"[\"'\u201c\u2018]?(?:thought|actions?|type|name|arguments)[\"'\u201d\u2019]?\s*[:=]")
_STEP_MEMBER_WITHIN = 300
_CALL = "<tool_call>"
_ACTION_MEMBER = re.compile(r",?\s*[\"'\u201c\u2018]?action[\"'\u201d\u2019]?\s*[:=]\s*\Z")
_ACTION_MEMBER_WITHIN = 60
_THOUGHT_MEMBER = re.compile(r"\{\s*[\"'\u201c\u2018]?thought[\"'\u201d\u2019]?\s*:\s*")
_MOST_FAILURES = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """The parts of a reply. Without a `failure` there is at least one object."""

    thought: str
    """The text in thought tags."""
    prose: str
    """The text before the first object, outside tags."""
    objects: tuple[Object, ...]
    """The steps or calls, in order."""
    conclusion: str
    notes: tuple[str, ...]
    failure: str | None
    """Why it cannot be used: it contains no step, or a step that cannot be read."""


def read_reply(text: str, wanted: Callable[[Object], bool], missing: str) -> Reply:
    """Split a reply into its parts. `wanted` returns whether an object is a step; `missing` is the failure if none is.

    Accepts any text, and takes time proportional to its length.
    """
    scan = _Scan(whole_characters(text), wanted)
    scan.run()
    return scan.reply(missing)


@dataclass(slots=True)
class _Scan:
    text: str
    wanted: Callable[[Object], bool]
    objects: list[Object] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    conclusions: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    """The text outside tags, before the first object."""
    repairs: list[str] = field(default_factory=list)
    failures: list[tuple[int, str]] = field(default_factory=list)
    """The start of each unreadable object that was meant as a step, and why it is unreadable."""
    first_failure: str = ""
    """Why the first unreadable object is unreadable, even if it was not meant as a step."""
    thought_end: int = 0
    """The text up to this position is a thought that the chat template opened."""
    position: int = 0
    attempts: int = 0
    spent: int = 0
    """Characters read in failed attempts."""

    def run(self) -> None:
        closings = [found.start() for found in _CLOSED_THOUGHT.finditer(self.text)]
        last_closing = closings[-1] if closings else -1
        last_brace = self.text.rfind("{")
        inside = ""
        while found := _TOKEN.search(self.text, self.position):
            start, tag = found.start(), (found["tag"] or "").lower()
            self._keep(self.text[self.position : start], inside, last_closing)
            self.position = found.end()
            if not tag:
                # Thoughts contain drafts of steps. A thought that is never closed contains the step itself.
                drafted = inside == "conclusion" or (inside != "" and last_closing > start)
                if drafted:
                    self._keep("{", inside, last_closing)
                elif not self._read(start):
                    return
            elif not found["close"]:
                inside = tag
                (self.conclusions if tag == "conclusion" else self.thoughts).append("\n")
            elif inside != "" or tag == "conclusion":
                inside = ""
            elif last_brace > start:
                self.thought_end = start
                for collected in (self.objects, self.thoughts, self.prose, self.repairs, self.failures):
                    collected.clear()
        self._keep(self.text[self.position :], inside, last_closing)

    def reply(self, missing: str) -> Reply:
        failure = None
        if not self.text.strip():
            failure = "the reply is empty"
        elif self.failures:
            failure = f"the JSON of a step {self.failures[0][1]}"
        elif not self.objects:
            failure = f"{missing} (an object in the reply {self.first_failure})" if self.first_failure else missing
        thought = _clean("".join((self.text[: self.thought_end], *self.thoughts)))
        prose = _clean("".join(self.prose))
        notes = tuple(f"repaired the JSON: {repair}" for repair in dict.fromkeys(self.repairs))
        return Reply(thought, prose, tuple(self.objects), "".join(self.conclusions).strip(), notes, failure)

    def _keep(self, piece: str, inside: str, last_closing: int) -> None:
        if inside == "conclusion":
            self.conclusions.append(piece)
        elif inside != "" and (not self.objects or last_closing > self.position):
            self.thoughts.append(piece)
        elif inside == "" and not self.objects:
            self.prose.append(piece)

    def _read(self, start: int) -> bool:
        """Read the object at a brace; return False after too many failed attempts."""
        try:
            found = read_object(self.text, start)
        except Unreadable as error:
            return self._fail(start, error)
        self.position = found.end
        steps = _unwrap(found.value, self.wanted)
        if steps:
            self._rescue(start)
            self.objects += steps
            self.repairs += found.repairs
        return True

    def _fail(self, start: int, error: Unreadable) -> bool:
        self.first_failure = self.first_failure or str(error)
        # What is broken before the tag of a call is prose.
        call = self.text.find(_CALL, start, start + _STEP_MEMBER_WITHIN)
        if _STEP_MEMBER.search(self.text, start, call if call >= 0 else start + _STEP_MEMBER_WITHIN):
            self.failures.append((start, str(error)))
        self.attempts += 1
        self.spent += error.position - start
        if self.attempts < _MOST_FAILURES and self.spent <= 2 * len(self.text):
            return True
        self.failures.append((start, "is broken in too many places"))
        return False

    def _rescue(self, start: int) -> None:
        """Accept one broken step if its action can be read, as when quotes in the thought break the rest."""
        if len(self.failures) != 1:
            return
        broken = self.failures[0][0]
        found = _ACTION_MEMBER.search(self.text, max(broken, start - _ACTION_MEMBER_WITHIN), start)
        if found is None:
            return
        self.failures.clear()
        self.repairs.append("read the action alone")
        self.thoughts.append("\n")
        self.thoughts.append(_THOUGHT_MEMBER.sub("", self.text[broken : found.start()], count=1).strip(" \t\r\n\"'"))


def _unwrap(value: Object, wanted: Callable[[Object], bool]) -> list[Object]:
    """Return the steps in an object: the object itself, or those in its only member."""
    if wanted(value):
        return [value]
    if len(value) != 1:
        return []
    (inner,) = value.values()
    items = inner if isinstance(inner, list) else [inner]
    steps = [item for item in items if isinstance(item, dict) and wanted(item)]
    return steps if len(steps) == len(items) else []


def _clean(piece: str) -> str:
    """Return a text without the markup around it."""
    text = _MARKUP.sub("", piece).strip().rstrip("[ \n")
    label = _LABEL.match(text)
    return text[label.end() :] if label else text
