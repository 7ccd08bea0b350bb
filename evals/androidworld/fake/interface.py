"""Stands in for android_world/env/interface.py: the environment, over adb."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from handeye.actions.schema import Home
from handeye.environments.android.environment import AndroidEnvironment
from handeye.environments.settle import Settle
from handeye.evals.androidworld.fake.json_action import ANSWER, JSONAction


@dataclass(frozen=True)
class State:
    """The state of the screen."""

    pixels: npt.NDArray[np.uint8]
    """RGB, (height, width, 3), of the display as it is built in."""
    forest: Any
    ui_elements: list[Any]
    auxiliaries: dict[str, Any] | None = None


class AsyncAndroidEnv:
    """One emulator."""

    def __init__(self, controller: AndroidEnvironment) -> None:
        self._controller = controller
        self.interaction_cache = ""

    @property
    def controller(self) -> AndroidEnvironment:
        """What reaches the emulator; of ours, unlike the real one."""
        return self._controller

    def reset(self, go_home: bool = False) -> State:
        """Forget the answer, and go to the home screen if asked to."""
        if go_home:
            self._controller.execute(Home())
        self.interaction_cache = ""
        return self.get_state()

    def get_state(self, wait_to_stabilize: bool = False) -> State:
        """Return the screen."""
        pixels = np.asarray(self._controller.observe().image)
        return State(np.rot90(pixels, -self.orientation), None, [], {})

    def execute_action(self, action: JSONAction) -> None:
        """Take an answer; other actions do not come over this way."""
        if action.action_type != ANSWER:
            raise NotImplementedError(action.action_type)
        self.interaction_cache = action.text or ""

    def hide_automation_ui(self) -> None:
        """Hide the coordinates of touches."""
        self.put("system", "pointer_location", "0")

    @property
    def orientation(self) -> int:
        """Quarter turns of the screen."""
        found = self.setting("system", "user_rotation")
        return int(found) if self.setting("system", "accelerometer_rotation") == "0" and found.isdecimal() else 0

    def close(self) -> None:
        """Disconnect."""
        self._controller.close()

    def setting(self, namespace: str, key: str) -> str:
        """Return one of the phone's settings. Not in the real one, whose tasks read them in other ways."""
        return self._controller.shell(["settings", "get", namespace, key]).strip()

    def put(self, namespace: str, key: str, value: str) -> None:
        """Change a setting."""
        self._controller.shell(["settings", "put", namespace, key, value])


def connect(serial: str) -> AsyncAndroidEnv:
    """Return the environment of an emulator."""
    phone = AndroidEnvironment(serial, settle=Settle(grace=0.0))
    phone.reset()
    return AsyncAndroidEnv(phone)
