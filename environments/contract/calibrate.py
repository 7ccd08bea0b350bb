"""Measures click accuracy: targets all over a screen, each clicked through the whole chain of frames.

It compares where the screenshot's pixels show the page of targets with where the page itself reports the clicks.
Nothing that an environment claims about its frames is trusted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image, ImageDraw

from handeye.actions.geometry import Frame, Point, Size, Transform
from handeye.actions.schema import Click
from handeye.environments.contract.targets import Event, TargetServer
from handeye.environments.contract.targets_view import TargetsView, find_shown
from handeye.environments.environment import Environment

ModelSize = Callable[[Size], Size]
"""Returns the size of the image shown to a model, given the screenshot's size."""

_ARRIVAL = 5.0
"""Seconds within which a click must arrive."""
_RED, _GREEN = (255, 45, 85), (0, 150, 70)


class Landing(NamedTuple):
    """One target, and where the click on it landed. Points are pixels of the screenshot."""

    target: str
    named: Point
    """The target's pixel in the model image; in the screenshot if there is no model image."""
    aimed: Point
    """The same point on the screenshot: the point of the action."""
    landed: Point | None
    """None if nothing arrived."""
    met: str
    """The part of the page that was hit; empty for none."""

    @property
    def error(self) -> int | None:
        """The click's error in pixels, along the axis where it is larger."""
        if self.landed is None:
            return None
        return max(abs(self.landed.x - self.aimed.x), abs(self.landed.y - self.aimed.y))

    @property
    def hit(self) -> bool:
        """Whether the click landed exactly on the intended pixel and on the target."""
        return self.error == 0 and self.met == self.target


@dataclass(frozen=True, slots=True)
class Calibration:
    """The results of the clicks on all targets."""

    landings: tuple[Landing, ...]
    transforms: tuple[Transform, ...]
    """The whole chain: from the model image, if there is one, to the device's input."""
    screenshot: Image.Image
    """The screen before the first click."""

    @property
    def exact(self) -> bool:
        """Whether each click landed exactly on its pixel and on its target."""
        return all(landing.hit for landing in self.landings)

    @property
    def worst(self) -> int | None:
        """The largest error in pixels; None if a click did not arrive."""
        errors = [landing.error for landing in self.landings]
        return None if None in errors else max(error for error in errors if error is not None)

    def picture(self) -> Image.Image:
        """Return the screenshot with a cross where each click landed: green for a hit, red otherwise."""
        marked = self.screenshot.copy()
        pen = ImageDraw.Draw(marked)
        arm = max(4, max(marked.size) // 160)
        for landing in self.landings:
            x, y = landing.aimed if landing.landed is None else landing.landed
            colour = _GREEN if landing.hit else _RED
            pen.line((x - arm, y, x + arm, y), fill=colour)
            pen.line((x, y - arm, x, y + arm), fill=colour)
        return marked


def calibrate(
    environment: Environment,
    server: TargetServer,
    show: Callable[[Environment], None],
    *,
    model_size: ModelSize | None = None,
    on_landing: Callable[[Landing], None] | None = None,
) -> Calibration:
    """Reset the environment, show the page of targets, and click each target once.

    show: brings the page to the front, for example a `TargetShow` of `server.grid_url`.
    model_size: for clicks as a policy makes them, in pixels of the image that its model sees; each target is then given
    as the pixel of that image nearest to its middle. None clicks in pixels of the screenshot.
    on_landing: called with each landing immediately.

    Raises `TargetsNotShown`, and whatever the environment raises.
    """
    server.forget()
    environment.reset()
    show(environment)
    view = find_shown(environment, server)
    observation = environment.observe()
    screenshot = observation.frame
    to_model = Transform(screenshot, Frame("model image", (model_size or _same)(screenshot.size)))
    landings = []
    for landing in _landings(environment, server, view, to_model):
        landings.append(landing)
        if on_landing is not None:
            on_landing(landing)
    chain = () if model_size is None else (to_model.inverse(),)
    return Calibration(tuple(landings), (*chain, *observation.transforms), observation.image)


def _landings(
    environment: Environment, server: TargetServer, view: TargetsView, to_model: Transform
) -> Iterator[Landing]:
    for target in view.layout.targets:
        named = to_model.point(view.center(target))
        aimed = to_model.inverse().point(named)
        server.clear()
        environment.execute(Click(point=aimed))
        event = _first_press(server)
        if event is None:
            yield Landing(target, named, aimed, None, "")
        else:
            yield Landing(target, named, aimed, view.landed(event), event.part)


def _first_press(server: TargetServer) -> Event | None:
    server.wait(lambda: bool(server.events("pointerdown")), _ARRIVAL)
    return next(iter(server.events("pointerdown")), None)


def _same(size: Size) -> Size:
    return size
