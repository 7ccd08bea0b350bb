"""What a policy decided for one observation."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from handeye.actions.geometry import Box, Point, Size, Transform
from handeye.actions.reading import Problem
from handeye.actions.schema import Action


@dataclass(frozen=True, slots=True)
class TokenCount:
    """The tokens and the time of one reply."""

    prompt: int
    """Tokens of the prompt, image tokens included."""
    cached: int
    """Tokens of the prompt that were reused from the cache."""
    generated: int
    seconds: float
    """Wall time from the screenshot to the last token."""

    def __add__(self, other: "TokenCount") -> "TokenCount":
        """Return what both took together, one after the other."""
        return TokenCount(
            self.prompt + other.prompt,
            self.cached + other.cached,
            self.generated + other.generated,
            self.seconds + other.seconds,
        )

    @property
    def rate(self) -> float:
        """Generated tokens per second, averaged over the whole reply."""
        return self.generated / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class SeenImage:
    """The newest screenshot as a model saw it."""

    size: Size
    """In pixels, after it was resized for the model."""
    tokens: int
    """Visual tokens."""


class Spread(NamedTuple):
    """One standard deviation across and down, in pixels of the screenshot."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class PointConfidence:
    """How sure a model was of a point, by the probabilities of the digits that it wrote; not how likely it is right.

    Both are of the network itself, at temperature 1, whatever the sampling.
    """

    probability: float
    """Of exactly these digits, each given the text before it. A model that would be as content with the next pixel
    has a low one."""
    spread: Spread
    """How far apart the points are that it might have written instead; `handeye.agent.policies.number` says how that
    is computed, and what it neglects."""

    def carried(self, transform: Transform) -> "PointConfidence":
        """Return the same with a spread in pixels of the target, from one in pixels of the source."""
        (width, height), (x, y) = transform.source.size, self.spread
        target = transform.target.size
        return replace(self, spread=Spread(x * target.width / width, y * target.height / height))


Confidence = tuple[tuple[PointConfidence | None, ...], ...]
"""For each action, that of each of its points, in order. A point that was moved to the edge, that stands for a mark, or
that the reply does not write in digits of its own has None."""


def known(confidence: Confidence) -> Confidence:
    """Return it, or nothing if nothing is known of any point."""
    return confidence if any(point is not None for action in confidence for point in action) else ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a grounder found for the words of a planner."""

    target: str
    """The words."""
    point: Point
    """In pixels of the screenshot."""
    model: str
    """The name of the grounder."""
    profile: str
    """The name of its profile."""
    text: str
    """Its answer as it was generated; after a closer look, the last one."""
    tokens: TokenCount | None
    """Of all its answers; None if they were not counted."""
    zoomed: Box | None = None
    """The part of the screenshot that was looked at again, enlarged; None if one look was enough."""
    confidence: PointConfidence | None = None
    """How sure the grounder was of the point; None if it is not known. After a closer look, that of the last answer."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A reply and how it was read: actions to carry out in order, or the problem that made it unreadable.

    Points are pixels of the screenshot that the reply answers.
    """

    text: str
    """The reply as it was generated."""
    thought: str
    actions: tuple[Action, ...]
    problem: Problem | None = None
    conclusion: str = ""
    """The policy's own summary of the step, for the history."""
    notes: tuple[str, ...] = ()
    """What was corrected while reading, such as a point that was clamped."""
    tokens: TokenCount | None = None
    marks: tuple[int, ...] = ()
    """The numbers of the observation's marks that the reply named, counted from 1."""
    transforms: tuple[Transform, ...] = ()
    """How the points were mapped from the policy's frame to the screenshot."""
    image: SeenImage | None = None
    """The screenshot as the policy's model saw it; None if no model did."""
    places: tuple[Place, ...] = ()
    """What a grounder found for the policy, in order."""
    confidence: Confidence = ()
    """How sure the model was of the points; empty if nothing is known of them, such as behind a server."""

    def confidence_of(self, number: int) -> tuple[PointConfidence | None, ...]:
        """Return how sure the model was of the points of an action, from 0; empty if nothing is known of them."""
        return self.confidence[number] if number < len(self.confidence) else ()
