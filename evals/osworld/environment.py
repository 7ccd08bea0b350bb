"""The machine as an environment: seen by its screenshots, acted on through the benchmark's own package."""

import io
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from PIL import Image, UnidentifiedImageError
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from handeye.actions.carry import carried
from handeye.actions.closeable import Closeable
from handeye.actions.geometry import Frame, OutOfFrame, Size, Transform
from handeye.actions.schema import Action, Wait
from handeye.environments.errors import ActionPartial, ActionRejected, EnvironmentLost
from handeye.environments.observation import Observation
from handeye.environments.supported import require_supported
from handeye.evals.foreign.errors import ForeignFailed, ForeignLost, ForeignRaised
from handeye.evals.foreign.process import ForeignProcess, Reply
from handeye.evals.osworld.machine import Machine
from handeye.evals.osworld.spaces.catalog import SPACES, WAIT

ADAPTER: Final = Path(__file__).with_name("adapter.py")
START_SECONDS: Final = 3600.0
"""Upstream downloads its image then, and boots the machine."""
RESET_SECONDS: Final = 1800.0
STEP_SECONDS: Final = 600.0
"""Upstream tries a command three times, for 90 s each."""
LOOK_SECONDS: Final = 120.0
SCORE_SECONDS: Final = 1800.0
_MOST_PIXELS: Final = 64_000_000


class _Step(BaseModel):
    """What the adapter says of a step."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trouble: str


class _Version(BaseModel):
    """What the adapter says of the package."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str | None
    folder: str


class OSWorldEnvironment(Closeable):
    """One machine. A harness begins a task on it, and asks for its score; it is used by one thread."""

    def __init__(self, machine: Machine, *, headless: bool = True) -> None:
        """Start nothing yet: `open` does."""
        self.machine = machine
        self._headless = headless
        self._space = SPACES[machine.space]
        self._process: ForeignProcess | None = None
        self._lock = machine.claim()
        self._size: Size | None = None
        self._closed = False

    @property
    def name(self) -> str:
        """Always "osworld"."""
        return "osworld"

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that the action space has."""
        return self._space.supported

    def open(self) -> None:
        """Start the interpreter and the machine, if they do not run. Raises `ForeignFailed` and `EnvironmentLost`."""
        if self._closed:
            raise EnvironmentLost("the environment is closed")
        if self._process is not None:
            return
        self._process = foreign_process(self.machine)
        try:
            self._call("open", self.machine.arguments(headless=self._headless), START_SECONDS)
        except ForeignRaised as error:
            self._end()
            raise EnvironmentLost(f"the machine does not start: {error}") from error
        except BaseException:
            self._end()
            raise

    def begin(self, task: JsonValue) -> Observation:
        """Begin a task, given as its file says, on a machine as it was at first.

        Raises `ForeignFailed`, and `EnvironmentLost` if the machine or the task cannot be set up.
        """
        self.open()
        return self._seen(self._do("reset", {"task": task}, RESET_SECONDS))

    def reset(self) -> Observation:
        """Begin no task in particular, on a machine as it was at first."""
        return self.begin(None)

    def observe(self) -> Observation:
        """Return the screen. Raises `EnvironmentLost`."""
        return self._seen(self._do("observe", {}, LOOK_SECONDS))

    def execute(self, action: Action) -> Observation:
        """Carry out the action, wait for the machine's pause, and return an observation.

        Raises `ActionRejected`, `ActionPartial` if the command failed in the machine, and `EnvironmentLost`.
        """
        require_supported(action.type, self.supported)
        if self._size is None:
            raise EnvironmentLost("there is no screen: reset() starts over")
        frame = Frame("screenshot", self._size)
        try:
            carried(action, Transform(frame, frame))
        except OutOfFrame as error:
            raise ActionRejected(str(error)) from None
        if isinstance(action, Wait):
            # Upstream rests twice for a WAIT: as the action, and as the pause after it.
            return self.step([WAIT], max(self.machine.pause, action.seconds / 2))
        return self.step(self._space.write(action), self.machine.pause)

    def step(self, actions: Sequence[JsonValue], pause: float) -> Observation:
        """Carry out actions of the action space, or a special one, with the pause after the last."""
        reply = self._do("step", {"actions": list(actions), "pause": pause}, STEP_SECONDS + 2 * pause)
        try:
            trouble = _Step.model_validate(reply.value).trouble
        except ValidationError as error:
            raise EnvironmentLost("the machine's interpreter answered what was not asked") from error
        seen = self._seen(reply)
        if trouble:
            raise ActionPartial(f"not all of it was done: {trouble}")
        return seen

    def score(self) -> float:
        """Return the benchmark's score of what has been done. Raises `EnvironmentLost` if that fails."""
        value = self._do("evaluate", {}, SCORE_SECONDS).value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise EnvironmentLost(f"the evaluation gave no number: {value!r}")
        return float(value)

    def pause(self, seconds: float) -> None:
        """Wait for the machine to settle."""
        time.sleep(seconds)

    def close(self) -> None:
        """Stop the machine and end its interpreter."""
        self._closed = True
        self._end()
        if self._lock is not None:
            self._lock.release()

    def _end(self) -> None:
        process, self._process, self._size = self._process, None, None
        if process is not None:
            process.close()

    def _do(self, name: str, parameters: dict[str, JsonValue], seconds: float) -> Reply:
        """Carry out a call; what it raises is a failure of the machine."""
        try:
            return self._call(name, parameters, seconds)
        except ForeignRaised as error:
            raise EnvironmentLost(f"{name} failed in desktop_env: {error}") from error

    def _call(self, name: str, parameters: dict[str, JsonValue], seconds: float) -> Reply:
        if self._process is None:
            raise EnvironmentLost("there is no machine: reset() starts over")
        try:
            return self._process.call(name, parameters, seconds)
        except ForeignLost:
            self._end()
            raise

    def _seen(self, reply: Reply) -> Observation:
        """Return the observation of a screenshot, whose header is all that is read of it here."""
        try:
            with Image.open(io.BytesIO(reply.data), formats=("PNG", "JPEG")) as image:
                size = Size(*image.size)
        except (UnidentifiedImageError, OSError, ValueError) as error:
            raise EnvironmentLost("the machine gave no picture of its screen") from error
        if size.width * size.height > _MOST_PIXELS:
            raise EnvironmentLost(f"the machine gave a picture of {size} pixels")
        self._size = size
        return Observation(screenshot=reply.data, size=size, time=time.time())


def foreign_process(machine: Machine) -> ForeignProcess:
    """Start the interpreter that has desktop_env, in the folder in which upstream runs. Raises `ForeignFailed`."""
    arguments: dict[str, Any] = {"checkout": str(machine.checkout)}
    if machine.source is not None:
        arguments["source"] = str(machine.source)
    return ForeignProcess(machine.python, ADAPTER, arguments, directory=machine.checkout)


def version_facts(machine: Machine) -> dict[str, JsonValue]:
    """Return the version of desktop_env, which a checkout has none of. Raises `ForeignFailed` if it is not there."""
    with foreign_process(machine) as process:
        try:
            found = _Version.model_validate(process.call("version", {}, LOOK_SECONDS).value)
        except (ForeignRaised, ForeignLost, ValidationError) as error:
            raise ForeignFailed(f"{machine.python} has no desktop_env: {error}") from error
    own = Path(found.folder).is_relative_to(machine.checkout)
    return {"desktop_env": "of the checkout" if own else found.version or "unknown"}
