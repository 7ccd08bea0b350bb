"""Stands in for android_world/agents/base_agent.py."""

import abc
import time
from dataclasses import dataclass
from typing import Any

from handeye.evals.androidworld.fake.interface import AsyncAndroidEnv, State


@dataclass
class AgentInteractionResult:
    """What a step was."""

    done: bool
    data: dict[str, Any]


class EnvironmentInteractingAgent(abc.ABC):
    """The base of all agents."""

    def __init__(self, env: AsyncAndroidEnv, name: str = "", transition_pause: float | None = 1.0) -> None:
        self._env = env
        self._name = name
        self._transition_pause = transition_pause
        self._max_steps: int | None = None

    @property
    def transition_pause(self) -> float | None:
        """Seconds before the state is taken; None to wait until it is stable."""
        return self._transition_pause

    @transition_pause.setter
    def transition_pause(self, transition_pause: float | None) -> None:
        self._transition_pause = transition_pause

    @property
    def env(self) -> AsyncAndroidEnv:
        """The environment."""
        return self._env

    @env.setter
    def env(self, env: AsyncAndroidEnv) -> None:
        self._env = env

    def set_max_steps(self, max_steps: int) -> None:
        """Tell the agent how many steps it has."""
        self._max_steps = max_steps

    def reset(self, go_home: bool = False) -> None:
        """Begin an episode."""
        self.env.reset(go_home=go_home)

    def get_post_transition_state(self) -> State:
        """Return the state after the pause."""
        if self._transition_pause is not None:
            time.sleep(self._transition_pause)
        return self.env.get_state(wait_to_stabilize=self._transition_pause is None)

    @abc.abstractmethod
    def step(self, goal: str) -> AgentInteractionResult:
        """Take a step."""

    @property
    def name(self) -> str:
        """The agent's name."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        self._name = name
