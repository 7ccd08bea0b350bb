"""An environment whose screenshots carry numbers on all that can be pointed at (Set-of-Mark)."""

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
"""More numbers than this hide more than they tell."""


class MarkedEnvironment(WrappedEnvironment):
    """Another environment, seen with numbered boxes; everything else is the other's.

    The elements are read right after the screenshot was taken, before anything is done. On a screen that moves by
    itself they may have moved in between, by as much as happens in some tens of milliseconds: then a box is drawn
    where its element is now, over where it was. From then on a mark stands still, as every point of a screenshot does:
    an action that names it goes to where its box was drawn.

    When the elements cannot be read (a dialog holds the page up, a desktop has no accessibility bus), the screenshot
    stays as it is, and a notice says why.
    """

    def __init__(self, environment: Environment, *, most: int = MOST_MARKS) -> None:
        """Wrap an environment that can tell its elements; `most` is the greatest number of marks.

        Raises `InvalidOption` for an environment that cannot.
        """
        if not isinstance(environment, HasElements):
            raise InvalidOption(f"the {environment.name} environment has no elements to mark: leave out the marks")
        if most < 1:
            raise InvalidOption(f"there must be room for at least one mark, not {most}")
        super().__init__(environment)
        self._source: HasElements = environment
        self._most = most

    def reset(self) -> Observation:
        """Start afresh and return the first observation, marked."""
        return self._marked(self.environment.reset())

    def observe(self) -> Observation:
        """Return what is on the screen now, marked."""
        return self._marked(self.environment.observe())

    def execute(self, action: Action) -> Observation:
        """Carry out the action and return what is on the screen then, marked."""
        return self._marked(self.environment.execute(action))

    def elements(self) -> tuple[Element, ...]:
        """Return what can be pointed at, marked or not."""
        return self._source.elements()

    def _marked(self, observation: Observation) -> Observation:
        try:
            elements = self._source.elements()
        except HandeyeError as error:
            # Also when the screen is lost: what was seen was seen, and the next use says so.
            return _noticed(observation, f"Nothing carries a number on this screenshot: {error}.")
        marks = choose(elements, observation.size)
        if len(marks) > self._most:
            notice = f"Only the first {self._most} of {len(marks)} elements carry a number."
            observation, marks = _noticed(observation, notice), marks[: self._most]
        if not marks:
            return observation
        drawn = draw_marks(observation.image, [mark.box for mark in marks])
        return replace(observation, screenshot=drawn, marks=marks)


def _noticed(observation: Observation, notice: str) -> Observation:
    return replace(observation, notices=(*observation.notices, notice))
