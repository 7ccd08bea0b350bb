"""An environment that waits for the screen to match the recorded one."""

import time
from collections.abc import Callable
from dataclasses import replace

from handeye.actions.schema import Action
from handeye.agent.replay.policy import PLAIN_JUDGE, Judge
from handeye.environments.environment import Environment
from handeye.environments.observation import Observation
from handeye.environments.wrapped import WrappedEnvironment

PATIENCE = 5.0
"""The default time to wait for a screen, in seconds."""
_LOOK_AGAIN = 0.15
"""Seconds between two looks."""


class PatientEnvironment(WrappedEnvironment):
    """Observes repeatedly after each action until the screen matches the expected one or the time is over.

    A page may take longer to load, or a program to start, than during the recording.
    """

    def __init__(
        self,
        environment: Environment,
        expected: Callable[[], Observation | None],
        judge: Judge = PLAIN_JUDGE,
        patience: float = PATIENCE,
    ) -> None:
        """`expected` returns the screen to wait for after the current action, if there is one."""
        super().__init__(environment)
        self._expected = expected
        self._judge = judge
        self._patience = patience

    def reset(self) -> Observation:
        """Reset and wait until the first screen matches."""
        return self._await(self.environment.reset())

    def execute(self, action: Action) -> Observation:
        """Carry out the action and wait until the expected screen appears."""
        return self._await(self.environment.execute(action))

    def _await(self, observation: Observation) -> Observation:
        expected = self._expected()
        if expected is None:
            return observation
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline and not self._judge(expected, observation).matches:
            time.sleep(_LOOK_AGAIN)
            later = self.environment.observe()
            # A notice is reported only once, so those of the earlier looks would be lost.
            observation = replace(later, notices=tuple(dict.fromkeys((*observation.notices, *later.notices))))
        return observation
