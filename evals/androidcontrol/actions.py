"""Steps as actions: what an oracle answers, and what a prompt says was done."""

from typing import Final

from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.schema import AnyAction, Back, Click, Drag, Home, LongPress, OpenApp, Terminate, Type, Wait
from handeye.evals.androidcontrol.sample import USUAL_SCREEN, StepSample
from handeye.evals.androidcontrol.scroll import Convention, finger
from handeye.evals.androidcontrol.truth import Direction, Finished, Opened, Pressed, Scrolled, Tap, Truth, Typed
from handeye.evals.samples.region import Spot

SECONDS: Final = 2.0
"""How long a person pressed or waited, which AndroidControl does not say; Qwen's protocol writes 2."""


def oracle(sample: StepSample) -> tuple[AnyAction, ...]:
    """Return what a person did."""
    return (action_of(sample.truth, sample.size, sample.scroll.of("finger")),)


def action_of(truth: Truth, size: Size | None, convention: Convention) -> AnyAction:
    """Return a step as an action on a screen of a size in pixels, if it is known.

    `convention` says what labels of scrolls mean.
    """
    match truth:
        case Tap(spot, True):
            return LongPress(point=_pixel(spot, size), seconds=SECONDS)
        case Tap(spot, False):
            return Click(point=_pixel(spot, size))
        case Scrolled(direction):
            return Drag(path=_swipe(finger(direction, convention), size or USUAL_SCREEN))
        case Typed(text=text):
            return Type(text=text, clear=not text)
        case Opened(app):
            return OpenApp(name=app)
        case Pressed("back"):
            return Back()
        case Pressed():
            return Home()
        case Finished():
            return Terminate(status="success")
        case _:
            return Wait(seconds=SECONDS)


def _pixel(spot: Spot, size: Size | None) -> Point:
    """Return the pixel of a place; the nearest one of the screen if it lies outside."""
    point = Point(max(0, int(spot.x)), max(0, int(spot.y)))
    return point if size is None else Frame("screenshot", size).clamp(point)


def _swipe(moved: Direction, size: Size) -> tuple[Point, Point]:
    """Return a movement of the finger over the middle half of the screen, as the files of Qwen's protocol have it."""
    width, height = size
    left, right = Point(width // 4, height // 2), Point(width * 3 // 4, height // 2)
    top, bottom = Point(width // 2, height // 4), Point(width // 2, height * 3 // 4)
    match moved:
        case "left":
            return right, left
        case "right":
            return left, right
        case "up":
            return bottom, top
        case "down":
            return top, bottom
