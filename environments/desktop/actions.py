"""What each action does on a desktop."""

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from handeye.actions.geometry import OutOfFrame, Point, Transform
from handeye.actions.schema import (
    Action,
    Click,
    Drag,
    Hold,
    LongPress,
    Move,
    OpenApp,
    Press,
    Scroll,
    Type,
    Wait,
    WaitUntilStable,
)
from handeye.environments.desktop.input import DesktopInput
from handeye.environments.desktop.kill_switch import StopSwitch
from handeye.environments.desktop.launch import OPEN_SECONDS
from handeye.environments.errors import ActionRejected
from handeye.environments.secrets import Secrets

SUPPORTED = frozenset(
    {
        *("click", "long_press", "move", "drag", "scroll", "type", "press", "hold"),
        *("wait", "wait_until_stable", "open_app"),
    }
)
_SECONDS_PER_CHARACTER = 0.05
_COMPLETION = 0.25
"""Seconds between text and enter: GTK's file dialog swallows an enter that arrives while it looks for a completion."""
_SECONDS_PER_POINT = 5.0


@dataclass(frozen=True, slots=True)
class Actor:
    """Carries out actions on a desktop."""

    secrets: Secrets
    kill_switch: StopSwitch | None
    input: DesktopInput
    wait: Callable[[float], None]
    open_app: Callable[[str], None]
    pointing: Callable[[], AbstractContextManager[None]]
    """Tells the kill switch that we are moving the pointer."""

    def perform(self, action: Action, transform: Transform) -> None:
        """Carry it out; raise `ActionRejected` before anything is done if that is not possible.

        transform: from the screenshot that the action refers to, to the pointer's positions.
        """
        match action:
            case Click() | LongPress() | Move() | Drag() | Scroll():
                self._point(action, transform)
            case Type():
                self._type(action)
            case Press(keys=keys):
                self._require_agents_own(keys)
                self.input.press(keys)
            case Hold(keys=keys, seconds=seconds):
                self._require_agents_own(keys)
                self.input.hold(keys, seconds)
            case Wait():
                self.wait(action.seconds)
            case WaitUntilStable():
                return  # the session watches the screen itself
            case OpenApp():
                self.open_app(action.name)
            case _:
                raise AssertionError(f"{action.type} is not in SUPPORTED")

    def _point(self, action: Click | LongPress | Move | Drag | Scroll, transform: Transform) -> None:
        points = action.path if isinstance(action, Drag) else (action.point,)
        try:
            path = [transform.point(point) for point in points]
        except OutOfFrame as error:
            raise ActionRejected(str(error)) from None
        if isinstance(action, Click | Drag | Scroll):
            self._require_agents_own(action.modifiers)
        with self.pointing():
            match action:
                case Click():
                    self.input.click(path[0], action.button, action.count, action.modifiers)
                case LongPress():
                    self.input.long_press(path[0], action.seconds)
                case Move():
                    self.input.move(path[0])
                case Drag():
                    self.input.drag(path, action.button, action.modifiers)
                case Scroll():
                    dx, dy = _distance(transform, Point(action.dx, action.dy))
                    self.input.scroll(path[0], dx, dy, action.modifiers)

    def _type(self, action: Type) -> None:
        text = action.text or ""
        if action.secret is not None:
            text = self.secrets.reveal(action.secret)
        try:
            self.input.require(text=text, keys=("ctrl", "a", "delete", "enter"))
        except ActionRejected:
            if action.secret is None:
                raise
            # The original error would reveal the character.
            raise ActionRejected(f"the secret {action.secret!r} has a character that cannot be typed here") from None
        if action.clear:
            self.input.press(("meta" if sys.platform == "darwin" else "ctrl", "a"))
            self.input.press(("delete",))
        if text:
            self.input.type(text)
        if action.submit:
            self.wait(_COMPLETION)
            self.input.press(("enter",))

    def _require_agents_own(self, keys: Sequence[str]) -> None:
        switch = self.kill_switch
        if switch is not None and switch.key in keys:
            raise ActionRejected(f"the key {switch.key} is reserved for the person at the desktop, to stop the agent")


def _distance(transform: Transform, way: Point) -> Point:
    """Convert a distance on the screenshot to units of the pointer's positions; no nonzero component rounds to 0."""

    def scaled(pixels: int, source: int, target: int) -> int:
        length = max(1, round(abs(pixels) * target / source)) if pixels else 0
        return length if pixels > 0 else -length

    source, target = transform.source.size, transform.target.size
    return Point(scaled(way.x, source.width, target.width), scaled(way.y, source.height, target.height))


def duration(action: Action) -> float:
    """Return how many seconds an action may take by itself."""
    match action:
        case LongPress() | Hold() | Wait() | WaitUntilStable():
            return action.seconds
        case Type(text=str(text)):
            return len(text) * _SECONDS_PER_CHARACTER
        case Drag():
            return len(action.path) * _SECONDS_PER_POINT
        case OpenApp():
            return OPEN_SECONDS
        case _:
            return 0.0
