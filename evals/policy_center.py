"""A policy that clicks the middle of the screen: what a score is worth that needs no looking."""

from handeye.actions.geometry import Point
from handeye.actions.schema import Click
from handeye.agent.decision import Decision
from handeye.agent.history import History


class CenterPolicy:
    """Clicks the middle of each screenshot."""

    name = "center"

    def decide(self, history: History) -> Decision:
        """Return the click."""
        width, height = history.observation.size
        return Decision(text="", thought="", actions=(Click(point=Point(width // 2, height // 2)),))
