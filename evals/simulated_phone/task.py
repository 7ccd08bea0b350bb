"""The tasks on the simulated phone, over adb."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Final

from handeye.actions.closeable import Closeable
from handeye.actions.geometry import Size
from handeye.environments.settle import Settle
from handeye.environments.simulated_phone.environment import DEFAULT_SIZE, SimulatedPhoneEnvironment
from handeye.evals.simulated_phone.catalog import challenge
from handeye.evals.simulated_phone.challenge import State
from handeye.evals.simulated_phone.judge import differences, judged
from handeye.evals.simulated_phone.reader import PhoneReader
from handeye.evals.task import Move, Score

PROTOCOL: Final = (
    "Simulated phone, 1080x2400 at 480 dpi, seen and touched over adb; the instruction and the screenshot are given; "
    "success = all that the phone remembers is as asked, and nothing else has changed"
)
DEFAULT_DENSITY: Final = 480
SHOWN: Final = 3
"""How many differences a score names."""


class PhoneTask:
    """One episode, on the phone of `SimulatedPhoneTasks`. The policy says when it is over; then the state is judged."""

    def __init__(self, name: str, seed: int) -> None:
        """Create the instance for the seed. Raises `UnknownTask`."""
        self.name = name
        self.seed = seed
        self._challenge = challenge(name, seed)
        self._environment: SimulatedPhoneEnvironment | None = None
        self._size = Size(1, 1)
        self._wanted: State = {}

    def setup(self, environment: SimulatedPhoneEnvironment) -> str:
        """Load the task's initial state into the phone, show its home screen, and return the instruction."""
        self._size = environment.reset().size
        environment.phone.load(self._challenge.start)
        self._environment = environment
        self._wanted = deepcopy(judged(environment.phone.state()))
        self._challenge.change(self._wanted)
        return self._challenge.goal

    def ended(self) -> bool:
        """Return False: only the final state counts, and what is right may still be undone."""
        return False

    def score(self) -> Score:
        """Compare everything that the phone stores with the required state. Raises `EnvironmentLost`."""
        found = list(differences(judged(self._phone.phone.state()), self._wanted))
        more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        return Score(float(not found), not found, "; ".join(found[:SHOWN]) + more)

    def oracle(self) -> Iterator[Move]:
        """Return the moves that solve the task, the last of which reports success."""
        return self._challenge.moves(PhoneReader(self._phone, self._size))

    def teardown(self) -> None:
        """Release the phone."""
        self._environment = None

    @property
    def _phone(self) -> SimulatedPhoneEnvironment:
        if self._environment is None:
            raise RuntimeError(f"{self.name} was not set up")
        return self._environment


class SimulatedPhoneTasks(Closeable):
    """Makes the tasks and the one phone that they need. A context manager."""

    def __init__(
        self,
        *,
        headless: bool = True,
        size: Size = DEFAULT_SIZE,
        density: int = DEFAULT_DENSITY,
        settle: Settle = Settle(),
    ) -> None:
        """Check nothing yet: the phone starts with the first task's `setup`. The parameters are the phone's."""
        self._headless = headless
        self._size = size
        self._density = density
        self._settle = settle
        self._environment: SimulatedPhoneEnvironment | None = None

    def task(self, name: str, seed: int) -> PhoneTask:
        """Return the episode of a seed. Raises `UnknownTask`."""
        return PhoneTask(name, seed)

    def environment(self, name: str) -> SimulatedPhoneEnvironment:
        """Return the phone, the same for all tasks."""
        if self._environment is None:
            self._environment = SimulatedPhoneEnvironment(
                size=self._size, density=self._density, headless=self._headless, settle=self._settle
            )
        return self._environment

    def close(self) -> None:
        """Turn the phone off."""
        if self._environment is not None:
            self._environment.close()
            self._environment = None
