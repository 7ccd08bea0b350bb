"""The tasks of OSWorld on their machine."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from handeye.actions.closeable import Closeable
from handeye.agent.episode import Episode
from handeye.agent.outcome import StopReason
from handeye.environments.errors import ActionPartial, EnvironmentLost
from handeye.evals.errors import UnknownTask
from handeye.evals.osworld.environment import OSWorldEnvironment
from handeye.evals.osworld.machine import Machine
from handeye.evals.osworld.spaces.catalog import DONE, FAIL
from handeye.evals.osworld.task_file import TaskFile, read_task
from handeye.evals.task import Move, Score

STEPS: Final = 15
"""How many steps an episode may take, as in the paper. Later figures are of 50 and 100."""
Oracle: TypeAlias = Callable[[], Iterator[Move]]


def protocol(machine: Machine) -> str:
    """Return the protocol in a line."""
    return (
        f"OSWorld by its own evaluation, from screenshots of {machine.screen} alone; action space {machine.space}, "
        f"{machine.pause:g} s after an action, {machine.wait_after_reset:g} s after the setup and "
        f"{machine.wait_before_score:g} s before the score; {STEPS} steps unless --max-steps says otherwise, after "
        f"which the screen is judged as it is; giving up is {machine.give_up_word}; "
        "success = score 1, and an episode with an error scores 0"
    )


class OSWorldTask:
    """One episode of a task."""

    def __init__(self, name: str, seed: int, file: TaskFile, oracle: Oracle | None = None) -> None:
        self.name = name
        self.seed = seed
        self._file = file
        self._oracle = oracle
        self._environment: OSWorldEnvironment | None = None
        self._stop: StopReason | None = None

    def setup(self, environment: OSWorldEnvironment) -> str:
        """Begin the task on a machine as it was at first, wait until that has settled, and return the instruction."""
        environment.begin(dict(self._file.definition))
        environment.pause(environment.machine.wait_after_reset)
        self._environment = environment
        self._stop = None
        return self._file.instruction

    def ended(self) -> bool:
        """Return False: only what is there at the end counts."""
        return False

    def conclude(self, episode: Episode) -> None:
        """Take note of how the episode ended, which is a part of what is judged."""
        self._stop = episode.stop

    def score(self) -> Score:
        """Say to the machine how the episode ended, and let the benchmark judge. Raises `EnvironmentLost`."""
        machine = self._machine
        word = special(self._stop, machine.machine.give_up_word)
        if word is not None:
            try:
                machine.step([word], machine.machine.pause)
            except ActionPartial as error:
                raise EnvironmentLost(f"the machine did not take {word}: {error}") from error
        machine.pause(machine.machine.wait_before_score)
        reward = machine.score()
        return Score(reward, reward == 1, "" if word is None else f"ended with {word}")

    def oracle(self) -> Iterator[Move]:
        """Return the moves that solve the task: only the stand-in's tasks have them. Raises `UnknownTask`."""
        if self._oracle is None:
            raise UnknownTask(f"no oracle plays {self.name}")
        return self._oracle()

    def teardown(self) -> None:
        """Release the machine."""
        self._environment = None

    @property
    def _machine(self) -> OSWorldEnvironment:
        if self._environment is None:
            raise RuntimeError(f"{self.name} was not set up")
        return self._environment


def special(stop: StopReason | None, give_up: str) -> str | None:
    """Return the special action that tells how an episode ended; None if a limit ended it: then upstream says nothing.

    A task that cannot be done scores 1 if the last action is FAIL and 0 otherwise; any other scores 0 if it is.
    """
    match stop:
        case StopReason.SUCCESS | StopReason.ANSWERED:
            return DONE
        case StopReason.INFEASIBLE:
            return FAIL
        case StopReason.FAILURE:
            return give_up
        case _:
            return None


class OSWorldTasks(Closeable):
    """Makes the tasks, and the one machine that plays them one after the other. A context manager."""

    def __init__(
        self,
        machine: Machine,
        examples: Path,
        *,
        headless: bool = True,
        oracles: Mapping[str, Oracle] = MappingProxyType({}),
    ) -> None:
        """Start nothing yet: `environment` does. `examples` is the folder of the tasks' files."""
        self._machine = machine
        self._examples = examples
        self._headless = headless
        self._oracles = oracles
        self._environment: OSWorldEnvironment | None = None

    def task(self, name: str, seed: int) -> OSWorldTask:
        """Return an episode of a task; the seed changes nothing. Raises `InvalidTasks`."""
        return OSWorldTask(name, seed, read_task(self._examples, name), self._oracles.get(name))

    def environment(self, name: str) -> OSWorldEnvironment:
        """Return the machine, the same for all tasks; the first call starts it, and raises what that raises.

        One that is lost later is started again by the next task's `setup`, whose episode fails if that fails.
        """
        if self._environment is None:
            self._environment = OSWorldEnvironment(self._machine, headless=self._headless)
            self._environment.open()
        return self._environment

    def close(self) -> None:
        """Stop the machine."""
        if self._environment is not None:
            self._environment.close()
            self._environment = None
