"""handeye's side of the MiniWoB++ benchmark, as `handeye eval miniwob` plays without a journal."""

import time
from collections.abc import Iterator
from pathlib import Path

from miniwob_peers.side import LOOK_AGAIN, Taken, clock

from handeye.actions.schema import Action
from handeye.evals.miniwob.pages import DEVICE_SCALE_FACTOR
from handeye.evals.miniwob.task import MiniWob, MiniWobTask
from handeye.evals.task import Move


class Ours:
    """The tasks and the browser of handeye."""

    name = "handeye"
    scale = float(DEVICE_SCALE_FACTOR)
    most_episodes = 1_000

    def __init__(self, browser: Path) -> None:
        self._suite = MiniWob(executable=browser)
        self._task: MiniWobTask | None = None
        self._seen = b""

    def start(self, task: str) -> None:
        """Nothing: one browser serves all tasks."""

    def reset(self, task: str, seed: int) -> float:
        """Set the task up and observe."""
        began = clock()
        environment = self._suite.environment(task)
        self._task = self._suite.task(task, seed)
        self._task.setup(environment)
        self._seen = environment.observe().screenshot
        return clock() - began

    def moves(self, task: str) -> Iterator[Move]:
        """Return the oracle."""
        assert self._task is not None
        return self._task.oracle()

    def act(self, action: Action) -> Taken:
        """Execute the action and ask the page, as the loop does."""
        assert self._task is not None
        began = clock()
        self._seen = self._suite.environment(self._task.name).execute(action).screenshot
        done = self._task.ended()
        seconds = clock() - began
        return Taken(seconds, done, self._task.score().reward if done else 0.0)

    def screens(self) -> tuple[bytes, bytes] | None:
        """Look again."""
        assert self._task is not None
        seen = self._seen
        time.sleep(LOOK_AGAIN)
        return seen, self._suite.environment(self._task.name).observe().screenshot

    def close(self) -> None:
        """Close the browser."""
        self._suite.close()
