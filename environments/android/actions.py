"""What each action does on a phone."""

from collections.abc import Callable
from dataclasses import dataclass

from handeye.actions.geometry import Frame, OutOfFrame, Point
from handeye.actions.schema import (
    Action,
    Back,
    Click,
    Drag,
    Hold,
    Home,
    LongPress,
    OpenApp,
    Press,
    RecentApps,
    Scroll,
    Type,
    Wait,
    WaitUntilStable,
)
from handeye.environments.android import keys as android_keys
from handeye.environments.android import touch as android_touch
from handeye.environments.android.apps import InstalledApp, opening, opening_problem
from handeye.environments.android.link import PhoneSilent
from handeye.environments.android.phone import AndroidPhone
from handeye.environments.android.status import DISPLAY, Display, parse_display
from handeye.environments.android.typing import Typist
from handeye.environments.android.view import View, Viewer
from handeye.environments.errors import ActionRejected
from handeye.environments.secrets import Secrets

SUPPORTED = frozenset(
    {
        *("click", "long_press", "drag", "scroll", "type", "press", "hold"),
        *("wait", "wait_until_stable", "open_app", "back", "home", "recent_apps"),
    }
)
_OPEN_SECONDS = 10.0
"""How long to wait for `am start -W`. Some apps never report that they are drawn, although they are."""
_MOST_STROKES = 8
"""Finger strokes in one scroll, so that it ends in acceptable time."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Carries out actions on one phone."""

    phone: AndroidPhone
    viewer: Viewer
    typist: Typist
    secrets: Secrets
    find_app: Callable[[str], InstalledApp]
    notice: Callable[[str], None]

    def perform(self, action: Action, seen: View | None) -> None:
        """Carry it out; `seen` is what its points refer to. Raises `ActionRejected` before anything is done."""
        match action:
            case Click() | LongPress() | Drag() | Scroll():
                self._point(action, seen)
            case Type():
                self._type(action)
            case Press():
                self.phone.input((android_keys.press(action.keys),))
            case Hold():
                self.phone.input((android_keys.hold(action.keys, action.seconds),), action.seconds)
            case Back():
                self.phone.input((android_keys.BACK,))
            case Home():
                self.phone.input((android_keys.HOME,))
            case RecentApps():
                self.phone.input((android_keys.RECENT_APPS,))
            case OpenApp():
                self._open(action.name)
            case Wait():
                self.viewer.wait(action.seconds)
            case WaitUntilStable():
                return  # the session looks until then
            case _:
                raise AssertionError(f"{action.type} is not in SUPPORTED")

    def _point(self, action: Click | LongPress | Drag | Scroll, seen: View | None) -> None:
        if seen is None:
            raise ActionRejected("there is no screenshot yet for the point to refer to: look first")
        path = action.path if isinstance(action, Drag) else (action.point,)
        frame = Frame("screenshot", seen.screenshot.size)
        try:
            for point in path:
                frame.require(point)
        except OutOfFrame as error:
            raise ActionRejected(str(error)) from None
        require_finger(action)
        self._require_unturned(seen.status.display)
        match action:
            case Click():
                self.phone.input(android_touch.tap(action.point, action.count))
            case LongPress():
                self.phone.input(android_touch.long_press(action.point, action.seconds), action.seconds)
            case Drag():
                self._drag(path)
            case Scroll():
                self._scroll(action, frame)

    def _drag(self, path: tuple[Point, ...]) -> None:
        if len(path) == 2 and path[0] != path[1]:
            self.phone.input(android_touch.swipe(*path))
            return
        commands = android_touch.drag(path)
        self.phone.require_motion()
        self.phone.input(commands, len(path))

    def _scroll(self, action: Scroll, frame: Frame) -> None:
        stroke = android_touch.stroke if self.phone.has_motion() else android_touch.slow_swipe
        strokes = android_touch.strokes(action.point, action.dx, action.dy, frame.size, self.phone.density)
        for number, (start, end) in enumerate(strokes):
            if number == _MOST_STROKES:
                self.notice(f"The scroll stopped short after {number} finger strokes: scroll again to continue.")
                break
            self.phone.input(stroke(start, end))

    def _type(self, action: Type) -> None:
        secret = action.secret is not None
        text = self.secrets.reveal(action.secret) if action.secret is not None else action.text or ""
        problem = self.typist.type(text, action.clear, action.submit, secret)
        if problem is not None:
            self.notice(problem)

    def _open(self, name: str) -> None:
        app = self.find_app(name)
        try:
            result = self.phone.shell(opening(app), _OPEN_SECONDS)
        except PhoneSilent:
            return  # the next screenshot shows whether it opened
        problem = opening_problem(result.said)
        if problem is not None:
            raise ActionRejected(f"{app.shown} could not be opened: {problem}")

    def _require_unturned(self, seen: Display | None) -> None:
        now = parse_display(self.phone.shell(DISPLAY).output)
        if seen is not None and now is not None and now != seen:
            raise ActionRejected(
                f"the screen was rotated since the screenshot, from {seen.size} to {now.size} pixels: look again"
            )


def require_finger(action: Click | LongPress | Drag | Scroll) -> None:
    """Raise `ActionRejected` for what only a mouse can do."""
    if isinstance(action, Click | Drag) and action.button != "left":
        raise ActionRejected(f"a phone has no {action.button} button: use a left click or a long press")
    if not isinstance(action, LongPress) and action.modifiers:
        raise ActionRejected("no key can be held during a touch")
