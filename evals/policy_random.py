"""A policy that clicks anywhere: what a score is worth that is reached by chance."""

from random import Random

from handeye.actions.geometry import Point
from handeye.actions.schema import Click
from handeye.agent.decision import Decision
from handeye.agent.history import History


class RandomPolicy:
    """Clicks random points of the screenshots, each as likely as any other.

    The points depend on the seed, the instruction and the number of the step, and on nothing else: episodes can be
    played in any order, and be resumed.
    """

    def __init__(self, seed: int) -> None:
        self.name = f"random {seed}"
        self._seed = seed

    def decide(self, history: History) -> Decision:
        """Return the click."""
        choice = Random(f"{self._seed} {len(history.steps)} {history.task}")
        size = history.observation.size
        point = Point(choice.randrange(size.width), choice.randrange(size.height))
        return Decision(text="", thought="", actions=(Click(point=point),))
