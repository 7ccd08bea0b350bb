"""Proof that an observation after an action shows what the action led to."""

import time
from collections.abc import Iterator

from handeye.actions.schema import WaitUntilStable
from handeye.environments.check_basics import require
from handeye.environments.check_page import TargetPage
from handeye.environments.targets_view import is_done

_LONGEST = 10.0


def check_settle(page: TargetPage) -> Iterator[str]:
    """The observation after a click shows the end of half a second of changes without a pause.

    Where changes pause for longer than an environment waits, an explicit `wait_until_stable` sees their end.
    """
    before = page.environment.observe().image
    clicked = page.attempt_click("target2")
    require(clicked is not None, "a click is rejected")
    box = page.view.box("target2")
    changed = clicked is not None and clicked.image.crop(box).tobytes() != before.crop(box).tobytes()
    require(changed, "the observation after a click does not show what it did")
    yield "the observation after a click shows what it did"
    after = page.attempt_click("quick")
    held = after is not None and is_done(after.image, page.view)
    require(held, "the observation after a click was made while the screen kept changing")
    yield "the observation after an action waits until the screen no longer changes"
    if "wait_until_stable" not in page.environment.supported:
        return
    page.attempt_click("slow")
    began = time.monotonic()
    after = page.environment.execute(WaitUntilStable(seconds=_LONGEST))
    require(is_done(after.image, page.view), "wait_until_stable returned before the screen was stable")
    require(time.monotonic() - began < _LONGEST, "wait_until_stable did not notice that the screen is stable")
    yield "wait_until_stable waits for what comes in steps"
