"""An answer that is a place: what all of them share."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import NamedTuple

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Inexpressible, Seen, left_unsaid
from handeye.actions.dialects.parts.batch import Batch, Said
from handeye.actions.geometry import Frame, Size
from handeye.actions.points import PIXELS, Points
from handeye.actions.reading import Reading, read_number
from handeye.actions.replies.lenient_json import whole_characters
from handeye.actions.replies.sections import joined, tagged
from handeye.actions.schema import AnyAction, Click, InvalidAction

_NUMBER = r"[+-]?[0-9]{1,12}(?:\.[0-9]{0,12})?"
_NEXT = rf"(?:\s{{0,8}}[,;\uff0c]\s{{0,8}}|\s{{1,8}}){_NUMBER}"
_BRACKETED = re.compile(rf"[(\[\uff08\uff3b]\s{{0,8}}({_NUMBER}{_NEXT}(?:{_NEXT}{_NEXT})?)\s{{0,8}}[)\]\uff09\uff3d]")
_BARE = re.compile(rf"\s*({_NUMBER}{_NEXT}(?:{_NEXT}{_NEXT})?)\s*\.?\s*")
_TAGS = re.compile(r"<\|?/?(?:box_start|box_end|bbox|point)\|?>|<\|im_end\|>")
_MARKUP = re.compile(r"```\w*|(?:\bAction|\bThought)\s*[:\uff1a]|[\[({]\s*\Z")


ABSENT = "the model says that there is no such element"
"""The problem of an answer that names no place on purpose."""


class Found(NamedTuple):
    """A place in an answer."""

    value: object
    """Two or four numbers, in any form that places are read in; None if the answer says that there is none."""
    before: str = ""
    """The text before it."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One form of answer."""

    name: str
    told: Callable[[Size], str]
    """Returns the instruction that asks for the form, for an image of a size in pixels."""
    find: Callable[[str], Found]
    """Returns the place in an answer without its thoughts; raises `InvalidAction` if there is none."""
    form: Callable[[int | float, int | float], str]
    """Returns the answer with two numbers."""
    points: Points = PIXELS
    prefix: str = ""
    """The beginning of the answer, if the model is made to go on from there."""

    @property
    def says(self) -> frozenset[str]:
        """A click alone."""
        return frozenset({"click"})

    @property
    def unsaid(self) -> Mapping[str, str]:
        """Everything else."""
        return left_unsaid(self.says, {}, "such a model only points")

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return how to answer; what to look for is the prompt's."""
        return self.told(size)

    def read(self, text: str, seen: Seen) -> Reading:
        """Read the place as a click there, at the centre of a box."""
        text = whole_characters(text)
        thought, answer = _parted(text)
        batch = Batch(seen, self.points)
        try:
            found = self.find(answer)
        except InvalidAction as error:
            return Reading.of_problem(str(error), text, thought or answer)
        if _is_nowhere(found.value):
            return Reading.of_problem(ABSENT, text, thought)
        said = Said(text, thought or _prose(found.before), notes=found.notes)
        return batch.read(
            said, (found.value,), lambda value: batch.add({"type": "click", "point": batch.places.point(value)})
        )

    def numbers(self, text: str) -> list[Fraction]:
        """Return the two numbers of a point, or the four of a box, as the reply writes them.

        Empty if it names no place, or not in numbers.
        """
        try:
            value = self.find(_parted(whole_characters(text))[1]).value
        except InvalidAction:
            return []
        numbers = [read_number(item) for item in value] if isinstance(value, list) else []
        exact = [Fraction(str(number)) for number in numbers if _is_number(number)]
        return exact if len(exact) == len(numbers) and len(exact) in {2, 4} else []

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the answer, after the thought if there is one."""
        (answer,) = self.tell(action, frame)
        return f"<think>{thought}</think>\n{answer}" if thought else answer

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the answer."""
        match action:
            case Click(point=point, count=1, button="left", modifiers=()):
                return (self.form(*self.points.written(point, frame)),)
            case _:
                raise Inexpressible(action, self.name)

    def word(self, kind: str) -> str | None:
        """Return what comes closest to a click."""
        return "a point" if kind == "click" else None


def first_of(count: int) -> tuple[str, ...]:
    """Return the note that only the first of several places counts; none for a single one."""
    return (f"took the first of {count} places",) if count > 1 else ()


def search(text: str) -> Found:
    """Return the first two or four numbers in brackets, or those that are the whole text; raise `InvalidAction`."""
    plain = _TAGS.sub(" ", text)
    places = _BRACKETED.findall(plain)
    bare = _BARE.fullmatch(plain)
    if not places and bare is None:
        raise InvalidAction("the answer contains no point: answer with (x,y)")
    written = places[0] if places else bare[1] if bare else ""
    first = _BRACKETED.search(plain)
    return Found(re.findall(_NUMBER, written), plain[: first.start()] if first else "", first_of(len(set(places))))


def _parted(text: str) -> tuple[str, str]:
    """Return the thought and the answer of a reply."""
    # MAI-UI calls its thoughts otherwise.
    sections = tagged(text.replace("grounding_think>", "think>"), ("think", "thinking", "answer"))
    return joined(sections, "think", "thinking"), joined(sections, "answer") or joined(sections, "")


def _is_number(value: object) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int | Fraction) and not isinstance(value, bool)


def _is_nowhere(value: object) -> bool:
    """Return whether the numbers say that there is no such element: they all lie below zero."""
    if not isinstance(value, list):
        return value is None
    numbers = [read_number(item) for item in value]
    return bool(numbers) and all(isinstance(number, int | float) and number < 0 for number in numbers)


def _prose(before: str) -> str:
    """Return a text without the labels and the opening markup that precede a place."""
    return _MARKUP.sub("", before).strip()
