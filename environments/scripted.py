"""An environment that plays back given screens: for tests of policies and loops, and for replaying an episode."""

import io
import time
from collections.abc import Mapping, Sequence
from typing import NoReturn

from PIL import Image

from handeye.actions.closeable import Closeable
from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Frame, OutOfFrame, Point, Size
from handeye.actions.schema import ACTION_TYPES, Action, Click, Drag, LongPress, Move, Scroll
from handeye.environments.errors import ActionPartial, ActionRejected, EnvironmentLost, InvalidOption
from handeye.environments.observation import Observation
from handeye.environments.supported import require_supported

DEVICE_ACTIONS = ACTION_TYPES - {"zoom", "note", "answer", "ask_user", "terminate"}
"""The types that some device carries out; the others are for the policy and the loop."""


class ScriptedEnvironment(Closeable):
    """Shows the first screen, and the next one after each executed action; the last one stays."""

    def __init__(
        self,
        screens: Sequence[Image.Image | bytes],
        *,
        supported: frozenset[str] = DEVICE_ACTIONS,
        errors: Mapping[int, HandeyeError] | None = None,
        notices: Mapping[int, tuple[str, ...]] | None = None,
    ) -> None:
        """Take the screens, as images or as the bytes of image files.

        supported: the types of actions that it accepts.
        errors: what to raise instead of executing, by the number of earlier calls of `execute` since the reset.
        After an `EnvironmentLost` it stays lost until `reset`, like a real screen. An `ActionPartial` shows the next
        screen.
        notices: the notices of a screen, by its index.
        """
        if not screens:
            raise InvalidOption("a scripted environment needs at least one screen")
        self._screens = [_encoded(screen) for screen in screens]
        self._sizes = [_size(screen) for screen in self._screens]
        self._supported = supported
        self._errors = dict(errors or {})
        self._notices = dict(notices or {})
        self._shown: int | None = None
        self._calls = 0
        self._closed = False
        self.actions: list[Action] = []
        """The actions that were executed since the last reset."""

    @property
    def name(self) -> str:
        """Always "scripted"."""
        return "scripted"

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that it accepts."""
        return self._supported

    def reset(self) -> Observation:
        """Show the first screen again and forget the executed actions."""
        if self._closed:
            raise EnvironmentLost("the environment is closed")
        self._shown, self._calls = 0, 0
        self.actions = []
        return self.observe()

    def observe(self) -> Observation:
        """Return the current screen."""
        shown = self._require_shown()
        return Observation(
            screenshot=self._screens[shown],
            size=self._sizes[shown],
            time=time.time(),
            notices=self._notices.get(shown, ()),
        )

    def execute(self, action: Action) -> Observation:
        """Record the action and show the next screen. Raises `ActionRejected` as a device would, and `errors`."""
        shown = self._require_shown()
        require_supported(action.type, self._supported)
        try:
            for point in _points(action):
                Frame("screenshot", self._sizes[shown]).require(point)
        except OutOfFrame as error:
            raise ActionRejected(str(error)) from None
        call, self._calls = self._calls, self._calls + 1
        if call in self._errors:
            self._fail(self._errors[call], shown)
        self.actions.append(action)
        self._shown = self._after(shown)
        return self.observe()

    def lose(self) -> None:
        """Become lost until `reset`, like a phone whose cable is pulled."""
        self._shown = None

    def close(self) -> None:
        """Stop showing screens."""
        self._closed = True
        self._shown = None

    def _fail(self, error: HandeyeError, shown: int) -> NoReturn:
        match error:
            case EnvironmentLost():
                self._shown = None
            case ActionPartial(done=done):
                self.actions += () if done is None else (done,)
                self._shown = self._after(shown)
        raise error

    def _after(self, shown: int) -> int:
        return min(shown + 1, len(self._screens) - 1)

    def _require_shown(self) -> int:
        if self._closed:
            raise EnvironmentLost("the environment is closed")
        if self._shown is None:
            raise EnvironmentLost("there is no screen: reset() starts over")
        return self._shown


def _points(action: Action) -> tuple[Point, ...]:
    match action:
        case Click() | LongPress() | Move() | Scroll():
            return (action.point,)
        case Drag():
            return action.path
        case _:
            return ()


def _encoded(screen: Image.Image | bytes) -> bytes:
    if isinstance(screen, bytes):
        return screen
    buffer = io.BytesIO()
    screen.convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def _size(screen: bytes) -> Size:
    with Image.open(io.BytesIO(screen)) as image:
        return Size(*image.size)
