"""The stand-in's tasks: settings of the phone, read and changed over adb."""

import random
from typing import Any

from handeye.evals.androidworld.fake.interface import AsyncAndroidEnv
from handeye.evals.androidworld.fake.task_eval import TaskEval

NAMES = ("Ada", "Grace", "Hedy", "Katherine", "Radia")
BRIGHTEST = "255"


class SystemBluetoothTurnOn(TaskEval):
    """A switch."""

    template = "Turn bluetooth on."

    def initialize_task(self, env: AsyncAndroidEnv) -> None:
        """Turn it off."""
        super().initialize_task(env)
        env.put("global", "bluetooth_on", "0")

    def is_successful(self, env: AsyncAndroidEnv) -> float:
        """Return 1 if it is on."""
        return float(env.setting("global", "bluetooth_on") == "1")


class SystemBrightnessMax(TaskEval):
    """A slider."""

    template = "Turn brightness to the max value."

    def initialize_task(self, env: AsyncAndroidEnv) -> None:
        """Make the screen dark."""
        super().initialize_task(env)
        env.put("system", "screen_brightness", "1")

    def is_successful(self, env: AsyncAndroidEnv) -> float:
        """Return 1 if it is as bright as can be."""
        return float(env.setting("system", "screen_brightness") == BRIGHTEST)


class TurnOffWifiAndTurnOnBluetooth(TaskEval):
    """Two goals, of which each gives a half."""

    template = "Turn off WiFi, then enable bluetooth"
    complexity = 2

    def initialize_task(self, env: AsyncAndroidEnv) -> None:
        """Turn one on and the other off."""
        super().initialize_task(env)
        env.put("global", "wifi_on", "1")
        env.put("global", "bluetooth_on", "0")

    def is_successful(self, env: AsyncAndroidEnv) -> float:
        """Return a half for each."""
        done = (env.setting("global", "wifi_on") == "0", env.setting("global", "bluetooth_on") == "1")
        return sum(done) / len(done)


class PhoneNameQuestion(TaskEval):
    """A question about what differs between its instances."""

    template = "What is the name of this phone? Answer with the name alone."
    complexity = 1.2

    @classmethod
    def generate_random_params(cls) -> dict[str, Any]:
        """Choose a name."""
        return {"phone": random.choice(NAMES)}

    def initialize_task(self, env: AsyncAndroidEnv) -> None:
        """Give the phone the name."""
        super().initialize_task(env)
        env.put("global", "device_name", self.params["phone"])

    def is_successful(self, env: AsyncAndroidEnv) -> float:
        """Return 1 if the answer is the name."""
        return float(env.interaction_cache == self.params["phone"])
