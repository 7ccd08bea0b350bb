"""AndroidWorld's tasks, played by our loop."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Self, TypeAlias

from pydantic import JsonValue

from handeye.actions.closeable import Closeable
from handeye.actions.geometry import Size
from handeye.agent.episode import Episode
from handeye.agent.outcome import StopReason
from handeye.environments.errors import InvalidOption
from handeye.evals.androidworld.emulators import require_listed
from handeye.evals.androidworld.families import Family, is_miniwob
from handeye.evals.androidworld.screen import AndroidWorldScreen
from handeye.evals.androidworld.world import World, WorldSettings
from handeye.evals.errors import UnknownTask
from handeye.evals.simulated_phone.reader import PhoneReader
from handeye.evals.task import Move, Score

PARTIAL: Final = "a partial reward, which android_world fails to read and drops"
"""Why an episode failed whose page gave a reward that is no whole number."""
NOT_SAID: Final = "the goal was reached, and the policy has not said so"

Oracle: TypeAlias = Callable[[PhoneReader, str], Iterator[Move]]
"""Returns the moves that reach a goal, given in words."""


def protocol(family: Family) -> str:
    """Return how a family is played and judged, in a line."""
    common = (
        "pixels only: the screenshot of AndroidWorld's State and the goal are given, actions go over adb; "
        "int(10 * complexity) steps, three steps in a row that do nothing end the episode"
    )
    if is_miniwob(family):
        return (
            f"MobileMiniWoB++ in AndroidWorld ({family}), {common}; 0.2 s after each action; no time limit; "
            "success = the page's raw reward is 1"
        )
    return (
        f"AndroidWorld ({family}), {common}; the screen is looked at once it is stable; "
        "success = the task's own check gives 1, and the policy has said that it is done or answered"
    )


class AndroidWorldTask:
    """One instance of a task, on the emulator of `AndroidWorld`."""

    def __init__(self, name: str, seed: int, world: World, oracle: Oracle | None) -> None:
        """`seed` is the number of the instance, from 0, as AndroidWorld counts them."""
        self.name = name
        self.seed = seed
        self._world = world
        self._oracle = oracle
        self._screen: AndroidWorldScreen | None = None
        self._goal = ""
        self._answer: str | None = None
        self._done = False
        self._judged = False

    def setup(self, environment: AndroidWorldScreen) -> str:
        """Prepare the emulator, and return the goal. Raises `AndroidWorldFailed` and `EnvironmentLost`."""
        self._screen = environment
        self._goal = self._world.setup(self.name, self.seed)
        return self._goal

    def ended(self) -> bool:
        """Return whether a page has given its reward; other tasks are over when the policy says so."""
        return self._world.ended()

    def conclude(self, episode: Episode) -> None:
        """Keep the answer, and whether the policy, or the page, has ended the episode."""
        self._done = episode.stop.final
        self._answer = episode.answer if episode.stop is StopReason.ANSWERED else None

    def score(self) -> Score:
        """Return the task's own verdict; a success only if the policy has said that it is done."""
        reward, partial = self._world.score(self._answer)
        self._judged = True
        reached = reward == 1.0 and not partial
        reason = PARTIAL if partial else NOT_SAID if reached and not self._done else ""
        return Score(reward, reached and self._done, reason)

    def oracle(self) -> Iterator[Move]:
        """Return the moves that reach the goal. Raises `UnknownTask`: AndroidWorld's own tasks have none."""
        if self._oracle is None or self._screen is None:
            raise UnknownTask(f"no oracle plays {self.name}")
        size = self._screen.observe().size
        return self._oracle(PhoneReader(self._screen.phone, Size(size.width, size.height)), self._goal)

    def teardown(self) -> None:
        """Let AndroidWorld undo what the task has changed. After an error the next task begins with a new process."""
        self._screen = None
        self._world.teardown()
        if not self._judged:
            self._world.end()


class AndroidWorld(Closeable):
    """Makes the tasks, and has one emulator for them. A context manager."""

    def __init__(
        self, settings: WorldSettings, *, headless: bool = True, oracles: Mapping[str, Oracle] | None = None
    ) -> None:
        """Open nothing yet. `oracles` plays tasks by their names; AndroidWorld itself has none.

        Raises `EmulatorMissing` if adb lists no emulator, what the lack of adb raises, and `InvalidOption`: whether an
        emulator has a window was decided when it was started.
        """
        if not headless:
            raise InvalidOption("--headed: an emulator shows its own window, unless it was started with -no-window")
        require_listed(settings.emulators, settings.adb_port)
        self._world = World(settings)
        self._oracles = oracles or {}

    @property
    def facts(self) -> Mapping[str, JsonValue]:
        """What a manifest should say of the emulator."""
        return self._world.facts

    def task(self, name: str, seed: int) -> AndroidWorldTask:
        """Return the instance of a task with the number `seed`."""
        return AndroidWorldTask(name, seed, self._world, self._oracles.get(name))

    def environment(self, name: str) -> AndroidWorldScreen:
        """Return the emulator, the same for all tasks; AndroidWorld is started again if it was lost."""
        return self._world.screen()

    def close(self) -> None:
        """End AndroidWorld's process; the emulator goes on running."""
        self._world.close()

    def __enter__(self) -> Self:
        try:
            self._world.screen()
        except BaseException:
            self.close()
            raise
        return self
