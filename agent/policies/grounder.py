"""Finding a place on a screenshot by words, with a model that was trained to point."""

import time
from typing import Final, NamedTuple

from PIL.Image import Image, Resampling

from handeye.actions.dialects.dialect import Seen
from handeye.actions.dialects.grounding.answer import ABSENT, Answer
from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Box, Frame, Point, Size, Transform
from handeye.actions.schema import Click
from handeye.agent.caption import quoted
from handeye.agent.decision import Place, PointConfidence, TokenCount
from handeye.agent.policies.backend import Backend, counted, digits_of, limited, notices_of, total
from handeye.agent.policies.confidence import confidence
from handeye.agent.prompts.catalog import choose_profile, grounder_prompt
from handeye.agent.prompts.profile import CheckpointProfile

_PART: Final = 2
"""A closer look takes this part of each side."""
_SHARP: Final = 1.1
"""A screenshot that has this many times the model's pixels in a side, or more, is looked at again."""


class NotFound(HandeyeError):
    """The grounder named no place on the screenshot."""

    def __init__(self, message: str, text: str, tokens: TokenCount | None, *, absent: bool = False) -> None:
        super().__init__(message)
        self.absent = absent
        """Whether it said that there is no such thing; otherwise its answer could not be read."""
        self.text = text
        """Its answer as it was generated."""
        self.tokens = tokens
        """What its answers took; None if they were not counted."""


class Look(NamedTuple):
    """One answer."""

    point: Point
    """In pixels of the screenshot."""
    side: int | None
    """The shorter side of the box that it named, in pixels as it saw the image; None if it named a point."""
    text: str
    confidence: PointConfidence | None = None
    """Of the point."""


class Grounder:
    """Asks a model for the place of what a phrase describes, as its profile says."""

    def __init__(self, backend: Backend, profile: CheckpointProfile, *, zoom: bool = False) -> None:
        """`zoom` lets `find` ask again about the part around the first answer, enlarged, where that may be inexact.

        That is where the model did not see every pixel of the screenshot, or named a box that is smaller than one of
        its visual tokens. Raises `NotAGrounder`.
        """
        self.profile = profile
        self.zoom = zoom
        self.seed: int | None = None
        """Makes a sampled answer reproducible."""
        self._prompt = grounder_prompt(profile)
        self._backend = limited(backend, profile)

    @property
    def name(self) -> str:
        """The name of the checkpoint."""
        return self._backend.name

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know about the model, as far as it is known by now."""
        chosen = choose_profile(self.name, *self._backend.origins)
        own = (chosen.notice,) if chosen.notice and chosen.profile is self.profile else ()
        return own + notices_of(self._backend)

    def find(self, image: Image, phrase: str) -> Place:
        """Return where on a screenshot something is. Raises `NotFound`, and what the backend raises."""
        spent: list[TokenCount | None] = []
        look = self._look(image, Frame("screenshot", Size(*image.size)), phrase, spent)
        part = self._part(look, Size(*image.size)) if self.zoom else None
        if part is not None:
            try:
                look = self._look_into(part, image, phrase, spent)
            except NotFound:
                part = None  # the first answer stands
        return self._place(phrase, look, part, spent)

    def closer(self, image: Image, phrase: str, point: Point) -> Place | None:
        """Look again at the part of a screenshot around a point; None where every pixel of it was seen.

        Raises `NotFound`, and what the backend raises.
        """
        spent: list[TokenCount | None] = []
        part = self._part(Look(point, None, ""), Size(*image.size))
        if part is None:
            return None
        return self._place(phrase, self._look_into(part, image, phrase, spent), part, spent)

    def _place(self, phrase: str, look: Look, part: Box | None, spent: list[TokenCount | None]) -> Place:
        return Place(phrase, look.point, self.name, self.profile.name, look.text, total(spent), part, look.confidence)

    def _look_into(self, part: Box, image: Image, phrase: str, spent: list[TokenCount | None]) -> Look:
        enlarged = image.crop(part).resize(image.size, Resampling.LANCZOS)
        return self._look(enlarged, Frame("screenshot", part.size, Point(part.left, part.top)), phrase, spent)

    def _look(self, image: Image, target: Frame, phrase: str, spent: list[TokenCount | None]) -> Look:
        seen = self._backend.image_size(Size(*image.size))
        sampling = self._prompt.sampling
        began = time.perf_counter()
        answer = self._backend.generate(
            self._prompt.compose(phrase, image, seen),
            max_new_tokens=sampling.max_tokens,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            frequency_penalty=sampling.frequency_penalty,
            repetition_penalty=sampling.repetition_penalty,
            seed=self.seed,
            stop=self.profile.stop,
            prefix=self._prompt.answer.prefix,
        )
        spent.append(counted(answer, time.perf_counter() - began))
        frame = Frame("model image", seen)
        form, still = self._prompt.answer, Transform(frame, frame)
        reading = form.read(answer.text, Seen(frame))
        click = reading.actions[0] if reading.problem is None else None
        if not isinstance(click, Click):
            cut = f", cut off after {sampling.max_tokens} tokens" if answer.finish == "length" else ""
            said = f"it answered {quoted(answer.text)}{cut}"
            absent = reading.problem is not None and reading.problem.reason == ABSENT
            raise NotFound(f"{self.name} did not find {phrase!r}: {said}", answer.text, total(spent), absent=absent)
        known = confidence(
            answer.text, digits_of(answer), reading, lambda text: form.read(text, Seen(frame)), form.points, still
        )
        sure = known[0][0] if known else None
        shown = Transform(frame, target)
        sure = None if sure is None else sure.carried(shown)
        return Look(shown.point(click.point), _side(form, answer.text), answer.text, sure)

    def _part(self, look: Look, size: Size) -> Box | None:
        """Return the part of the screenshot around an answer that may be inexact; None if the answer is good."""
        seen = self._backend.image_size(size)
        blurred = max(size.width / seen.width, size.height / seen.height) >= _SHARP
        if not blurred and (look.side is None or look.side >= self.profile.factor):
            return None
        width, height = size.width // _PART, size.height // _PART
        if width < 1 or height < 1:
            return None
        left = min(max(look.point.x - width // 2, 0), size.width - width)
        top = min(max(look.point.y - height // 2, 0), size.height - height)
        return Box(left, top, left + width, top + height)


def _side(answer: Answer, text: str) -> int | None:
    """Return the shorter side of the box in an answer; None if it is a point."""
    numbers = answer.numbers(text)
    if len(numbers) != 4:
        return None
    left, top, right, bottom = numbers
    return round(min(abs(right - left), abs(bottom - top)))
