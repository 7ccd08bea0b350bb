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
    screenshots: int | None = None
    """The maximum number of screenshots in a prompt, including the newest; None is what the policy does by itself."""
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
                    part = step.observation.part
                    return point if part is None else part.point(point)
        return None

    @property
    def shown(self) -> tuple[Step, ...]:
        """The earlier steps whose screenshots a prompt still shows, oldest first; none without a maximum.

        When the budget is full, half of the screenshots are dropped at once instead of one per step: in between, the
        prompt only grows, so the model can reuse what it has cached for the beginning.
        """
        budget = 1 if self.screenshots is None else self.screenshots
        total = len(self.steps) + 1
        least = max(1, budget // 2)
        if total > budget:
            total = least + (total - budget - 1) % (budget - least + 1)
        return self.steps[len(self.steps) - (total - 1) :]


def _end(action: AnyAction) -> Point | None:
    match action:
        case Click(point=point) | LongPress(point=point) | Move(point=point) | Scroll(point=point):
            return point
        case Drag(path=path):
            return path[-1]
        case _:
            return None
