"""Stands in for android_world/task_evals/task_eval.py: what a task is."""

import abc
from typing import Any, ClassVar

from handeye.evals.androidworld.fake.interface import AsyncAndroidEnv


class TaskEval(abc.ABC):
    """An instance of a task."""

    template: ClassVar[str] = ""
    complexity: ClassVar[float] = 1
    start_on_home_screen: ClassVar[bool] = True

    def __init__(self, params: dict[str, Any]) -> None:
        self._params = params
        self.initialized = False

    @property
    def name(self) -> str:
        """The name of its class."""
        return type(self).__name__

    @property
    def params(self) -> dict[str, Any]:
        """What differs between its instances."""
        return self._params

    @property
    def goal(self) -> str:
        """What is asked."""
        return self.template.format(**self.params)

    @classmethod
    def generate_random_params(cls) -> dict[str, Any]:
        """Return the parameters of an instance, by Python's own random generator, which is seeded before."""
        return {}

    def initialize_task(self, env: AsyncAndroidEnv) -> None:
        """Prepare the phone: its settings, which all tasks use, are closed."""
        env.interaction_cache = ""
        env.controller.shell(["am", "force-stop", "com.android.settings"])
        if self.initialized:
            raise RuntimeError(f"{self.name}.initialize_task() is already called.")
        self.initialized = True

    @abc.abstractmethod
    def is_successful(self, env: AsyncAndroidEnv) -> float:
        """Return 1 if the goal is reached, and a part of that if a part of it is."""

    def tear_down(self, env: AsyncAndroidEnv) -> None:
        """Undo what was changed."""
        self.initialized = False
