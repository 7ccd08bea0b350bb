"""Tasks on the stand-in's screen, with what is known of their scores."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from handeye.actions.geometry import Point
from handeye.actions.schema import Action, Click, Terminate, Type
from handeye.evals.osworld.machine import Machine
from handeye.evals.osworld.spaces.catalog import SpaceName
from handeye.evals.osworld.task import Oracle
from handeye.evals.task import Move

SOURCE: Final = Path(__file__).with_name("stand_in.py")
_TEXT: Final = "Grüße, 世界!\nif a < b: print('it\\'s \"quoted\"')"
_FIELD: Final = Point(400, 830)


class Known(NamedTuple):
    """What each policy scores."""

    oracle: float
    center: float
    random: float


KNOWN: Final[Mapping[str, Known]] = {
    "os/button-aside": Known(1.0, 0.0, 0.0),
    "os/button-in-the-middle": Known(1.0, 1.0, 0.0),
    "os/button-on-the-left": Known(1.0, 0.0, 1.0),
    "os/button-and-text": Known(1.0, 0.5, 0.0),
    "os/no-such-thing": Known(1.0, 0.0, 0.0),
}
"""Of policies that never say how the episode ended; the oracles do."""
_BUTTONS: Final[Mapping[str, list[int]]] = {
    "os/button-aside": [1500, 300, 1700, 400],
    "os/button-in-the-middle": [800, 500, 1100, 600],
    "os/button-on-the-left": [0, 0, 950, 790],
    "os/button-and-text": [800, 500, 1100, 600],
}


def write_tasks(folder: Path) -> Path:
    """Write a checkout with the tasks, and return the folder of their files."""
    examples = folder / "evaluation_examples" / "examples"
    (examples / "os").mkdir(parents=True, exist_ok=True)
    for name in KNOWN:
        (examples / f"{name}.json").write_text(json.dumps(_definition(name)), encoding="utf-8")
    index = {"os": [name.removeprefix("os/") for name in KNOWN]}
    (examples.parent / "test_stand_in.json").write_text(json.dumps(index), encoding="utf-8")
    return examples


def stand_in_machine(folder: Path, space: SpaceName = "pyautogui", python: str = sys.executable) -> Machine:
    """Return the stand-in, which rests nowhere."""
    return Machine(
        python=python,
        checkout=folder,
        source=SOURCE,
        space=space,
        pause=0.0,
        wait_after_reset=0.0,
        wait_before_score=0.0,
    )


def _definition(name: str) -> dict[str, Any]:
    expected = {"pressed": True} | ({"text": _TEXT} if name.endswith("text") else {})
    infeasible = name not in _BUTTONS
    return {
        "id": name.removeprefix("os/"),
        "instruction": "Do what cannot be done." if infeasible else "Press the button.",
        "config": [] if infeasible else [{"type": "button", "button": _BUTTONS[name]}],
        "evaluator": {"func": "infeasible"} if infeasible else {"func": "there", "expected": expected},
    }


def _moves(name: str) -> Iterator[Move]:
    if name not in _BUTTONS:
        yield Move("There is no such thing.", Terminate(status="infeasible"))
        return
    left, top, right, bottom = _BUTTONS[name]
    actions: list[Action] = [Click(point=Point((left + right) // 2, (top + bottom) // 2))]
    if name.endswith("text"):
        actions += [Click(point=_FIELD), Type(text=_TEXT, clear=True)]
    for action in (*actions, Terminate(status="success")):
        yield Move("", action)


def _oracle(name: str) -> Oracle:
    return lambda: _moves(name)


ORACLES: Final[Mapping[str, Oracle]] = {name: _oracle(name) for name in KNOWN}
