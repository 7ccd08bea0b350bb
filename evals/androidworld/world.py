"""AndroidWorld on one emulator: its process, and the emulator as our agent reaches it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pydantic import JsonValue

from handeye.actions.closeable import Closeable
from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Size
from handeye.environments.android.adb_server import adb_program
from handeye.evals.androidworld.emulators import Claim, Emulator, claim, starting
from handeye.evals.androidworld.errors import AndroidWorldFailed, EmulatorMissing
from handeye.evals.androidworld.families import Family, is_miniwob
from handeye.evals.androidworld.place import Place
from handeye.evals.androidworld.screen import AndroidWorldScreen, State
from handeye.evals.foreign.errors import ForeignLost, ForeignRaised
from handeye.evals.foreign.process import ForeignProcess, Reply

_SECONDS: Final = {
    "open": 900.0,
    "setup": 900.0,
    "state": 180.0,
    "ended": 120.0,
    "score": 600.0,
    "teardown": 600.0,
}
"""How long each call may take on a busy machine. Preparing a task restores its apps, and restarts some of them."""
_INSTALL_SECONDS: Final = 2 * 3600.0
"""How long installing the apps may take: they are downloaded."""
_MINIWOB_PAUSE: Final = 0.2
"""Seconds. Source: `_MINIWOB_TRANSITION_PAUSE` of android_world's run.py; its other tasks wait for a stable screen."""
_PROPERTIES: Final = ("ro.build.fingerprint", "ro.build.version.sdk", "ro.product.model")


class Judged(NamedTuple):
    """The task's own verdict."""

    reward: float
    partial: bool
    """Whether it is a reward of a page that android_world cannot read."""


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """The settings of all workers of a run."""

    place: Place
    family: Family
    seed: int
    emulators: Sequence[Emulator]
    emulator_setup: bool = False
    """Whether to install the apps of the tasks first."""
    adb_port: int | None = None
    """The port of the adb server; None for the usual one."""


class World(Closeable):
    """A process that has AndroidWorld, and an emulator that no other worker uses."""

    def __init__(self, settings: WorldSettings) -> None:
        """Open nothing yet."""
        self._settings = settings
        self._pause = _MINIWOB_PAUSE if is_miniwob(settings.family) else None
        self._claim: Claim | None = None
        self._process: ForeignProcess | None = None
        self._installed = not settings.emulator_setup
        self._screen: AndroidWorldScreen | None = None
        self.facts: Mapping[str, JsonValue] = {}
        """What a manifest should say of the emulator."""

    def screen(self) -> AndroidWorldScreen:
        """Return the emulator's screen; start the process if it is not running, also after it was lost.

        Raises `EmulatorMissing`, `AndroidWorldMissing` and `AndroidWorldFailed`.
        """
        if self._claim is None:
            self._claim = claim(self._settings.emulators)
        emulator = self._claim.emulator
        if self._screen is None:
            self._screen = AndroidWorldScreen(self, emulator.serial, adb_port=self._settings.adb_port)
        if self._process is None:
            self._connect(self._screen, emulator)
            self._start(emulator)
        return self._screen

    def setup(self, name: str, instance: int) -> str:
        """Prepare an instance of a task, and return its goal."""
        return str(self._call("setup", {"name": name, "instance": instance}).value)

    def state(self) -> State:
        """Return the screen after the transition pause."""
        about, pixels = self._call("state", {"pause": self._pause})
        width, height, orientation = _numbers(about, "width", "height", "orientation")
        size = Size(int(width), int(height))
        if len(pixels) != size.width * size.height * 3:
            raise AndroidWorldFailed(f"android_world sent {len(pixels)} bytes for a screen of {size} pixels")
        return State(pixels, size, int(orientation))

    def ended(self) -> bool:
        """Return whether the task is over whatever the policy says."""
        return is_miniwob(self._settings.family) and bool(self._call("ended").value)

    def score(self, answer: str | None) -> Judged:
        """Hand over the answer to a question, if there is one, and return the verdict."""
        value = self._call("score", {"answer": answer}).value
        reward, partial = _numbers(value, "reward", "partial")
        return Judged(reward, bool(partial))

    def teardown(self) -> None:
        """Undo what the task has changed. If that fails, the next task begins with a new process."""
        if self._process is None:
            return
        try:
            self._call("teardown")
        except HandeyeError:
            self.end()

    def end(self) -> None:
        """End the process; `screen` starts another one, and connects to the emulator anew."""
        process, self._process = self._process, None
        if process is not None:
            process.close()

    def close(self) -> None:
        """End the process, and let others use the emulator."""
        self.end()
        if self._screen is not None:
            self._screen.close()
            self._screen = None
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def _connect(self, screen: AndroidWorldScreen, emulator: Emulator) -> None:
        try:
            size = screen.phone.reset().size
            build, level, model = (screen.phone.shell(["getprop", name]).strip() for name in _PROPERTIES)
        except HandeyeError as error:
            raise EmulatorMissing(f"{emulator.serial} cannot be used: {error}; {starting(emulator)}") from error
        self.facts = {
            emulator.serial: {"build": build, "api_level": level, "model": model, "screen": [size.width, size.height]}
        }

    def _start(self, emulator: Emulator) -> None:
        settings = self._settings
        self._process = settings.place.start(settings.family, settings.seed, settings.adb_port)
        arguments: Mapping[str, JsonValue] = {
            "console_port": emulator.console,
            "grpc_port": emulator.grpc,
            "adb_path": str(adb_program()),
            "emulator_setup": not self._installed,
        }
        try:
            self._call("open", arguments, _SECONDS["open"] if self._installed else _INSTALL_SECONDS)
        except HandeyeError:
            self.end()
            raise
        self._installed = True

    def _call(self, name: str, arguments: Mapping[str, JsonValue] | None = None, seconds: float | None = None) -> Reply:
        if self._process is None:
            raise ForeignLost("AndroidWorld's process is gone: the next task starts it again")
        try:
            return self._process.call(name, arguments or {}, _SECONDS[name] if seconds is None else seconds)
        except ForeignRaised as error:
            raise AndroidWorldFailed(f"android_world failed to {_DOES[name]}: {error}") from error
        except ForeignLost:
            self._process = None
            raise


_DOES: Final = {
    "open": "connect to the emulator",
    "setup": "prepare the task",
    "state": "show the screen",
    "ended": "read the reward",
    "score": "judge the task",
    "teardown": "undo the task",
}
"""What each call does, for messages."""


def _numbers(value: Any, *names: str) -> tuple[float, ...]:
    """Return the named numbers of what android_world's side has sent. Raises `AndroidWorldFailed`."""
    found = [value.get(name) for name in names] if isinstance(value, dict) else []
    numbers = tuple(float(each) for each in found if isinstance(each, int | float) and math.isfinite(each))
    if len(numbers) != len(names):
        raise AndroidWorldFailed(f"android_world sent no {' and '.join(names)}")
    return numbers
