"""An environment that gives a screen time to become the recorded one."""

import time
from collections.abc import Callable
from dataclasses import replace

from handeye.actions.schema import Action
from handeye.agent.replay.policy import PLAIN_JUDGE, Judge
from handeye.environments.environment import Environment
from handeye.environments.observation import Observation
from handeye.environments.wrapped import WrappedEnvironment

PATIENCE = 5.0
"""Seconds that a screen is given."""
_LOOK_AGAIN = 0.15
"""Seconds between two looks."""


class PatientEnvironment(WrappedEnvironment):
    """Looks again, after each action, until the screen is the expected one or its time is over.

    A page may take longer to load, and a program to start, than it did when it was recorded.
    """

    def __init__(
        self,
        environment: Environment,
        expected: Callable[[], Observation | None],
        judge: Judge = PLAIN_JUDGE,
        patience: float = PATIENCE,
    ) -> None:
        """`expected` returns the screen that is waited for after the action that is being executed, if there is one."""
        super().__init__(environment)
        self._expected = expected
        self._judge = judge
        self._patience = patience

    def reset(self) -> Observation:
        """Start afresh and look until the first screen is there."""
        return self._await(self.environment.reset())

    def execute(self, action: Action) -> Observation:
        """Carry out the action and look until the expected screen is there."""
        return self._await(self.environment.execute(action))

    def _await(self, observation: Observation) -> Observation:
        expected = self._expected()
        if expected is None:
            return observation
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline and not self._judge(expected, observation).matches:
            time.sleep(_LOOK_AGAIN)
            later = self.environment.observe()
            # A notice is told once, so those of the looks before would be lost.
            observation = replace(later, notices=tuple(dict.fromkeys((*observation.notices, *later.notices))))
        return observation
