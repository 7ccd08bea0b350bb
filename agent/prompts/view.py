"""What a prompt is made from: a history, as one profile shows it to a model."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from handeye.actions.carry import carried
from handeye.actions.dialects.dialect import Dialect
from handeye.actions.geometry import Frame, OutOfFrame, Size, Transform
from handeye.actions.schema import AnyAction
from handeye.agent.history import History
from handeye.agent.step import Step

Resize = Callable[[Size], Size]
"""Returns the size in pixels at which the model sees a screenshot."""


class Layout(StrEnum):
    """Where the earlier steps stand in a prompt."""

    TEXT = "text"
    """All of them in text, and the newest screenshot."""
    TURNS = "turns"
    """Each reply in a turn of its own, after a turn with the screenshot that it answers."""
    SUMMARY = "summary"
    """The oldest together in one turn of the assistant, the others each in turns of its own."""
    TEXT_AND_TURNS = "text and turns"
    """The oldest in the text of the first turn, the others each in turns of its own."""
    ONE_TURN = "one turn"
    """All of them in the turn of the newest screenshot, with their screenshots."""


@dataclass(frozen=True, slots=True)
class HistoryRule:
    """How much of the earlier steps a prompt shows, and where."""

    layout: Layout
    images: int = 1
    """The most screenshots, including the newest."""
    texts: int | None = None
    """The most earlier steps that are told; None for all."""
    image_first: bool = False
    """Whether the newest screenshot stands before the text of its turn."""


@dataclass(frozen=True, slots=True)
class View:
    """One history, as a model sees it."""

    history: History
    dialect: Dialect
    resize: Resize
    rule: HistoryRule

    @property
    def size(self) -> Size:
        """The size of the newest screenshot as the model sees it, in pixels."""
        return self.resize(self.history.observation.size)

    @property
    def shown(self) -> tuple[Step, ...]:
        """The earlier steps whose screenshots are shown, oldest first."""
        if self.history.screenshots is not None:
            return self.history.shown
        steps = self.history.steps
        return steps[len(steps) - min(self.rule.images - 1, len(steps)) :]

    @property
    def unseen(self) -> tuple[Step, ...]:
        """The steps before those, without the ones that are no longer told, oldest first."""
        steps = self.history.steps
        first = 0 if self.rule.texts is None else max(0, len(steps) - self.rule.texts)
        return steps[first : max(first, len(steps) - len(self.shown))]

    def frame(self, step: Step) -> Frame:
        """Return the frame of the points of an earlier step: its screenshot as the model saw it."""
        return Frame("model image", self.resize(step.observation.size))

    def actions(self, step: Step) -> list[AnyAction]:
        """Return the actions of an earlier step with points in that frame."""
        transform = Transform(step.observation.frame, self.frame(step))
        return [_mapped(action, transform) for action in step.decision.actions]


def _mapped(action: AnyAction, transform: Transform) -> AnyAction:
    try:
        return carried(action, transform)
    except OutOfFrame:
        return action  # a point outside the screenshot: the environment has rejected it
