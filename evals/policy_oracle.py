"""A policy that plays the moves of a task's oracle."""

from collections.abc import Iterator

from handeye.agent.decision import Decision
from handeye.agent.errors import ScriptEnded
from handeye.agent.history import History
from handeye.evals.task import Move


class OraclePolicy:
    """Plays an oracle's moves, which tests the reward and the path to it. Only the oracle looks at the screen."""

    name = "oracle"

    def __init__(self, moves: Iterator[Move]) -> None:
        self._moves = moves

    def decide(self, history: History) -> Decision:
        """Return the oracle's next move; raise `ScriptEnded` when it has none and the task is not over."""
        move = next(self._moves, None)
        if move is None:
            raise ScriptEnded("the oracle has no further move, and the task is not over")
        return Decision(text="", thought=move.thought, actions=(move.action,))
