"""BrowserGym in another interpreter, as calls with checked results."""

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from pydantic import JsonValue

from handeye.actions.closeable import Closeable
from handeye.actions.errors import HandeyeError
from handeye.environments.errors import EnvironmentLost
from handeye.environments.observation import Observation
from handeye.evals.browsergym.shown import Shown, read_shown
from handeye.evals.errors import UnknownTask
from handeye.evals.foreign.errors import ForeignLost, ForeignRaised
from handeye.evals.foreign.process import ForeignProcess, Reply

ADAPTER: Final = Path(__file__).with_name("gym_adapter.py")

_START_SECONDS: Final = 180.0
_OPEN_SECONDS: Final = 300.0
"""WebArena signs in to its sites, and WorkArena makes an account."""
_STEP_SECONDS: Final = 180.0
_STOP_SECONDS: Final = 30.0


class Stepped(NamedTuple):
    """What BrowserGym returned."""

    shown: Shown
    observation: Observation


class GymSession(Closeable):
    """One interpreter with one environment at a time. It starts with the first call, and again after a loss."""

    def __init__(self, python: str, arguments: Mapping[str, JsonValue], adapter: Path = ADAPTER) -> None:
        """Take the interpreter, the adapter's file, and its arguments."""
        self._python, self._arguments, self._adapter = python, dict(arguments), adapter
        self._process: ForeignProcess | None = None
        self._scratch: TemporaryDirectory[str] | None = None
        """For what the browser writes, which it leaves behind if it is killed."""
        self._closed = False

    def about(self) -> dict[str, JsonValue]:
        """Return the versions of what runs there. Starts its browser once. Raises `ForeignFailed`."""
        value = self._call("about", {}, _START_SECONDS).value
        return value if isinstance(value, dict) else {}

    def tasks(self, benchmark: str) -> Sequence[str]:
        """Return the tasks of a benchmark in order, which registers them. Raises `UnknownTask` if it cannot load."""
        try:
            value = self._process_there().call("tasks", {"benchmark": benchmark}, _START_SECONDS).value
        except ForeignRaised as error:
            raise UnknownTask(f"{benchmark} cannot be loaded: {error}") from error
        return [str(task) for task in value] if isinstance(value, list) else []

    def open(self, task: str, seed: int, subsets: Sequence[str], headless: bool) -> Stepped:
        """Start an episode. Raises `EnvironmentLost`, `ForeignFailed` and `UnknownTask`."""
        self.tasks(task.partition(".")[0])
        given: dict[str, JsonValue] = {"task": task, "seed": seed, "subsets": list(subsets), "headless": headless}
        return _stepped(self._call("open", given, _OPEN_SECONDS))

    def step(self, source: str, seconds: float) -> Stepped:
        """Carry out calls of BrowserGym's functions that take so long by themselves. Raises `EnvironmentLost`."""
        return _stepped(self._call("step", {"action": source}, _STEP_SECONDS + seconds))

    def evaluate(self, expression: str, argument: JsonValue) -> JsonValue:
        """Evaluate JavaScript in the page. Raises `EnvironmentLost`."""
        return self._call("evaluate", {"expression": expression, "argument": argument}, _STEP_SECONDS).value

    def close(self) -> None:
        """End the browser and its interpreter. Closing twice is harmless."""
        self._closed = True
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(HandeyeError):  # it is ended all the same
                process.call("stop", {}, _STOP_SECONDS)
            process.close()
        self._clear()

    def _clear(self) -> None:
        if self._scratch is not None:
            self._scratch.cleanup()

    def _call(self, name: str, given: Mapping[str, JsonValue], seconds: float) -> Reply:
        try:
            return self._process_there().call(name, given, seconds)
        except ForeignRaised as error:
            raise EnvironmentLost(f"BrowserGym failed: {error}") from error
        except ForeignLost:
            self._process = None  # it has been ended
            raise

    def _process_there(self) -> ForeignProcess:
        if self._closed:
            raise EnvironmentLost("the environment is closed")
        if self._process is None:
            self._clear()
            self._scratch = TemporaryDirectory(prefix="hbg-", ignore_cleanup_errors=True)
            arguments = {**self._arguments, "scratch": self._scratch.name}
            self._process = ForeignProcess(self._python, self._adapter, arguments, start_seconds=_START_SECONDS)
        return self._process


def _stepped(reply: Reply) -> Stepped:
    shown = read_shown(reply.value)
    return Stepped(shown, shown.observation(reply.data))
