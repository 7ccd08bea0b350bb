"""An environment whose screenshots show numbers on all elements that can be pointed at (Set-of-Mark)."""

from dataclasses import replace

from handeye.actions.errors import HandeyeError
from handeye.actions.schema import Action
from handeye.environments.element import Element, HasElements
from handeye.environments.environment import Environment
from handeye.environments.errors import InvalidOption
from handeye.environments.marks.choice import choose
from handeye.environments.marks.overlay import draw_marks
from handeye.environments.observation import Observation
from handeye.environments.wrapped import WrappedEnvironment

MOST_MARKS = 100
"""More numbers than this would obscure the screen."""


class MarkedEnvironment(WrappedEnvironment):
    """Wraps an environment and draws numbered boxes on its screenshots; everything else is passed on.

    The elements are read right after the screenshot is taken, before any action. On a screen that moves by itself they
    may have moved in the tens of milliseconds in between: then a box is drawn at its element's new position. After that
    a mark is fixed, like every point of a screenshot: an action that names it goes to where its box was drawn.

    When the elements cannot be read (a dialog blocks the page, a desktop has no accessibility bus), the screenshot is
    left unmarked, and a notice says why.
    """

    def __init__(self, environment: Environment, *, most: int = MOST_MARKS) -> None:
        """Wrap an environment that can list its elements; `most` is the maximum number of marks.

        Raises `InvalidOption` if the environment cannot.
        """
        if not isinstance(environment, HasElements):
            raise InvalidOption(f"the {environment.name} environment has no elements to mark: turn marks off")
        if most < 1:
            raise InvalidOption(f"the maximum number of marks must be at least one, not {most}")
        super().__init__(environment)
        self._source: HasElements = environment
        self._most = most

    def reset(self) -> Observation:
        """Start from scratch and return the first observation, marked."""
        return self._marked(self.environment.reset())

    def observe(self) -> Observation:
        """Return the current screen, marked."""
        return self._marked(self.environment.observe())

    def execute(self, action: Action) -> Observation:
        """Carry out the action and return the resulting observation, marked."""
        return self._marked(self.environment.execute(action))

    def elements(self) -> tuple[Element, ...]:
        """Return the elements that can be pointed at, marked or not."""
        return self._source.elements()

    def _marked(self, observation: Observation) -> Observation:
        try:
            elements = self._source.elements()
        except HandeyeError as error:
            # Also when the screen is lost: the observation is still valid, and the next call reports the loss.
            return _noticed(observation, f"This screenshot has no numbered elements: {error}.")
        marks = choose(elements, observation.size)
        if len(marks) > self._most:
            notice = f"Only the first {self._most} of {len(marks)} elements are numbered."
            observation, marks = _noticed(observation, notice), marks[: self._most]
        if not marks:
            return observation
        drawn = draw_marks(observation.image, [mark.box for mark in marks])
        return replace(observation, screenshot=drawn, marks=marks)


def _noticed(observation: Observation, notice: str) -> Observation:
    return replace(observation, notices=(*observation.notices, notice))
