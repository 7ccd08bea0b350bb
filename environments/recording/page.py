"""Converts the messages of the script in a page to events in the screenshot's pixels."""

from typing import TYPE_CHECKING, Any

from handeye.actions.fields import Button
from handeye.actions.geometry import Frame as PixelFrame
from handeye.actions.geometry import Point, Size, Transform
from handeye.actions.keys import UnknownKey, canonical_key
from handeye.environments.browser.keys import playwright_keys
from handeye.environments.browser.window_keys import window_key
from handeye.environments.errors import ActionRejected
from handeye.environments.observation import Observation
from handeye.environments.recording.events import (
    ButtonDown,
    ButtonUp,
    Chord,
    HandEvent,
    KeyDown,
    KeyUp,
    Moved,
    Wheel,
    Wrote,
)

if TYPE_CHECKING:
    from playwright.async_api import Frame

_PIXEL = PixelFrame("viewport", Size(1, 1))
_UNSEEN = Transform(_PIXEL, _PIXEL)
"""The transform before the first observation."""
_BUTTONS: dict[int, Button] = {0: "left", 1: "middle", 2: "right"}
_INNER_CORNER = """element => {
  const box = element.getBoundingClientRect(), style = getComputedStyle(element);
  return [box.x + element.clientLeft + parseFloat(style.paddingLeft),
          box.y + element.clientTop + parseFloat(style.paddingTop)];
}"""


class PageEvents:
    """Reads messages. Points in a frame are mapped to the page that contains it."""

    def __init__(self) -> None:
        self._view = _UNSEEN
        self._secrets: dict[str, str] = {}
        self._corners: dict[Frame, tuple[float, float]] = {}

    def looked(self, observation: Observation) -> None:
        """Set the observation that points refer to from now on."""
        self._view = observation.transforms[-1].inverse()

    async def read(self, message: dict[str, Any], frame: "Frame") -> HandEvent | None:
        """Return the event in a message; None if it is not needed."""
        time, held = message["time"], tuple(message.get("held", ()))
        match message["kind"]:
            case "down" if message["button"] in _BUTTONS:
                return ButtonDown(time, await self._point(message, frame), _BUTTONS[message["button"]], held)
            case "up":
                return ButtonUp(time, await self._point(message, frame))
            case "moved":
                return Moved(time, await self._point(message, frame))
            case "here":
                await self._point(message, frame)  # to know the frame's position if a click removes it
                return None
            case "wheel":
                # A browser scrolls sideways while shift is held: the distance already reflects that.
                held = tuple(key for key in held if key != "shift") if message["dx"] else held
                # Chromium reports distances to pages divided by the scale factor.
                point, factor = await self._point(message, frame), self._factor**2
                return Wheel(time, point, message["dx"] * factor, message["dy"] * factor, held)
            case "wrote":
                if message.get("secret"):
                    return Wrote(time, secret=self._secret(frame))
                return Wrote(time, message["text"])
            case "key":
                return _key(time, message["key"], held)
            case "chord":
                return Chord(time)
            case "keyup":
                return KeyUp(time, canonical_key(message["key"]))
            case _:
                return None

    def _secret(self, frame: "Frame") -> str:
        """Return the name of the secret typed into a password field: one per site."""
        site = frame.url.partition("//")[2].partition("/")[0]
        number = len(self._secrets) + 1
        return self._secrets.setdefault(site, "password" if number == 1 else f"password-{number}")

    @property
    def _factor(self) -> float:
        return self._view.target.size.width / self._view.source.size.width

    async def _point(self, message: dict[str, Any], frame: "Frame") -> Point:
        left, top = await self._corner(frame)
        inside = self._view.source.clamp(Point(int(left + message["x"]), int(top + message["y"])))
        return self._view.point(inside)

    async def _corner(self, frame: "Frame") -> tuple[float, float]:
        """Return the origin of a frame's coordinates, in CSS px of the page's viewport."""
        from playwright.async_api import Error

        left = top = 0.0
        inner = frame
        try:
            while frame.parent_frame is not None:
                x, y = await (await frame.frame_element()).evaluate(_INNER_CORNER)
                left, top, frame = left + x, top + y, frame.parent_frame
        except Error:
            return self._corners.get(inner, (0.0, 0.0))  # the event in it has removed it
        self._corners[inner] = (left, top)
        return left, top


def _key(time: float, name: str, held: tuple[Any, ...]) -> KeyDown | Chord:
    try:
        key = canonical_key(name)
        keys = (*(modifier for modifier in held if modifier != key), key.lower() if len(key) == 1 else key)
        playwright_keys(keys)
    except (UnknownKey, ActionRejected):
        return Chord(time)
    window = window_key(keys)
    if window is not None and window.moves:
        return Chord(time)  # pages also receive the browser's own shortcuts: their effects are reported separately
    if len(key) == 1:
        # Shift is already reflected in the character, unless the key is part of a chord.
        alone = set(held) <= {"shift"}
        return KeyDown(time, key if alone else key.lower(), () if alone else held)
    return KeyDown(time, key, tuple(modifier for modifier in held if modifier != key))
