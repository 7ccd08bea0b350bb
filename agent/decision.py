"""What a policy decided for one observation."""

from dataclasses import dataclass

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
