"""Checks that the observation after an action shows the effect of the action."""

import time
from collections.abc import Callable, Iterator

from handeye.actions.schema import WaitUntilStable
from handeye.environments.contract.basics import require
from handeye.environments.contract.page import TargetPage
from handeye.environments.contract.targets_view import DONE
from handeye.environments.observation import Observation

_LONGEST = 10.0
"""Seconds that `wait_until_stable` is given for changes that take one second."""
_ATTEMPTS = 3
"""On a busy machine the page itself pauses now and then, and is rightly considered settled."""


def check_settle(page: TargetPage) -> Iterator[str]:
    """The observation after a click shows the end of changes that continue for half a second without a pause.

    If changes pause for longer than an environment waits, an explicit `wait_until_stable` sees their end.
    """
    before = page.environment.observe().image
    clicked = page.attempt_click("target2")
    require(clicked is not None, "a click is rejected")
    box = page.view.box("target2")
    changed = clicked is not None and clicked.image.crop(box).tobytes() != before.crop(box).tobytes()
    require(changed, "the observation after a click does not show what it did")
    yield "the observation after a click shows what it did"
    settled = _sees_the_end(page, lambda: page.attempt_click("quick"))
    require(settled, "the observation after a click was made while the screen kept changing")
    yield "the observation after an action waits until the screen no longer changes"
    if "wait_until_stable" in page.environment.supported:
        stable = _sees_the_end(page, lambda: _waited(page))
        require(stable, "wait_until_stable returned before the screen was stable")
        yield "wait_until_stable waits for changes with pauses between them"


def _sees_the_end(page: TargetPage, observe: Callable[[], Observation | None]) -> bool:
    for _ in range(_ATTEMPTS):
        observation = observe()
        if observation is not None and page.view.shows(observation.image, "status", DONE):
            return True
        # The changes must be over before they are started again.
        page.server.wait(lambda: bool(page.server.events("done")), _LONGEST)
    return False


def _waited(page: TargetPage) -> Observation:
    page.attempt_click("slow")
    began = time.monotonic()
    after = page.environment.execute(WaitUntilStable(seconds=_LONGEST))
    require(time.monotonic() - began < _LONGEST, "wait_until_stable did not notice that the screen is stable")
    return after
