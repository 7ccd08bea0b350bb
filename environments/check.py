"""Checks that an environment keeps the contract of `Environment`: for every new kind of environment, and its tests."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

from handeye.actions.geometry import Box, Frame, OutOfFrame, Point, Size
from handeye.actions.schema import ACTIONS, Action, Click, load
from handeye.environments.environment import Environment
from handeye.environments.errors import ActionRejected, ContractBroken, EnvironmentLost
from handeye.environments.observation import Observation

Make = Callable[[], Environment]
_NOT_FOR_DEVICES = frozenset({"zoom", "note", "answer", "ask_user", "terminate"})
_CLOCK = 5.0
"""Seconds by which an observation's time may be off."""


def check_environment(
    make: Make, *, effect: Action | None = None, lose: Callable[[Environment], None] | None = None
) -> tuple[str, ...]:
    """Try all that the contract promises on environments from `make`; return what was checked.

    `effect` is an action that changes the screen as it is after a reset; `lose` destroys what a running environment
    shows, as a crash would. Without them what needs them is left out. Raises `ContractBroken` at the first breach.
    """
    return tuple(_checks(make, effect, lose))


def _checks(make: Make, effect: Action | None, lose: Callable[[Environment], None] | None) -> Iterator[str]:
    with make() as environment:
        _check_declaration(environment)
        yield "it has a name and says which actions it supports"
        _check_observation(environment.reset())
        _check_observation(environment.observe())
        yield "observations hold a readable screenshot of their size, and transforms that begin at it"
        for kind in ACTIONS:
            _check_action(environment, kind)
        yield "supported actions are carried out or rejected, all others are rejected, and it can be used afterwards"
        _check_outside(environment)
        yield "points outside the screenshot are rejected"
        if effect is not None:
            _check_effect(environment, effect)
            yield "the observation after an action shows its effect"
        _check_threads(environment)
        yield "it can be used from another thread and inside a running asyncio loop"
        if lose is not None:
            _check_loss(environment, lose)
            yield "a lost screen is reported as lost until a reset brings a fresh one"
    _check_closed(environment)
    yield "it can be closed twice, and not be used afterwards"


def _require(held: bool, breach: str) -> None:
    if not held:
        raise ContractBroken(breach)


def _check_declaration(environment: Environment) -> None:
    _require(bool(environment.name.strip()), "the environment has no name")
    unknown = environment.supported - ACTIONS.keys()
    _require(not unknown, f"it says that it supports actions that do not exist: {', '.join(sorted(unknown))}")
    _require(bool(environment.supported), "it supports no action at all")
    wrong = environment.supported & _NOT_FOR_DEVICES
    _require(not wrong, f"it says that it supports actions that are not for environments: {', '.join(sorted(wrong))}")


def _check_observation(observation: Observation) -> None:
    try:
        image = observation.image
    except OSError as error:
        raise ContractBroken(f"the screenshot cannot be read: {error}") from None
    _require(image.size == observation.size, f"the screenshot is {image.size}, the observation says {observation.size}")
    _require(abs(observation.time - time.time()) < _CLOCK, "the observation was not made just now")
    active = [tab for tab in observation.tabs if tab.active]
    _require(not observation.tabs or len(active) == 1, f"{len(active)} tabs are active instead of one")
    for point in _corners(observation.frame.box):
        try:
            for transform in observation.transforms:
                point = transform.point(point)
        except OutOfFrame as error:
            raise ContractBroken(f"the transforms do not carry every pixel of the screenshot: {error}") from None


def _corners(box: Box) -> tuple[Point, ...]:
    xs, ys = (box.left, box.right - 1), (box.top, box.bottom - 1)
    return tuple(Point(x, y) for x in xs for y in ys)


def _check_action(environment: Environment, kind: str) -> None:
    # A screen on which nothing can be done needs no fresh start.
    observation = environment.reset() if kind in environment.supported else environment.observe()
    try:
        after = environment.execute(_sample(kind, observation.frame))
    except ActionRejected as error:
        message = str(error)
        _require(bool(message) and "\n" not in message, f"{kind} is rejected without one line that says why")
        after = environment.observe()
    else:
        _require(kind in environment.supported, f"{kind} is not supported and is not rejected")
    _check_observation(after)


def _sample(kind: str, frame: Frame) -> Action:
    """Return an action of this type that means little harm on any screen."""
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


def _check_outside(environment: Environment) -> None:
    if "click" not in environment.supported:
        return
    width, height = environment.reset().size
    for point in (Point(width, 0), Point(0, height), Point(width, height), Point(65_535, 65_535)):
        try:
            environment.execute(Click(point=point))
        except ActionRejected:
            continue
        raise ContractBroken(f"a click at {point} on a screenshot of {width}x{height} is not rejected")
    for point in _corners(Box(0, 0, width, height)):
        try:
            environment.execute(Click(point=point))
        except ActionRejected as error:
            raise ContractBroken(f"a click at {point}, the corner of the screenshot, is rejected: {error}") from None


def _check_effect(environment: Environment, effect: Action) -> None:
    before = environment.reset()
    after = environment.execute(effect)
    _require(after.time >= before.time, "the observation after an action is older than the one before")
    changed = after.size != before.size or after.image.tobytes() != before.image.tobytes()
    _require(changed, f"the observation after {effect.type} does not show its effect")


def _check_threads(environment: Environment) -> None:
    environment.reset()
    seen: list[Observation] = []
    thread = threading.Thread(target=lambda: seen.append(environment.observe()))
    thread.start()
    thread.join()
    _require(len(seen) == 1, "it cannot be used from another thread than the one that made it")

    async def inside() -> Observation:
        return environment.observe()

    _check_observation(asyncio.run(inside()))


def _check_loss(environment: Environment, lose: Callable[[Environment], None]) -> None:
    action = _some_action(environment)
    environment.reset()
    lose(environment)
    for attempt in (environment.observe, lambda: environment.execute(action), environment.observe):
        _require(_is_lost(attempt), "a lost screen is not reported as EnvironmentLost")
    _check_observation(environment.reset())


def _check_closed(environment: Environment) -> None:
    action = _some_action(environment)
    environment.close()
    environment.close()
    for attempt in (environment.observe, environment.reset, lambda: environment.execute(action)):
        _require(_is_lost(attempt), "it can still be used after it was closed")


def _some_action(environment: Environment) -> Action:
    return _sample(min(environment.supported), Frame("screenshot", Size(1, 1)))


def _is_lost(attempt: Callable[[], Observation]) -> bool:
    try:
        attempt()
    except EnvironmentLost:
        return True
    return False
