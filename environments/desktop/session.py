"""A connected desktop: acting, waiting, observing, and detecting its loss."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace

from handeye.actions.geometry import Box, Frame, Point, Transform
from handeye.actions.schema import Action, Click, Drag, Hold, LongPress, Move, Press, Scroll, Type, WaitUntilStable
from handeye.environments.desktop.actions import Actor, duration
from handeye.environments.desktop.apps import Apps
from handeye.environments.desktop.capture import Capture, Shot
from handeye.environments.desktop.clear import Clearing
from handeye.environments.desktop.connect import connect_input, connect_marking, connect_probe, connect_system
from handeye.environments.desktop.elements import find_elements
from handeye.environments.desktop.input import MOVED, Focus
from handeye.environments.desktop.kill_switch import Halt, KillSwitchWatch, StopSwitch, corner_point, stopped
from handeye.environments.desktop.launch import Launcher, Run
from handeye.environments.desktop.monitors import chosen
from handeye.environments.desktop.png import PngEncoder
from handeye.environments.desktop.process import is_at_work
from handeye.environments.desktop.settle import settled
from handeye.environments.desktop.system import Window
from handeye.environments.element import Element
from handeye.environments.elements import redacted
from handeye.environments.errors import ActionPartial, ActionRejected, EnvironmentLost, InvalidOption, KillSwitch
from handeye.environments.observation import Observation
from handeye.environments.secrets import Secrets
from handeye.environments.settle import Settle

_CALL_SECONDS = 60.0
"""Longer than any request to a responsive display takes, not counting the duration of the action itself."""
_CLOSE_SECONDS = 3.0
_STABLE_SECONDS = 0.5
"""How long the screen must not change to count as stable."""
_NO_WINDOW_MANAGER = (
    "No window manager is running: windows have no frames and stay where they are, and keys go to the window under the "
    "pointer."
)
_OUTSIDE = "the active window is outside of the screenshot, so what is typed would not be seen: click one that is shown"
_NOTHING_CHANGED = "Nothing on the screen has changed: what was typed may have gone nowhere."

DESKTOP_SETTLE = Settle(quiet=0.3)
"""Programs draw a pressed button at once, but often its effect a quarter of a second later."""


@dataclass(frozen=True, slots=True)
class DesktopOptions:
    """The validated options of the desktop environments, whose constructors document each field."""

    monitor: int | str | None
    apps: Apps
    secrets: Secrets
    settle: Settle
    kill_switch: StopSwitch | None


class DesktopSession:
    """One connection to a desktop, from its opening to its loss; used by one caller at a time.

    Its methods implement what `DesktopEnvironment` promises for those of the same names.
    """

    def __init__(self, options: DesktopOptions, display: str | None, run: Run, environ: Mapping[str, str]) -> None:
        """Connect; change nothing on the screen.

        run: starts a program on the desktop. environ: of the programs there; names their session bus. Raises what
        `connect_system` raises, and `InvalidOption` if there is no such monitor.
        """
        self._options = options
        self._interrupted = False
        self._halt = Halt()
        self._parts = ExitStack()
        self._png = PngEncoder()
        self._seen: Transform | None = None
        self._active: Window | None = None
        self._focus: Focus | None = None
        self._environ = environ
        self._watch: KillSwitchWatch | None = None
        try:
            self._system = connect_system(display)
            self._parts.callback(self._system.close)
            self._monitors = self._system.monitors()
            chosen(self._monitors, options.monitor)
            self._input = connect_input(display)
            self._parts.callback(self._input.close)
            self._capture = Capture(display)
            self._parts.callback(self._capture.close)
            self._marking = connect_marking(display)
            if self._marking is not None:
                self._parts.callback(self._marking.close)
            if options.kill_switch is not None:
                self._watch = self._watching(options.kill_switch, display)
                self._parts.callback(self._watch.close)
        except BaseException:
            self._parts.close()
            raise
        self._launcher = Launcher(options.apps, self._system, run, self._halt.wait, options.secrets)
        self._actor = Actor(
            options.secrets,
            options.kill_switch,
            self._input,
            Clearing(self._input, self._system, self._grab, self._halt.wait, environ, self._marking),
            self._halt.wait,
            self._launcher.open,
            self._pointing,
        )

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C has left this connection unusable, although the desktop is unaffected."""
        return self._interrupted

    def observe(self) -> Observation:
        """Observe the chosen monitor."""
        with self._call(0.0):
            return self._look(self._see())

    def execute(self, action: Action) -> Observation:
        """Carry out the action, let the screen settle, and observe."""
        with self._call(duration(action)):
            before = self._grab() if isinstance(action, Type) else None
            notices = self._shortcut(action)
            try:
                self._actor.perform(action, self._still_shown(action), self._focus)
            except ActionPartial:
                # What has come up meanwhile is not seen before the next observation.
                settled(self._grab, self._is_busy, self._halt.wait, self._options.settle)
                raise
            settle = self._options.settle
            if isinstance(action, WaitUntilStable):
                settle = replace(settle, quiet=_STABLE_SECONDS, limit=action.seconds)
            shot = settled(self._see, self._is_busy, self._halt.wait, settle)
            if before is not None and shot.difference(before) is None:
                notices = (_NOTHING_CHANGED,)
            return self._look(shot, notices)

    def windows(self) -> tuple[Window, ...]:
        """Return the programs' windows, the one in front first."""
        with self._call(0.0):
            return self._system.windows()

    def focus(self, window: Window) -> None:
        """Bring a window to the front."""
        with self._call(0.0):
            self._system.focus(window)

    def elements(self) -> tuple[Element, ...]:
        """Return what can be pointed at in the active window."""
        with self._call(0.0):
            region = self._region()
        # Outside of the call: a program that does not answer does not mean that the desktop is lost.
        frame, secrets = Frame("screenshot", region.size, Point(region.left, region.top)), self._options.secrets
        return redacted(find_elements(frame, self._environ, secrets), secrets)

    def stop(self, error: EnvironmentLost | KillSwitch) -> None:
        """End the current work and release what is held; from another thread. Every call then raises the error."""
        self._halt.stop(error)
        self._sever()
        _bounded(self._input.close)

    def close(self) -> None:
        """Disconnect. May be called again."""
        self._halt.stop(EnvironmentLost("the environment is closed"))
        _bounded(self._parts.close)

    @contextmanager
    def _call(self, seconds: float) -> Iterator[None]:
        """Limit the work inside to `seconds` more than usual, and raise the error that says why it ended."""
        self._halt.check()
        alarm = threading.Timer(_CALL_SECONDS + self._options.settle.limit + seconds, self._sever)
        alarm.daemon = True
        alarm.start()
        try:
            yield
        except EnvironmentLost as error:
            self._halt.check()
            self._halt.stop(error)
            raise
        except KillSwitch:
            raise
        except KeyboardInterrupt:
            # An interrupted request leaves the connection unusable.
            self._interrupted = True
            raise
        finally:
            alarm.cancel()
        self._halt.check()

    def _sever(self) -> None:
        self._system.sever()
        if self._marking is not None:
            self._marking.sever()

    def _watching(self, switch: StopSwitch, display: str | None) -> KillSwitchWatch:
        corner = switch.corner or "upper left"

        def where() -> Point:
            return corner_point(self._monitors, corner)

        return KillSwitchWatch(switch, connect_probe(display), where, lambda: self.stop(stopped()))

    def _pointing(self) -> AbstractContextManager[None]:
        return nullcontext() if self._watch is None else self._watch.pointing(lambda: self._input.last_point)

    def _shortcut(self, action: Action) -> tuple[str, ...]:
        if not isinstance(action, Press | Hold) or not self._input.is_shortcut(action.keys):
            return ()
        return (f"{'+'.join(action.keys)} is a shortcut of the desktop: the program in front did not get it.",)

    def _see(self) -> Shot:
        """Capture the screen, and remember where keys went before: what takes them later has not been seen."""
        self._focus, self._active = self._input.focus(), self._system.active_window()
        return self._grab()

    def _look(self, shot: Shot, more: Sequence[str] = ()) -> Observation:
        region = chosen(self._monitors, self._options.monitor)
        transform = Transform(Frame("screenshot", shot.size), _desktop(region))
        self._seen = transform
        active = self._active
        redact = self._options.secrets.redact
        return Observation(
            screenshot=self._png.encode(shot.pixels, shot.size),
            size=shot.size,
            time=time.time(),
            title=None if active is None else redact(active.title),
            app=None if active is None else redact(active.app),
            notices=(*self._notices(active, region), *more),
            transforms=(transform,),
        )

    def _notices(self, active: Window | None, region: Box) -> list[str]:
        notices = self._launcher.news()
        if not self._system.has_window_manager():
            notices.append(_NO_WINDOW_MANAGER)
        if active is not None and not _overlap(active.box, region):
            title = self._options.secrets.redact(active.title)
            notices.append(f'The active window, "{title}", is outside of the screenshot.')
        return notices

    def _grab(self) -> Shot:
        region = self._region()
        try:
            return self._capture.grab(region)
        except EnvironmentLost:
            if self._region() == region:
                raise
            return self._capture.grab(self._region())  # it has become smaller meanwhile

    def _region(self) -> Box:
        """Return the observed part of the desktop, as the monitors are now."""
        self._monitors = self._system.monitors()
        try:
            return chosen(self._monitors, self._options.monitor)
        except InvalidOption as error:
            raise EnvironmentLost(f"the monitor is gone: {error}") from None

    def _still_shown(self, action: Action) -> Transform:
        """Return the transform for the action's points; raise `ActionRejected` if it was chosen for another screen."""
        if self._seen is None:
            raise ActionRejected("nothing has been seen yet: look first")
        match action:
            case Click() | LongPress() | Move() | Drag() | Scroll():
                if self._seen.target != _desktop(self._region()):
                    raise ActionRejected("the screen has another size than in the last screenshot: look again")
            case Type() | Press() | Hold():
                active = self._system.active_window()
                if active is not None and self._active is not None and active.id != self._active.id:
                    raise ActionRejected(MOVED)
                if active is not None and not _overlap(active.box, self._region()):
                    raise ActionRejected(_OUTSIDE)
        return self._seen

    def _is_busy(self) -> bool:
        active = self._system.active_window()
        return active is not None and active.process is not None and is_at_work(active.process)


def _bounded(close: Callable[[], None]) -> None:
    """Close, but wait a limited time: a display that is stuck does not answer."""
    thread = threading.Thread(target=close, name="handeye-close", daemon=True)
    thread.start()
    thread.join(_CLOSE_SECONDS)


def _desktop(region: Box) -> Frame:
    return Frame("desktop", region.size, Point(region.left, region.top))


def _overlap(one: Box, other: Box) -> bool:
    across = one.left < other.right and other.left < one.right
    return across and one.top < other.bottom and other.top < one.bottom
