"""Steps, answers, and what judges say of them."""

from pathlib import Path
from typing import NamedTuple

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import (
    AnyAction,
    Back,
    Click,
    Drag,
    Home,
    LongPress,
    Move,
    OpenApp,
    Press,
    RecentApps,
    Scroll,
    Terminate,
    Type,
    Wait,
)
from handeye.agent.decision import SeenImage
from handeye.evals.androidcontrol.judges.judge import StepJudge
from handeye.evals.androidcontrol.records.forest import Bounds
from handeye.evals.androidcontrol.sample import StepSample
from handeye.evals.androidcontrol.screen import Element, Screen
from handeye.evals.androidcontrol.scroll import Scroll as Convention
from handeye.evals.androidcontrol.truth import Direction, Opened, Pressed, Scrolled, Tap, Truth, Typed
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.region import Spot

USUAL = Size(1080, 2400)
BACK, HOME, MENU = Back(), Home(), RecentApps()
ENTER = Press(keys=("enter",))
WAIT, DONE, FAILED = Wait(seconds=2), Terminate(status="success"), Terminate(status="failure")
MOVED = Move(point=Point(1, 1))


def tap(x: float, y: float, long: bool = False) -> Tap:
    return Tap(Spot(x, y), long)


def click(x: int, y: int) -> Click:
    return Click(point=Point(x, y))


def press(x: int, y: int, seconds: float = 2.0) -> LongPress:
    return LongPress(point=Point(x, y), seconds=seconds)


def swipe(x: int, y: int, end_x: int, end_y: int) -> Drag:
    return Drag(path=(Point(x, y), Point(end_x, end_y)))


UP, DOWN = swipe(540, 1800, 540, 600), swipe(540, 600, 540, 1800)
LEFT, RIGHT = swipe(900, 1200, 200, 1200), swipe(200, 1200, 900, 1200)
"""Swipes by the way of the finger."""


def scrolled(direction: Direction) -> Scrolled:
    return Scrolled(direction)


def shows(dx: int = 0, dy: int = 0) -> Scroll:
    """A scroll by what comes into view."""
    return Scroll(point=Point(540, 1200), dx=dx, dy=dy)


def types(text: str) -> Type:
    return Type(text=text) if text else Type(text="", clear=True)


def opens(app: str) -> OpenApp:
    return OpenApp(name=app)


def typed(text: str, spot: Spot | None = None) -> Typed:
    return Typed(text, spot)


def opened(app: str) -> Opened:
    return Opened(app)


WENT_BACK, WENT_HOME = Pressed("back"), Pressed("home")


def boxed(*boxes: tuple[float, float, float, float]) -> Screen:
    """A screen with candidate boxes, which are also the ones near the label."""
    found = tuple(Bounds(*box) for box in boxes)
    return Screen(found, found, tuple(Element(box, f"box {place}", "") for place, box in enumerate(found)))


NO_BOXES = Screen((), (), ())


def named(*elements: tuple[tuple[float, float, float, float], str, str]) -> Screen:
    """A screen with elements: box, text, description."""
    found = tuple(Element(Bounds(*box), text, description) for box, text, description in elements)
    return Screen((), (), found)


class Case(NamedTuple):
    """One step, one answer, and what each judge says."""

    what: str
    truth: Truth
    answer: AnyAction | None
    """None for a reply that could not be read."""
    verdicts: str
    """Of qwen, strict, osatlas, agentcpm, clawgui, uground and ui-r1, each by its letters.

    E exact, T only the type, - neither, Q exact although the type is another, x not counted; then g where the place is
    right, m where it is not, nothing where the answer is in no grounding accuracy.
    """
    screen: Screen = NO_BOXES
    size: Size = USUAL
    seen: Size | None = None
    """Of the image as the model saw it; the screenshot's own if None."""
    spot: Spot | None = None
    """The exact place, where it is no whole pixel, or not the action's."""
    scroll: Convention = Convention.PROTOCOL


def sample_of(case: Case) -> StepSample:
    return StepSample(
        id="1_0",
        image=Path("none.png"),
        instruction="do it",
        cluster="1",
        level="high",
        goal="do it",
        step="this",
        truth=case.truth,
        size=case.size,
        screen=case.screen,
        scroll=case.scroll,
    )


def prediction_of(case: Case) -> Prediction:
    return Prediction(
        key="k",
        sample="1_0",
        actions=() if case.answer is None else (case.answer,),
        problem="no call" if case.answer is None else None,
        spot=case.spot,
        size=case.size,
        image=None if case.seen is None else SeenImage(case.seen, 1),
    )


def letters(judge: StepJudge, case: Case) -> str:
    """Judge a case, and say it in letters."""
    found = judge.judge(sample_of(case), prediction_of(case))
    if not found.counted:
        return "x"
    assert found.wrong_format == (case.answer is None)
    assert found.correct or case.answer is None or found.reason
    first = {(True, True): "E", (True, False): "T", (False, True): "Q", (False, False): "-"}
    grounding = found.parts.get("grounding")
    return first[found.parts["type"], found.correct] + ("" if grounding is None else "g" if grounding else "m")
