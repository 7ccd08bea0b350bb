"""The actions of an earlier step, as a prompt tells them: in pixels of the image that the model saw."""

from collections.abc import Callable

from handeye.actions.carry import carried
from handeye.actions.geometry import Frame, OutOfFrame, Size, Transform
from handeye.actions.schema import AnyAction
from handeye.agent.step import Step

Resize = Callable[[Size], Size]
"""Returns the size in pixels at which the model sees a screenshot."""


def model_actions(step: Step, resize: Resize) -> list[AnyAction]:
    """Return the actions of `step` with points in pixels of the image as the model saw it."""
    seen = step.observation
    transform = Transform(seen.frame, Frame("model image", resize(seen.size)))
    return [_mapped(action, transform) for action in step.decision.actions]


def _mapped(action: AnyAction, transform: Transform) -> AnyAction:
    try:
        return carried(action, transform)
    except OutOfFrame:
        return action  # a point outside the screenshot: the environment has rejected it
