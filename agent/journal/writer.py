"""The journal of an episode: each action is on disk before it is executed.

A folder with `journal.jsonl`, one JSON object per line, and `screenshots/`, one PNG file per distinct screenshot.
"""

import contextlib
import hashlib
import io
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from handeye.agent.decision import Decision
from handeye.agent.errors import JournalError
from handeye.agent.journal.durable import LineFile, sync_directory, write_once
from handeye.agent.journal.line import (
    DecisionLine,
    IntentLine,
    Line,
    MetaLine,
    OutcomeLine,
    ResumedLine,
    Seen,
    StopLine,
    encode,
)
from handeye.agent.outcome import Outcome, StopReason
from handeye.environments.observation import Observation

JOURNAL = "journal.jsonl"
PAGE = "index.html"
"""The page of an episode, which is written beside its journal."""
SCREENSHOTS = "screenshots"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def require_room(directory: Path) -> None:
    """Raise `JournalError` if `directory` holds an episode, or if no folder can be made there.

    `Journal.create` checks this too; this function is for callers that need to know before they load a model.
    """
    try:
        place = next(path for path in (directory, *directory.absolute().parents) if path.exists())
        begun = place == directory and b"\n" in (directory / JOURNAL).read_bytes()
    except FileNotFoundError:
        begun = False
    except OSError as error:
        raise JournalError(f"cannot make the folder {directory}: {error.strerror or error}") from error
    if begun:
        raise JournalError(f"{directory} holds an episode already: resume it or choose another folder")
    if (directory / PAGE).exists() and not (directory / JOURNAL).exists():
        raise JournalError(
            f"{directory} holds an {PAGE} that the page of the episode would replace: choose another folder"
        )
    if not place.is_dir():
        raise JournalError(f"cannot make the folder {directory}: {place} is a file")
    if not os.access(place, os.W_OK | os.X_OK):
        raise JournalError(f"cannot make the folder {directory}: {place} is not writable")


class Journal:
    """Writes the journal of one episode. Each method returns when its line is on disk, or raises `JournalError`.

    As a context manager it closes itself; an episode that ends with an exception also gets its stop line.
    """

    def __init__(self, directory: Path, file: LineFile) -> None:
        self.directory = directory
        self._file = file
        self._stopped = False

    @classmethod
    def create(cls, directory: Path, meta: MetaLine) -> Self:
        """Create a journal in `directory`, which is created if necessary and must not hold a journal yet."""
        path = directory / JOURNAL
        try:
            (directory / SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            sync_directory(directory)
            sync_directory(directory.parent)
        except OSError as error:
            raise JournalError(f"cannot make the folder {directory}: {error.strerror or error}") from error
        try:
            journal = cls(directory, LineFile.create(path))
        except (FileExistsError, BlockingIOError):
            raise JournalError(f"{path} holds an episode already: resume it or choose another folder") from None
        except OSError as error:
            raise JournalError(f"cannot create the journal {path}: {error.strerror or error}") from error
        journal._append(meta)
        return journal

    @classmethod
    def reopen(cls, directory: Path, resumed: ResumedLine) -> Self:
        """Open the journal in `directory` to continue it."""
        path = directory / JOURNAL
        try:
            journal = cls(directory, LineFile.reopen(path))
        except BlockingIOError:
            raise JournalError(f"{path} is being written by another process: wait for it or stop it") from None
        except OSError as error:
            raise JournalError(f"cannot continue the journal {path}: {error.strerror or error}") from error
        journal._append(resumed)
        return journal

    def decided(self, step: int, observation: Observation, decision: Decision) -> None:
        """Write what was seen and decided."""
        seen = self._store(observation)
        self._append(DecisionLine(time=time.time(), step=step, observation=seen, decision=decision))

    def intends(self, step: int, number: int) -> None:
        """Write that the decision's action `number` is executed next."""
        self._append(IntentLine(time=time.time(), step=step, number=number))

    def happened(self, step: int, number: int, outcome: Outcome) -> None:
        """Write the outcome of the decision's action `number`."""
        self._append(
            OutcomeLine(
                time=time.time(),
                step=step,
                number=number,
                status=outcome.status,
                message=outcome.message,
                seconds=outcome.seconds,
                stop=outcome.stop,
                observation=None if outcome.observation is None else self._store(outcome.observation),
                done=outcome.done,
            )
        )

    def stopped(self, reason: StopReason, message: str) -> None:
        """Write that the episode ended."""
        self._append(StopLine(time=time.time(), reason=reason, message=message))
        self._stopped = True

    def close(self) -> None:
        """Close the file. May be called again. The episode can be resumed unless its stop line says otherwise."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None and not self._stopped:
            with contextlib.suppress(JournalError):
                if isinstance(error, KeyboardInterrupt | SystemExit):  # Ctrl-C or a signal
                    self.stopped(StopReason.INTERRUPTED, "")
                else:
                    self.stopped(StopReason.FAILED, f"{type(error).__name__}: {error}")
        self.close()

    def _append(self, line: Line) -> None:
        try:
            self._file.append(encode(line))
        except OSError as error:
            raise self._lost(error) from error

    def _store(self, observation: Observation) -> Seen:
        png = observation.screenshot
        if not png.startswith(PNG_SIGNATURE):
            buffer = io.BytesIO()
            observation.image.save(buffer, "PNG")
            png = buffer.getvalue()
        name = hashlib.sha256(png).hexdigest()
        try:
            write_once(self.directory / SCREENSHOTS / f"{name}.png", png)
        except OSError as error:
            raise self._lost(error) from error
        return Seen.of(observation, name)

    def _lost(self, error: OSError) -> JournalError:
        why = error.strerror or error
        return JournalError(f"cannot write the journal in {self.directory}: {why}; stopped before the next action")


class NoJournal:
    """Writes nothing: for an episode without a journal."""

    directory: None = None

    def decided(self, step: int, observation: Observation, decision: Decision) -> None:
        """Write nothing."""

    def intends(self, step: int, number: int) -> None:
        """Write nothing."""

    def happened(self, step: int, number: int, outcome: Outcome) -> None:
        """Write nothing."""

    def stopped(self, reason: StopReason, message: str) -> None:
        """Write nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        return None
