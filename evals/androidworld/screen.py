"""The screen as AndroidWorld shows it, and the same screen as touches reach it.

What the policy sees is the picture in AndroidWorld's `State`, taken after its own transition pause, as every agent
there sees it. What it does goes over adb through `AndroidEnvironment`, which can touch any pixel, drag, type without
pressing enter and say what of an action arrived: AndroidWorld's own `execute_action` can do none of these.

A `State` shows the display as it is built in, touches are counted on the screen as it is turned. So the picture is
turned upright here. Source: `_logical_to_physical` in google-research/android_world, agents/m3a_utils.py.
"""

import io
from dataclasses import replace
from typing import Final, NamedTuple, Protocol

from PIL import Image

from handeye.actions.geometry import Size
from handeye.actions.schema import Action
from handeye.environments.android.environment import AndroidEnvironment
from handeye.environments.errors import EnvironmentLost
from handeye.environments.observation import Observation
from handeye.environments.settle import Settle
from handeye.environments.wrapped import WrappedEnvironment

AT_ONCE: Final = Settle(grace=0.0, quiet=0.0, limit=0.0)
"""AndroidWorld's own pause is the wait."""
_UPRIGHT: Final = {
    1: Image.Transpose.ROTATE_90,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_270,
}
"""How the picture is turned, counter-clockwise, by the orientation of the screen."""
_LOOKS: Final = 3
"""How often to look again at a screen that is just being turned."""


class State(NamedTuple):
    """A picture of the display."""

    pixels: bytes
    """RGB, row by row."""
    size: Size
    orientation: int
    """0 if the screen stands as it is built in, else the quarter turns from there."""


class Screens(Protocol):
    """Gives the state of AndroidWorld's environment."""

    def state(self) -> State:
        """Return it after the transition pause. Raises `EnvironmentLost`."""


class AndroidWorldScreen(WrappedEnvironment):
    """An emulator that AndroidWorld has prepared."""

    def __init__(self, screens: Screens, serial: str | None = None, *, adb_port: int | None = None) -> None:
        """Connect to nothing yet. `serial` and `adb_port` as for `AndroidEnvironment`, which says what it raises."""
        # Reading a text field back asks for the tree of views, which would end AndroidWorld's own connection to it.
        self.phone = AndroidEnvironment(serial, adb_port=adb_port, settle=AT_ONCE, verify_typing=False)
        super().__init__(self.phone)
        self._screens = screens

    def reset(self) -> Observation:
        """Connect to the phone, and return the first observation; the screen stays as it is."""
        self.phone.reset()
        return self.observe()

    def observe(self) -> Observation:
        """Return the current screen after the transition pause. Raises `EnvironmentLost`."""
        for _ in range(_LOOKS):
            state = self._screens.state()
            seen = self.phone.observe()
            if (picture := upright(state, seen.size)) is not None:
                return replace(seen, screenshot=_png(picture))
        raise EnvironmentLost(
            f"AndroidWorld shows a screen of {state.size} pixels and touches reach one of {seen.size}: "
            "undo what changed its size with `adb shell wm size reset`"
        )

    def execute(self, action: Action) -> Observation:
        """Carry out the action over adb, and return the screen after the transition pause."""
        after = self.phone.execute(action)
        seen = self.observe()
        notices = tuple(dict.fromkeys((*after.notices, *seen.notices)))
        return replace(seen, notices=notices, shortfall=after.shortfall)


def upright(state: State, size: Size) -> Image.Image | None:
    """Return the picture as the screen stands, which has `size`; None if it cannot be turned into that."""
    image = Image.frombytes("RGB", state.size, state.pixels)
    turned = state.orientation in _UPRIGHT and (state.orientation == 2 or state.size != size)
    picture = image.transpose(_UPRIGHT[state.orientation]) if turned else image
    return picture if picture.size == size else None


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
