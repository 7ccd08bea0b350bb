"""How long to wait for a screen to settle after an action."""

import math
from dataclasses import dataclass

from handeye.environments.errors import InvalidOption


@dataclass(frozen=True, slots=True)
class Settle:
    """A screen has settled when, `grace` after the action, nothing is loading and nothing has changed for `quiet`.

    A browser page also reports its pending work, so a browser waits for less (`BROWSER_SETTLE`). A timer of a desktop
    program or of a phone's app cannot be seen before it fires: for those a policy uses a wait action. All in seconds.
    """

    grace: float = 0.12
    """How long an action is given to show its first effect."""
    quiet: float = 0.1
    """How long nothing may have changed; in a browser, counted in frames at 60 per second."""
    limit: float = 5.0
    """When to stop waiting, from the end of the action; a screen that never settles is shown as it is then."""

    def __post_init__(self) -> None:
        for name in ("grace", "quiet", "limit"):
            seconds = getattr(self, name)
            if not (math.isfinite(seconds) and seconds >= 0):
                raise InvalidOption(f"settle: {name} must be seconds from 0 up, not {seconds}")
