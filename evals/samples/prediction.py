"""The answer of a model to a sample: one line of `predictions.jsonl`."""

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from handeye.actions.geometry import Box, Point, Size
from handeye.actions.schema import Action, dump
from handeye.agent.decision import SeenImage
from handeye.evals.samples.region import Spot

_Kept: TypeAlias = Annotated[Action, PlainSerializer(dump)]
"""An action that keeps its type where a line leaves out what is the default: nothing else tells back from home."""


class Prediction(BaseModel):
    """One try at a sample. `error` says why the machine failed; otherwise the model has answered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    """A hash of the image, what was asked, the prompt, the model and the decoding."""
    sample: str
    """The id of the sample."""
    repeat: Annotated[int, Field(ge=0)] = 0
    """Which of several repeats, counted from 0."""
    text: str = ""
    """The reply as it was generated, with a forced prefix."""
    actions: tuple[_Kept, ...] = ()
    """What was read from it, in pixels of the image."""
    spot: Spot | None = None
    """The exact place that a model named, in pixels of the image, before it was rounded to a pixel; None if it named
    none, or not in numbers."""
    problem: str | None = None
    """Why nothing could be read; a wrong format."""
    notes: tuple[str, ...] = ()
    """What was corrected while reading, such as a point that was clamped."""
    size: Size | None = None
    """The size of the image in pixels; None if it could not be opened."""
    image: SeenImage | None = None
    """The image as the model saw it."""
    zoomed: Box | None = None
    """The part of the image that the last answer is about, after a closer look."""
    prompt_tokens: int | None = None
    """Visual tokens included; None if they were not counted."""
    generated_tokens: int | None = None
    seconds: float = 0.0
    """Wall time of the model's answer."""
    error: str | None = None
    """Why the machine failed, such as a missing image or a lost server; it counts as wrong."""
    attempt: Annotated[int, Field(ge=1)] = 1
    """Counts the tries of the same key: one that ended with an error can be tried again."""

    @property
    def point(self) -> Point | None:
        """The place that the first action points at; None if it points at none."""
        action = self.actions[0] if self.actions else None
        point = getattr(action, "point", None)
        return point if isinstance(point, Point) else None

    @property
    def place(self) -> Spot | None:
        """The exact place if it is known, else the pixel; None if nothing was pointed at."""
        point = self.point
        return self.spot if self.spot is not None or point is None else Spot(*point)
