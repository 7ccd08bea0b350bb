"""Stands in for android_world/env/json_action.py."""

from dataclasses import dataclass
from typing import Final

ANSWER: Final = "answer"
STATUS: Final = "status"


@dataclass
class JSONAction:
    """An action as AndroidWorld's own agents write it."""

    action_type: str | None = None
    index: str | int | None = None
    x: int | None = None
    y: int | None = None
    text: str | None = None
    direction: str | None = None
    goal_status: str | None = None
    app_name: str | None = None
    keycode: str | None = None
    clear_text: bool | None = None
