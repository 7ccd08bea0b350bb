"""Stands in for android_world/registry.py."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from handeye.evals.androidworld.fake.miniwob_base import page
from handeye.evals.androidworld.fake.task_eval import TaskEval
from handeye.evals.androidworld.fake.tasks import (
    PhoneNameQuestion,
    SystemBluetoothTurnOn,
    SystemBrightnessMax,
    TurnOffWifiAndTurnOnBluetooth,
)

METADATA: Final[Sequence[Mapping[str, Any]]] = (
    {"task_name": "SystemBluetoothTurnOn", "difficulty": "easy", "tags": [""]},
    {"task_name": "SystemBrightnessMax", "difficulty": "easy", "tags": ["complex_ui_understanding"]},
    {"task_name": "TurnOffWifiAndTurnOnBluetooth", "difficulty": "medium", "tags": ["multi_app"]},
    {"task_name": "PhoneNameQuestion", "difficulty": "hard", "tags": ["information_retrieval", "parameterized"]},
)
"""What task_metadata.json says of the tasks."""


class TaskRegistry:
    """The families."""

    def get_registry(self, family: str) -> Mapping[str, type[TaskEval]]:
        """Return the tasks of a family. Raises ValueError."""
        android: dict[str, type[TaskEval]] = {
            "SystemBluetoothTurnOn": SystemBluetoothTurnOn,
            "SystemBrightnessMax": SystemBrightnessMax,
            "TurnOffWifiAndTurnOnBluetooth": TurnOffWifiAndTurnOnBluetooth,
        }
        retrieval: dict[str, type[TaskEval]] = {"PhoneNameQuestion": PhoneNameQuestion}
        subset: dict[str, type[TaskEval]] = {"tic-tac-toe": page("tic-tac-toe")}
        match family:
            case "android_world":
                return {**android, **retrieval}
            case "android":
                return android
            case "information_retrieval":
                return retrieval
            case "miniwob":
                return {**subset, "circle-center": page("circle-center")}
            case "miniwob_subset":
                return subset
        raise ValueError(f"Unsupported family: {family}")
