"""What each action does on a phone."""

from collections.abc import Callable
from dataclasses import dataclass

from handeye.actions.geometry import Frame, OutOfFrame, Size
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
from handeye.environments.android.apps import InstalledApp, opened_instead, opening, opening_problem
from handeye.environments.android.link import PhoneSilent
from handeye.environments.android.phone import AndroidPhone, InputStopped
from handeye.environments.android.status import DISPLAY, SIZE, parse_display, parse_size
from handeye.environments.android.typing import Typist, done
from handeye.environments.android.view import View, Viewer
from handeye.environments.android.windows import parse_windows
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.secrets import Secrets
from handeye.environments.strokes import MOST_STROKES
from handeye.environments.supported import require_finger

SUPPORTED = frozenset(
    {
        *("click", "long_press", "drag", "scroll", "type", "press", "hold"),
        *("wait", "wait_until_stable", "open_app", "back", "home", "recent_apps"),
    }
)
_OPEN_SECONDS = 10.0
"""How long to wait for `am start -W`. Some apps never report that they are drawn, although they are."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Carries out actions on one phone."""

    phone: AndroidPhone
    viewer: Viewer
    typist: Typist
    secrets: Secrets
    find_app: Callable[[str], InstalledApp]
    notice: Callable[[str], None]
    fall_short: Callable[[ActionPartial], None]
    """Called when an action was carried out, and the screen does not show its whole effect."""

    def perform(self, action: Action, seen: View | None) -> None:
        """Carry it out; `seen` is what its points refer to.

        Raises `ActionRejected` before anything is done, and `ActionPartial` if part of it was.
        """
        try:
            match action:
                case Click() | LongPress() | Drag() | Scroll():
                    self._point(action, seen)
                case Type():
                    self._type(action, seen)
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
        except InputStopped as stopped:
            raise ActionPartial(f"it is not known whether it was done: {stopped.problem}") from None

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
        _require_awake(seen)
        self._require_mapped(seen)
        match action:
            case Click():
                self._tap(action)
            case LongPress():
                self.phone.input(android_touch.long_press(action.point, action.seconds), action.seconds)
            case Drag():
                self._drag(action)
            case Scroll():
                self._scroll(action, frame)

    def _tap(self, action: Click) -> None:
        try:
            self.phone.input(android_touch.tap(action.point, action.count))
        except InputStopped as stopped:
            if not stopped.commands:
                raise
            raise ActionPartial(
                f"only {stopped.commands} of {action.count} taps were done: {stopped.problem}",
                action.model_copy(update={"count": stopped.commands}),
            ) from None

    def _drag(self, action: Drag) -> None:
        path = action.path
        if len(path) == 2 and path[0] != path[1] and not action.hold_seconds:
            self.phone.input(android_touch.swipe(*path))
            return
        self.phone.require_motion()
        try:
            self.phone.input(android_touch.drag(path, action.hold_seconds), len(path) + action.hold_seconds)
        except InputStopped as stopped:
            self.phone.shell(android_touch.motion("UP", path[-1]))  # the finger must not stay down
            raise ActionPartial(f"the drag ended before its last point: {stopped.problem}") from None

    def _scroll(self, action: Scroll, frame: Frame) -> None:
        stroke = android_touch.stroke if self.phone.has_motion() else android_touch.slow_swipe
        density = self.phone.density
        strokes = android_touch.strokes(action.point, action.dx, action.dy, frame.size, density)
        dx = dy = 0
        for number, (start, end) in enumerate(strokes):
            problem = None
            if number == MOST_STROKES:
                problem = f"the scroll stopped short after {number} finger strokes"
            else:
                try:
                    self.phone.input(stroke(start, end))
                except InputStopped as stopped:
                    self.phone.shell(android_touch.motion("UP", end))
                    problem = f"the scroll was interrupted: {stopped.problem}"
                except ActionRejected as error:
                    if number == 0:
                        raise
                    problem = f"the scroll was interrupted: {error}"
            if problem is not None:
                part = action.model_copy(update={"dx": dx, "dy": dy}) if dx or dy else None
                raise ActionPartial(f"{problem}: scroll again to continue", part)
            distance = android_touch.scrolled(start, end, density)
            dx, dy = dx + distance.x, dy + distance.y

    def _type(self, action: Type, seen: View | None) -> None:
        if seen is not None:
            _require_awake(seen)
        locked = seen is not None and seen.status.locked
        text = self.secrets.reveal(action.secret) if action.secret is not None else action.text or ""
        doubt = self.typist.type(action, text, locked)
        if doubt is None:
            return
        self.notice(doubt.text)
        if doubt.failed:
            part = None if doubt.arrived is None else done(action, doubt.arrived)
            self.fall_short(ActionPartial(doubt.text, part))

    def _open(self, name: str) -> None:
        app = self.find_app(name)
        try:
            result = self.phone.shell(opening(app), _OPEN_SECONDS)
        except PhoneSilent:
            return  # the next screenshot shows whether it opened
        problem = opening_problem(result.said, result.status)
        certain = opening_problem(result.said) is not None
        if problem is not None and (certain or not self._is_in_front(app)):
            reason = self.phone.quoted(problem) or f"the phone gave no reason (status {result.status})"
            raise ActionRejected(f"{app.shown} could not be opened: {reason}")
        opened = opened_instead(result.said, app)
        if opened is not None:
            self.notice(f"Instead of {app.shown}, the phone opened {opened}.")

    def _is_in_front(self, app: InstalledApp) -> bool:
        return parse_windows(self.phone.shell(DISPLAY).output).in_front[0] == app.package

    def _require_mapped(self, seen: View) -> None:
        """Raise `ActionRejected` unless the pixels of the screenshot are those that touches reach."""
        now = parse_display(self.phone.shell(DISPLAY).output)
        before, picture = seen.status.display, seen.screenshot.size
        if before is not None and now is not None and now != before:
            raise ActionRejected(
                f"the screen was rotated since the screenshot, from {before.size} to {now.size} pixels: look again"
            )
        sizes = (now.size,) if now is not None else self._upright_sizes()
        if sizes and picture not in sizes:
            raise ActionRejected(mismatch(picture, sizes[0]))

    def _upright_sizes(self) -> tuple[Size, ...]:
        """Return the possible sizes of a screen whose rotation is not reported."""
        size = parse_size(self.phone.shell(SIZE).output)
        return () if size is None else (size, Size(size.height, size.width))


def mismatch(picture: Size, screen: Size) -> str:
    """Return why a screen cannot be touched that is not the one in the picture."""
    if picture == Size(screen.height, screen.width):
        why = "the phone does not turn its screenshots with the screen"
        fix = "turn it upright"
    else:
        why = "they show another display, or the size was overridden"
        fix = "run `adb shell wm size reset`, or unfold it"
    return (
        f"a touch would land elsewhere: the screenshot has {picture} pixels and the touch screen {screen}, since "
        f"{why}; the person at the phone can {fix}"
    )


def _require_awake(seen: View) -> None:
    if not seen.status.awake:
        raise ActionRejected("the screen is off, so nothing receives it: press wakeup, or look again")
