"""The action spaces by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from handeye.actions.schema import Action
from handeye.evals.osworld.spaces.computer_13 import computer_13
from handeye.evals.osworld.spaces.pyautogui import python_command

SpaceName: TypeAlias = Literal["pyautogui", "computer_13"]
WAIT: Final = "WAIT"
DONE: Final = "DONE"
FAIL: Final = "FAIL"
"""The special actions. They are these words in both spaces: upstream's `evaluate` knows no other form of FAIL."""


@dataclass(frozen=True, slots=True)
class Space:
    """One action space."""

    supported: frozenset[str]
    """The types of the actions that it has."""
    write: Callable[[Action], list[Any]]
    """Returns what `DesktopEnv.step` takes, one after the other. Raises `ActionRejected`."""


SPACES: Final[Mapping[str, Space]] = {
    "pyautogui": Space(
        frozenset({"click", "long_press", "move", "drag", "scroll", "type", "press", "hold", "wait"}),
        lambda action: [python_command(action)],
    ),
    "computer_13": Space(
        frozenset({"click", "move", "drag", "scroll", "type", "press", "wait"}),
        lambda action: list(computer_13(action)),
    ),
}
