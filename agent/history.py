"""What a policy knows when it decides."""

from dataclasses import dataclass, replace
from typing import Self

from handeye.actions.abilities import Abilities
from handeye.actions.geometry import Point
from handeye.actions.schema import AnyAction, Click, Drag, LongPress, Move, Scroll
from handeye.agent.step import Step
from handeye.environments.observation import Observation


@dataclass(frozen=True, slots=True)
class History:
    """The task, the steps so far, and what is on the screen now."""

    task: str
    steps: tuple[Step, ...]
    observation: Observation
    """The newest observation, which the decision answers."""
    screenshots: int = 1
    """The maximum number of screenshots in a prompt, including the newest."""
    abilities: Abilities = Abilities()
    """What can be done: in the environment, and by the loop itself."""

    def with_(self, observation: Observation) -> Self:
        """Return this history with `observation` as the newest.

        The history gets its own copy, so that the pixels decoded for a prompt are freed with the history instead of
        being kept as long as the step.
        """
        return replace(self, observation=replace(observation))

    def after(self, step: Step) -> Self:
        """Return this history with one more step."""
        return replace(self, steps=(*self.steps, step))

    @property
    def cursor(self) -> Point | None:
        """Where the last executed action left the pointer, in pixels of the screenshot; None if no action moved it."""
        for step in reversed(self.steps):
            done = zip(step.decision.actions, step.outcomes, strict=False)
            for action, outcome in reversed(list(done)):
                carried = action if outcome.status == "executed" else outcome.done
                if carried is not None and (point := _end(carried)) is not None:
                    return point
        return None

    @property
    def shown(self) -> tuple[Step, ...]:
        """The earlier steps whose screenshots a prompt still shows, oldest first.

        When the budget is full, half of the screenshots are dropped at once instead of one per step: in between, the
        prompt only grows, so the model can reuse what it has cached for the beginning.
        """
        total = len(self.steps) + 1
        least = max(1, self.screenshots // 2)
        if total > self.screenshots:
            total = least + (total - self.screenshots - 1) % (self.screenshots - least + 1)
        return self.steps[len(self.steps) - (total - 1) :]


def _end(action: AnyAction) -> Point | None:
    match action:
        case Click(point=point) | LongPress(point=point) | Move(point=point) | Scroll(point=point):
            return point
        case Drag(path=path):
            return path[-1]
        case _:
            return None
