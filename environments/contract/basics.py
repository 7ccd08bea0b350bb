"""The checks of the contract that apply to every environment, whatever it shows."""

import asyncio
import threading
import time
from collections.abc import Callable
from itertools import pairwise

from handeye.actions.geometry import Box, Frame, OutOfFrame, Point, Size
from handeye.actions.schema import ACTIONS, Action, Click, Drag, LongPress, Move, Scroll, load
from handeye.environments.environment import Environment
from handeye.environments.errors import ActionPartial, ActionRejected, ContractBroken, EnvironmentLost
from handeye.environments.observation import Observation

_NOT_FOR_DEVICES = frozenset({"zoom", "note", "answer", "ask_user", "terminate"})
_CLOCK = 5.0
"""Seconds by which an observation's time may be off."""


def require(held: bool, breach: str) -> None:
    """Raise `ContractBroken` with a description of the breach unless `held`."""
    if not held:
        raise ContractBroken(breach)


def check_declaration(environment: Environment) -> None:
    """It has a name and supports only actions that exist and are for environments."""
    require(bool(environment.name.strip()), "the environment has no name")
    unknown = environment.supported - ACTIONS.keys()
    require(not unknown, f"it declares support for actions that do not exist: {', '.join(sorted(unknown))}")
    require(bool(environment.supported), "it supports no actions")
    wrong = environment.supported & _NOT_FOR_DEVICES
    require(not wrong, f"it declares support for actions that are not for environments: {', '.join(sorted(wrong))}")


def check_observation(observation: Observation) -> None:
    """It is current, its screenshot is readable, and its transforms form a chain that starts at the screenshot."""
    try:
        image = observation.image
    except OSError as error:
        raise ContractBroken(f"the screenshot cannot be read: {error}") from None
    require(image.size == observation.size, f"the screenshot is {image.size}, the observation says {observation.size}")
    require(abs(observation.time - time.time()) < _CLOCK, "the observation is not current")
    active = [tab for tab in observation.tabs if tab.active]
    require(not observation.tabs or len(active) == 1, f"{len(active)} tabs are active instead of one")
    for first, second in pairwise(observation.transforms):
        same = (first.target.size, first.target.origin) == (second.source.size, second.source.origin)
        require(same, f"the transforms do not chain: one leads to {first.target}, the next begins at {second.source}")
    for point in corners(observation.frame.box):
        try:
            for transform in observation.transforms:
                point = transform.point(point)
        except OutOfFrame as error:
            raise ContractBroken(f"the transforms do not map every pixel of the screenshot: {error}") from None


def corners(box: Box) -> tuple[Point, ...]:
    """Return the four outermost pixels."""
    xs, ys = (box.left, box.right - 1), (box.top, box.bottom - 1)
    return tuple(Point(x, y) for x in xs for y in ys)


def check_action(environment: Environment, kind: str) -> None:
    """An action of this type is carried out, in part or whole, or rejected; if it is not supported, it is rejected."""
    # A screen on which nothing is done needs no reset.
    observation = environment.reset() if kind in environment.supported else environment.observe()
    try:
        after = environment.execute(_sample(kind, observation.frame))
    except ActionRejected as error:
        message = str(error)
        require(bool(message) and "\n" not in message, f"{kind} is rejected without a one-line reason")
        after = environment.observe()
    except ActionPartial as error:
        message = str(error)
        require(bool(message) and "\n" not in message, f"{kind} is done in part without a one-line reason")
        require(
            error.done is None or error.done.type == kind,
            f"the part of {kind} that was done is reported as another action",
        )
        after = environment.observe()
    else:
        require(kind in environment.supported, f"{kind} is not supported, but is not rejected")
    check_observation(after)


def _sample(kind: str, frame: Frame) -> Action:
    """Return an action of this type that does little harm on any screen."""
    center = list(frame.box.center)
    fields: dict[str, dict[str, object]] = {
        "click": {"point": center},
        "move": {"point": center},
        "drag": {"path": [center, [center[0], center[1] // 2]]},
        "scroll": {"point": center, "dy": 100},
        "type": {"text": "check 中"},
        "press": {"keys": ["tab"]},
        "hold": {"keys": ["shift"], "seconds": 0.05},
        "long_press": {"point": center, "seconds": 0.05},
        "wait": {"seconds": 0.01},
        "wait_until_stable": {"seconds": 2.0},
        "open_app": {"name": "no such app"},
        "navigate": {"url": "about:blank"},
        "switch_tab": {"index": 0},
        "zoom": {"box": list(frame.box)},
        "note": {"text": "check"},
        "answer": {"text": "check"},
        "ask_user": {"text": "check"},
        "terminate": {"status": "success"},
    }
    return load({"type": kind, **fields.get(kind, {})})


def check_outside(environment: Environment) -> None:
    """No pointer action accepts a point outside the screenshot; a click accepts its corners."""
    size = environment.reset().size
    inside = Point(size.width // 2, size.height // 2)
    for point in (Point(size.width, 0), Point(0, size.height), Point(*size), Point(65_535, 65_535)):
        _require_rejected(environment, Click(point=point), point, size)
    beyond = Point(inside.x, size.height)
    for action in (
        Move(point=beyond),
        LongPress(point=beyond, seconds=0.05),
        Drag(path=(inside, beyond)),
        Scroll(point=beyond, dy=10),
    ):
        _require_rejected(environment, action, beyond, size)
    if "click" in environment.supported:
        for point in corners(Box(0, 0, *size)):
            try:
                environment.execute(Click(point=point))
            except ActionRejected as error:
                raise ContractBroken(
                    f"a click at {point}, the corner of the screenshot, is rejected: {error}"
                ) from None


def _require_rejected(environment: Environment, action: Action, point: Point, size: Size) -> None:
    if action.type not in environment.supported:
        return
    try:
        environment.execute(action)
    except ActionRejected:
        return
    raise ContractBroken(f"a {action.type} at {point} on a screenshot of {size} is not rejected")


def check_effect(environment: Environment, effect: Action) -> None:
    """The returned screenshot shows the action's effect."""
    before = environment.reset()
    after = environment.execute(effect)
    require(after.time >= before.time, "the observation after an action is older than the one before")
    changed = after.size != before.size or after.image.tobytes() != before.image.tobytes()
    require(changed, f"the observation after {effect.type} does not show its effect")


def check_threads(environment: Environment) -> None:
    """It can be used from a thread that did not create it, and where an asyncio loop is running."""
    environment.reset()
    seen: list[Observation] = []
    thread = threading.Thread(target=lambda: seen.append(environment.observe()))
    thread.start()
    thread.join()
    require(len(seen) == 1, "it cannot be used from a thread other than the one that created it")

    async def inside() -> Observation:
        return environment.observe()

    check_observation(asyncio.run(inside()))


def check_loss(environment: Environment, lose: Callable[[Environment], None]) -> None:
    """After `lose`, everything but a reset raises `EnvironmentLost`, and a reset restores the screen."""
    action = _some_action(environment)
    environment.reset()
    lose(environment)
    for attempt in (environment.observe, lambda: environment.execute(action), environment.observe):
        require(_is_lost(attempt), "a lost screen is not reported as EnvironmentLost")
    check_observation(environment.reset())


def check_closed(environment: Environment) -> None:
    """It can be closed twice, also from another thread, and everything else then raises `EnvironmentLost`."""
    action = _some_action(environment)
    environment.close()
    thread = threading.Thread(target=environment.close)
    thread.start()
    thread.join()
    for attempt in (environment.observe, environment.reset, lambda: environment.execute(action)):
        require(_is_lost(attempt), "it can still be used after it was closed")


def _some_action(environment: Environment) -> Action:
    return _sample(min(environment.supported), Frame("screenshot", Size(1, 1)))


def _is_lost(attempt: Callable[[], Observation]) -> bool:
    try:
        attempt()
    except EnvironmentLost:
        return True
    return False
