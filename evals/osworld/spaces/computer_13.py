"""The action space `computer_13`: dicts, as `desktop_env/actions.py` of desktop-env 1.0.2 lists them.

It has no way to type what a US keyboard lacks, moves the pointer in a random manner, and pauses after each part.
Therefore `pyautogui` is the default.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from handeye.actions.geometry import Point
from handeye.actions.schema import Action, Click, Drag, Move, Press, Scroll, Type, Wait
from handeye.environments.desktop.gestures import notches
from handeye.environments.errors import ActionRejected
from handeye.evals.osworld.spaces.keys import machine_keys

Part: TypeAlias = dict[str, Any]
_QUOTES: Final = frozenset("'\\")
"""Keys that the controller writes into its command without an escape."""


def computer_13(action: Action) -> list[Part]:
    """Return the parts of an action, in order. Raises `ActionRejected` if there are none."""
    match action:
        case Click(point=point, button=button, count=count, modifiers=modifiers):
            return _holding(modifiers, [_part("CLICK", button=button, num_clicks=count, **_at(point))])
        case Move(point=point):
            return [_part("MOVE_TO", **_at(point))]
        case Drag(path=path, button=button, modifiers=modifiers) if not action.hold_seconds:
            way = [_part("MOVE_TO", **_at(point)) for point in path[1:]]
            down, up = _part("MOUSE_DOWN", button=button), _part("MOUSE_UP", button=button)
            return _holding(modifiers, [_part("MOVE_TO", **_at(path[0])), down, *way, up])
        case Scroll(point=point, dx=dx, dy=dy, modifiers=modifiers):
            turn = _part("SCROLL", dx=notches(dx), dy=-notches(dy))
            return _holding(modifiers, [_part("MOVE_TO", **_at(point)), turn])
        case Type():
            return _typing(action)
        case Press(keys=keys):
            return _pressed(machine_keys(keys))
        case Wait():
            return []
        case _:
            raise ActionRejected(f"`{action.type}` is not possible in the action space computer_13")


def _part(kind: str, **parameters: object) -> Part:
    return {"action_type": kind, "parameters": parameters}


def _at(point: Point) -> dict[str, int]:
    return {"x": int(point.x), "y": int(point.y)}


def _pressed(names: Sequence[str]) -> list[Part]:
    if len(names) == 1 and names[0] in _QUOTES:
        return [_part("TYPING", text=names[0])]
    _require_plain(names)
    return [_part("PRESS", key=names[0]) if len(names) == 1 else _part("HOTKEY", keys=list(names))]


def _holding(keys: Sequence[str], parts: list[Part]) -> list[Part]:
    names = machine_keys(tuple(keys))
    down = [_part("KEY_DOWN", key=name) for name in names]
    return [*down, *parts, *(_part("KEY_UP", key=name) for name in reversed(names))]


def _require_plain(names: Sequence[str]) -> None:
    if _QUOTES & set(names):
        raise ActionRejected("computer_13 cannot hold the keys ' and \\ together with others")


def _typing(action: Type) -> list[Part]:
    text = action.text or ""
    if action.secret is not None:
        raise ActionRejected("there are no secrets on this machine: type a text")
    if not text.isascii():
        raise ActionRejected("computer_13 types only what a US keyboard has")
    cleared = [_part("HOTKEY", keys=["ctrl", "a"]), _part("PRESS", key="delete")] if action.clear else []
    typed = [
        _part("HOTKEY", keys=["shift", ","]) if piece == "<" else _part("TYPING", text=piece)
        for piece in re.split("(<)", text)
        if piece
    ]
    return [*cleared, *typed, *([_part("PRESS", key="enter")] if action.submit else [])]
