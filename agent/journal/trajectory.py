"""A stored episode, read back from its journal."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import JsonValue, ValidationError

from handeye.agent.errors import InvalidLimits, InvalidTrajectory
from handeye.agent.journal.line import (
    SCHEMA_VERSION,
    DecisionLine,
    IntentLine,
    Line,
    MetaLine,
    OutcomeLine,
    ResumedLine,
    Seen,
    StopLine,
    decode,
)
from handeye.agent.journal.writer import JOURNAL, SCREENSHOTS
from handeye.agent.limits import Limits
from handeye.agent.outcome import INTERRUPTED, Outcome, StopReason
from handeye.agent.step import Step
from handeye.environments.observation import Observation


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The steps of one episode on disk. An action whose outcome was never written has the outcome "unknown"."""

    directory: Path
    meta: MetaLine
    drivers: tuple[str, ...]
    """Who decided, in order, each with its profile: "Qwen/Qwen2.5-VL-7B-Instruct, qwen2.5-vl 2971d1bb6ff2"."""
    settings: dict[str, JsonValue]
    """The most recent ones of the caller: a resume may have changed them."""
    limits: Limits
    """The most recent ones: a resume may have changed them."""
    steps: tuple[Step, ...]
    stop: StopReason | None
    """None while the episode is running, and after it was killed."""
    message: str
    seconds: float
    """Wall time of all processes that ran the episode."""
    torn: bool
    """True when the last line is incomplete because of a kill; it is ignored."""

    @property
    def task(self) -> str:
        """The task of the episode."""
        return self.meta.task

    @property
    def last_observation(self) -> Observation | None:
        """The newest observation, if there is any."""
        if not self.steps:
            return None
        last = self.steps[-1]
        return next((o.observation for o in reversed(last.outcomes) if o.observation is not None), last.observation)


def read_trajectory(directory: Path) -> Trajectory:
    """Read the journal in `directory`; raise `InvalidTrajectory` if there is none that this version can read."""
    reader = _Reader(directory)
    path = directory / JOURNAL
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidTrajectory(f"{directory} holds no journal: {path}: {error.strerror}") from error
    lines, _, torn = content.rpartition(b"\n")
    for number, value in enumerate(_values(path, lines), start=1):
        if number == 1:
            _require_version(path, value)
        try:
            reader.take(decode(value))
        except (ValidationError, InvalidLimits, _OutOfPlaceError) as error:
            raise InvalidTrajectory(f"{path}:{number} is not a line of a journal: {_brief(error)}") from error
    return reader.trajectory(torn=bool(torn))


class _OutOfPlaceError(Exception):
    """A line that cannot follow the ones before it."""


class _Reader:
    """Builds a trajectory from lines, in the order in which they were written."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._pictures: dict[str, bytes] = {}
        self._meta: MetaLine | None = None
        self._limits = Limits()
        self._drivers: list[str] = []
        self._settings: dict[str, JsonValue] = {}
        self._steps: list[Step] = []
        self._intended = False
        self._stop: StopLine | None = None
        self._earlier = 0.0
        self._began = 0.0
        self._newest = 0.0

    def take(self, line: Line) -> None:
        """Add the next line; raise `_OutOfPlaceError` if it cannot follow the ones before it."""
        if (self._meta is None) != isinstance(line, MetaLine):
            raise _OutOfPlaceError("the first line, and no other, must be the meta line")
        if self._stop is not None and not isinstance(line, ResumedLine):
            raise _OutOfPlaceError("the episode had already ended")
        match line:
            case MetaLine():
                self._meta = line
                self._limits, self._began = line.limits, line.time
                self._settings = line.settings
                self._drive(line)
            case ResumedLine():
                self._close_intent()
                self._stop = None
                self._steps = begun(self._steps)
                self._earlier = self._seconds
                self._limits, self._began = line.limits, line.time
                self._settings = self._settings if line.settings is None else line.settings
                self._drive(line)
            case DecisionLine():
                self._close_intent()
                if line.step != len(self._steps):
                    raise _OutOfPlaceError(f"step {line.step} follows {len(self._steps)} steps")
                self._steps.append(Step(line.step, self._observation(line.observation), line.decision, ()))
            case IntentLine():
                self._require_next(line)
                self._intended = True
            case OutcomeLine():
                self._require_next(line)
                self._intended = False
                seen = None if line.observation is None else self._observation(line.observation)
                self._add(Outcome(line.status, line.message, seen, line.stop, line.seconds, line.done))
            case StopLine():
                self._close_intent()
                self._stop = line
        self._newest = line.time

    def trajectory(self, torn: bool) -> Trajectory:
        """Return what was read."""
        if self._meta is None:
            raise InvalidTrajectory(
                f"{self._directory / JOURNAL} is empty: its process died before the first line; start the episode again"
            )
        self._close_intent()
        return Trajectory(
            directory=self._directory,
            meta=self._meta,
            drivers=tuple(self._drivers),
            settings=self._settings,
            limits=self._limits,
            steps=tuple(self._steps),
            stop=None if self._stop is None else self._stop.reason,
            message="" if self._stop is None else self._stop.message,
            seconds=self._seconds,
            torn=torn,
        )

    def _drive(self, line: MetaLine | ResumedLine) -> None:
        profile = " ".join(filter(None, (line.profile, line.profile_hash)))
        driver = ", ".join(filter(None, (line.policy, profile)))
        if driver not in self._drivers:
            self._drivers.append(driver)

    @property
    def _seconds(self) -> float:
        # The wall clock may have been set back in between.
        return self._earlier + max(0.0, self._newest - self._began)

    def _require_next(self, line: IntentLine | OutcomeLine) -> None:
        place = (len(self._steps) - 1, len(self._steps[-1].outcomes)) if self._steps else None
        if (line.step, line.number) != place:
            raise _OutOfPlaceError(f"action {line.number} of step {line.step} is not the next one")

    def _add(self, outcome: Outcome) -> None:
        step = self._steps[-1]
        self._steps[-1] = replace(step, outcomes=(*step.outcomes, outcome))

    def _close_intent(self) -> None:
        if self._intended:
            self._add(Outcome("unknown", INTERRUPTED))
            self._intended = False

    def _observation(self, seen: Seen) -> Observation:
        return seen.observation(self._screenshot(seen.screenshot))

    def _screenshot(self, name: str) -> bytes:
        if name not in self._pictures:
            path = self._directory / SCREENSHOTS / f"{name}.png"
            try:
                content = path.read_bytes()
            except OSError as error:
                raise InvalidTrajectory(f"a screenshot of the journal is missing: {path}: {error.strerror}") from error
            if hashlib.sha256(content).hexdigest() != name:
                raise InvalidTrajectory(f"a screenshot of the journal is damaged: {path}")
            self._pictures[name] = content
        return self._pictures[name]


def begun(steps: Sequence[Step]) -> list[Step]:
    """Return `steps` without the last one if none of its actions was tried: a resume decides again instead."""
    return list(steps[:-1] if steps and not steps[-1].outcomes else steps)


def _values(path: Path, lines: bytes) -> Iterator[JsonValue]:
    """Yield the JSON value of each line."""
    for number, line in enumerate(lines.split(b"\n") if lines else [], start=1):
        try:
            yield json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InvalidTrajectory(f"{path}:{number} is not a line of JSON: {error}") from error


def _require_version(path: Path, first: JsonValue) -> None:
    version = first.get("schema_version") if isinstance(first, dict) else None
    if not isinstance(version, int):
        raise InvalidTrajectory(f"{path} is not a journal of handeye: its first line has no schema_version")
    if version > SCHEMA_VERSION:
        raise InvalidTrajectory(
            f"{path} was written by a newer handeye: its schema_version is {version}, this one reads {SCHEMA_VERSION}"
        )


def _brief(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
