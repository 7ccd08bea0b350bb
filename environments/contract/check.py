"""Checks that an environment keeps the contract of `Environment`: for every new kind of environment, and its tests."""

from collections.abc import Callable, Iterator

from handeye.actions.schema import ACTIONS, Action
from handeye.environments.contract.basics import (
    check_action,
    check_closed,
    check_declaration,
    check_effect,
    check_loss,
    check_observation,
    check_outside,
    check_threads,
)
from handeye.environments.contract.keyboard import check_key_pace, check_keys, check_typing
from handeye.environments.contract.leftovers import check_leftovers
from handeye.environments.contract.page import Show, TargetPage
from handeye.environments.contract.pointer import (
    check_clicks,
    check_drag,
    check_long_press,
    check_move,
    check_press_length,
    check_scroll,
)
from handeye.environments.contract.settle import check_settle
from handeye.environments.contract.targets import TargetServer
from handeye.environments.environment import Environment

Make = Callable[[], Environment]
_ON_PAGE = frozenset({"click", "long_press", "move", "drag", "scroll", "type", "press", "hold", "wait_until_stable"})
"""The checks that use the page of targets."""


def check_environment(
    make: Make,
    *,
    effect: Action | None = None,
    lose: Callable[[Environment], None] | None = None,
    targets: TargetServer | None = None,
    show: Show | None = None,
    secret: tuple[str, str] | None = None,
    hand: bool = True,
) -> tuple[str, ...]:
    """Check the whole contract on environments from `make`; return what was checked.

    Checks that need an argument that is not given are skipped. Raises `ContractBroken` at the first breach.

    effect: an action that visibly changes the screen after a reset.
    lose: destroys a running environment's screen, as a crash would.
    targets, show: the page that verifies what an action does, and what brings it to the front after a reset; without
    `show` the environment shows it by itself. Raises `TargetsNotShown`. Leftovers are then checked too.
    secret: the name and value of a secret that the environments know.
    hand: whether keys come at the pace of a hand; a phone's own commands type faster.
    """
    return tuple(_checks(make, effect, lose, targets, show or _shows_itself, secret, hand))


def _checks(
    make: Make,
    effect: Action | None,
    lose: Callable[[Environment], None] | None,
    targets: TargetServer | None,
    show: Show,
    secret: tuple[str, str] | None,
    hand: bool,
) -> Iterator[str]:
    with make() as environment:
        check_declaration(environment)
        yield "it has a name and declares which actions it supports"
        check_observation(environment.reset())
        check_observation(environment.observe())
        yield "observations contain a readable screenshot of their size, and transforms that begin at it"
        if targets is not None:
            yield from _page_checks(TargetPage(environment, targets, show), secret, hand)
        for kind in ACTIONS:
            if targets is None or kind not in _ON_PAGE:
                check_action(environment, kind)
        yield "supported actions are carried out or rejected, all others are rejected, and it remains usable"
        check_outside(environment)
        yield "points outside the screenshot are rejected"
        if effect is not None:
            check_effect(environment, effect)
            yield "the observation after an action shows its effect"
        check_threads(environment)
        yield "it can be used from another thread and inside a running asyncio loop"
        if lose is not None:
            check_loss(environment, lose)
            yield "a lost screen is reported as lost until a reset restores it"
    check_closed(environment)
    yield "it can be closed twice, and cannot be used afterwards"
    if targets is not None:
        check_leftovers(make)
        yield "it leaves no process, no thread and no temporary file behind"


def check_pointing(make: Make, targets: TargetServer, show: Show | None = None) -> tuple[str, ...]:
    """Check only the pointer, with the page of targets; return what was checked.

    For comparing scale factors, monitors or rotations, in a quarter of the time. Raises as `check_environment`
    does.
    """
    with make() as environment:
        return tuple(_pointer_checks(TargetPage(environment, targets, show or _shows_itself)))


def _page_checks(page: TargetPage, secret: tuple[str, str] | None, hand: bool) -> Iterator[str]:
    yield from _pointer_checks(page)
    yield from check_settle(page)
    yield from check_typing(page, secret)
    yield from check_keys(page)
    if hand:
        yield from check_key_pace(page)


def _pointer_checks(page: TargetPage) -> Iterator[str]:
    yield from check_clicks(page)
    yield from check_press_length(page)
    yield from check_long_press(page)
    yield from check_move(page)
    yield from check_drag(page)
    yield from check_scroll(page)


def _shows_itself(environment: Environment) -> None:
    """Do nothing: the environment shows the page after each reset."""
