"""What each action does on a desktop."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
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
from handeye.environments.desktop.clear import Clearing
from handeye.environments.desktop.input import SECONDS_PER_CHARACTER, DesktopInput, Focus, PartlyDone
from handeye.environments.desktop.kill_switch import StopSwitch
from handeye.environments.desktop.launch import OPEN_SECONDS
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.secrets import Secrets

SUPPORTED = frozenset(
    {
        *("click", "long_press", "move", "drag", "scroll", "type", "press", "hold"),
        *("wait", "wait_until_stable", "open_app"),
    }
)
_SECONDS_TO_CLEAR = 10.0
_COMPLETION = 0.25
"""Seconds between text and enter: GTK's file dialog swallows an enter that arrives while it looks for a completion."""
_SECONDS_PER_POINT = 5.0


@dataclass(frozen=True, slots=True)
class Actor:
    """Carries out actions on a desktop."""

    secrets: Secrets
    kill_switch: StopSwitch | None
    input: DesktopInput
    clearing: Clearing
    wait: Callable[[float], None]
    open_app: Callable[[str], None]
    pointing: Callable[[], AbstractContextManager[None]]
    """Tells the kill switch that we are moving the pointer."""

    def perform(self, action: Action, transform: Transform, focus: Focus | None) -> None:
        """Carry it out.

        transform: from the screenshot that the action refers to, to the pointer's positions. focus: where keys went
        when that screenshot was made. Raises `ActionRejected` before anything is done if it is not possible, and
        `ActionPartial` if only a part was done.
        """
        match action:
            case Click() | LongPress() | Move() | Drag() | Scroll():
                self._point(action, transform)
            case Type():
                self._type(action, focus)
            case Press(keys=keys):
                self._require_agents_own(keys)
                with _partly():
                    self.input.press(keys, focus)
            case Hold(keys=keys, seconds=seconds):
                self._require_agents_own(keys)
                with _partly():
                    self.input.hold(keys, seconds, focus)
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
        try:
            with self.pointing():
                self._point_at(action, path, transform)
        except PartlyDone as part:
            raise ActionPartial(f"only a part was done: {part}", _pointed(action, part, transform)) from part

    def _point_at(
        self, action: Click | LongPress | Move | Drag | Scroll, path: Sequence[Point], transform: Transform
    ) -> None:
        match action:
            case Click():
                self.input.click(path[0], action.button, action.count, action.modifiers)
            case LongPress():
                self.input.long_press(path[0], action.seconds)
            case Move():
                self.input.move(path[0])
            case Drag():
                self.input.drag(path, action.button, action.modifiers, action.hold_seconds)
            case Scroll():
                dx, dy = _distance(transform, Point(action.dx, action.dy))
                self.input.scroll(path[0], dx, dy, action.modifiers)

    def _type(self, action: Type, focus: Focus | None) -> None:
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
        emptied = False
        if action.clear:
            with _partly():
                emptied = self.clearing.clear(focus, text)
        if text:
            self._type_text(action, text, focus, emptied)
        if action.submit:
            self._submit(action, text, focus)

    def _type_text(self, action: Type, text: str, focus: Focus | None, emptied: bool) -> None:
        done = Type(text="", clear=True) if emptied else None
        try:
            self.input.type(text, focus)
        except ActionRejected as error:
            if not action.clear:
                raise
            what = "emptied" if emptied else "marked"
            raise ActionPartial(f"the field was {what}, but nothing was typed: {error}", done) from None
        except PartlyDone as part:
            if action.secret is not None:
                raise ActionPartial(f"only a part of the secret {action.secret!r} was typed: {part}") from None
            count = part.count or 0
            if count:
                done = Type(text=text[:count], clear=action.clear)
            raise ActionPartial(f"{count} of {len(text)} characters were typed: {part}", done) from None

    def _submit(self, action: Type, text: str, focus: Focus | None) -> None:
        self.wait(_COMPLETION)
        try:
            self.input.press(("enter",), focus)
        except ActionRejected as error:
            if not text and not action.clear:
                raise
            done = action.model_copy(update={"submit": False})
            raise ActionPartial(f"the text was typed, but enter was not pressed: {error}", done) from None
        except PartlyDone as part:
            raise ActionPartial(f"whether enter was pressed is unknown: {part}") from None

    def _require_agents_own(self, keys: Sequence[str]) -> None:
        switch = self.kill_switch
        if switch is not None and switch.key in keys:
            raise ActionRejected(f"the key {switch.key} is reserved for the person at the desktop, to stop the agent")


@contextmanager
def _partly() -> Iterator[None]:
    """Tell what was done in part as that of an action that none describes."""
    try:
        yield
    except PartlyDone as part:
        raise ActionPartial(f"only a part was done: {part}") from part


def _pointed(action: Action, part: PartlyDone, transform: Transform) -> Click | Drag | None:
    """Return the action that describes a part of one with the pointer, if there is one."""
    if isinstance(action, Click) and part.count:
        return action.model_copy(update={"count": part.count})
    if isinstance(action, Drag) and part.at is not None and transform.target.box.contains(part.at):
        return action.model_copy(update={"path": (*action.path[:-1], transform.inverse().point(part.at))})
    return None


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
        case Type(text=text):
            return len(text or "") * SECONDS_PER_CHARACTER + _SECONDS_TO_CLEAR
        case Drag():
            return len(action.path) * _SECONDS_PER_POINT + action.hold_seconds
        case OpenApp():
            return OPEN_SECONDS
        case _:
            return 0.0
