"""How long to wait for a screen to settle after an action."""

import math
from dataclasses import dataclass

from handeye.environments.errors import InvalidOption


@dataclass(frozen=True, slots=True)
class Settle:
    """A screen has settled when, `grace` after the action, nothing is loading and nothing has changed for `quiet`.

    Nothing can see a timer that has yet to fire: for those a policy waits by an action. All in seconds.
    """

    grace: float = 0.12
    """How long an action is given to show its first effect."""
    quiet: float = 0.1
    """How long nothing may have changed."""
    limit: float = 5.0
    """When to stop waiting, from the end of the action; a screen that never rests is shown as it is then."""

    def __post_init__(self) -> None:
        for name in ("grace", "quiet", "limit"):
            seconds = getattr(self, name)
            if not (math.isfinite(seconds) and seconds >= 0):
                raise InvalidOption(f"settle: {name} must be seconds from 0 up, not {seconds}")
