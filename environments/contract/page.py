"""The page of targets in the environment under test: aiming at its parts, and verifying what arrived."""

from collections.abc import Callable

from handeye.actions.geometry import Point
from handeye.actions.schema import Action, Click
from handeye.environments.contract.basics import check_observation, require
from handeye.environments.contract.targets import Event, TargetServer
from handeye.environments.contract.targets_view import find_shown
from handeye.environments.environment import Environment
from handeye.environments.errors import ActionPartial, ActionRejected, ContractBroken
from handeye.environments.observation import Observation

Show = Callable[[Environment], None]
"""Brings the page of targets to the front in an environment that has just been reset."""

_ARRIVAL = 5.0
"""Seconds within which the page reports an event."""
_QUIET = 0.05
"""Seconds without a report after which no more events from an action are expected."""
_NOTHING = 0.2
"""Seconds to wait for events that a rejected action must not cause."""


class TargetPage:
    """The page, shown in an environment."""

    def __init__(self, environment: Environment, server: TargetServer, show: Show) -> None:
        """Reset the environment and show the page; raise `TargetsNotShown` if it cannot be seen."""
        self.environment = environment
        self.server = server
        server.forget()
        environment.reset()
        show(environment)
        self.view = find_shown(environment, server)

    def attempt(self, action: Action) -> Observation | None:
        """Execute the action; return None if it was rejected, in which case nothing may have reached the page.

        What is said to be done in part breaks the contract here: the page takes all input, and nothing comes up.
        """
        self.server.clear()
        try:
            after = self.environment.execute(action)
        except ActionRejected as error:
            message = str(error)
            require(bool(message) and "\n" not in message, f"{action.type} is rejected without a one-line reason")
            self.server.wait(lambda: bool(self._inputs()), _NOTHING)
            inputs = ", ".join(event.kind for event in self._inputs())
            require(not inputs, f"{action.type} is rejected ({message}), but the page received {inputs}")
            return None
        except ActionPartial as error:
            self.server.wait(lambda: bool(self._inputs()), _ARRIVAL)
            what = "in part only" if self._inputs() else "in part, but the page received nothing"
            raise ContractBroken(f"{action.type} is said to be done {what} ({error})") from None
        check_observation(after)
        return after

    def arrived(self, kind: str, count: int = 1) -> tuple[Event, ...]:
        """Return the events of this kind that the last action caused, once at least `count` have arrived."""
        self.server.wait(lambda: len(self.server.events(kind)) >= count, _ARRIVAL)
        self.server.wait_quiet(_QUIET, _ARRIVAL)
        return self.server.events(kind)

    def require_landed(self, events: tuple[Event, ...], point: Point, what: str) -> None:
        """Require that all events landed on exactly this pixel of the screenshot."""
        for event in events:
            landed = self.view.landed(event)
            require(landed == point, f"{what} at {point} arrived as {event.kind} at {landed}")

    def focus(self) -> None:
        """Click into the text area."""
        require(self.attempt_click("text") is not None, "a click into a text area is rejected")

    def attempt_click(self, part: str) -> Observation | None:
        """Click the middle of a part."""
        return self.attempt(Click(point=self.view.center(part)))

    def _inputs(self) -> tuple[Event, ...]:
        return tuple(event for event in self.server.events() if event.kind not in {"layout", "scroll"})
