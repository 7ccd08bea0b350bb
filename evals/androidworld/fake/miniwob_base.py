"""Stands in for android_world/task_evals/miniwob/miniwob_base.py, with its mistake.

A page's reward is what an app on the phone would say of it, as text: nothing before the end, 1, -1, or a fraction.
Here the settings of the phone are the page.
"""

from typing import Any

from handeye.evals.androidworld.fake.interface import AsyncAndroidEnv
from handeye.evals.androidworld.fake.task_eval import TaskEval

WON, LOST, DRAWN = "1", "-1", "-0.5"


def get_episode_reward(env: AsyncAndroidEnv) -> float:
    """Return the reward. Raises ValueError if it is a fraction, as the real one does."""
    reward = _said(env)
    return float(int(reward)) if reward else 0.0


def is_episode_terminated(env: AsyncAndroidEnv) -> bool:
    """Return whether there is a reward."""
    return get_episode_reward(env) != 0.0


class MiniWoBTask(TaskEval):
    """A page."""

    template = "Follow the instructions shown on the top of the screen: {utterance}"
    complexity = 3
    start_on_home_screen = False

    @property
    def goal(self) -> str:
        """What is asked; known once the page is there."""
        if not self.initialized:
            raise ValueError("MiniWoB task must be initialized using initialize_task before the goal can be retrieved.")
        return super().goal

    def initialize_task(self, env: AsyncAndroidEnv) -> None:
        """Begin the episode, on the page of the settings."""
        super().initialize_task(env)
        for key in ("airplane_mode_on", "bluetooth_on", "zen_mode"):
            env.put("global", key, "0")
        env.controller.shell(["am", "start", "-a", "android.settings.SETTINGS"])
        self._params["utterance"] = "Turn on airplane mode, and neither Bluetooth nor Do Not Disturb."

    def is_successful(self, env: AsyncAndroidEnv) -> float:
        """Return 1 if the reward is 1."""
        return float(get_episode_reward(env) == 1.0)


def page(file_name: str) -> type[MiniWoBTask]:
    """Return the task of a page."""

    def generate_random_params(cls: type[MiniWoBTask]) -> dict[str, Any]:
        return {"task_name": file_name}

    name = "MiniWob" + "".join(part.capitalize() for part in file_name.split("-"))
    return type(name, (MiniWoBTask,), {"generate_random_params": classmethod(generate_random_params)})


def _said(env: AsyncAndroidEnv) -> str:
    for key, reward in (("airplane_mode_on", WON), ("bluetooth_on", DRAWN), ("zen_mode", LOST)):
        if env.setting("global", key) == "1":
            return reward
    return ""
