"""A task of OSWorld as its file says, of which only what concerns us is read: the rest is for the benchmark."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from handeye.evals.osworld.errors import InvalidTasks

_DRIVE: Final = "googledrive"
_INFEASIBLE: Final = "infeasible"


@dataclass(frozen=True, slots=True)
class TaskFile:
    """One task."""

    content: bytes
    """Of the file."""
    definition: Mapping[str, Any]
    """What `DesktopEnv.reset` takes."""
    instruction: str

    @property
    def infeasible(self) -> bool:
        """Whether saying that it cannot be done is what is right."""
        return bool(self.definition["evaluator"].get("func") == _INFEASIBLE)

    @property
    def google_drive(self) -> bool:
        """Whether it needs a Google account, which most do without: these tasks are often left out."""
        steps = self.definition.get("config") or []
        return any(isinstance(step, dict) and step.get("type") == _DRIVE for step in steps)


def read_task(examples: Path, name: str) -> TaskFile:
    """Read a task named DOMAIN/ID. Raises `InvalidTasks`."""
    path = examples / f"{name}.json"
    try:
        content = path.read_bytes()
        found = json.loads(content)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise InvalidTasks(f"cannot read the task {path}: {reason}") from error
    match found:
        case {"id": str(own), "instruction": str(said), "evaluator": {"func": _}} if said.strip():
            if own != name.rsplit("/", 1)[-1]:
                raise InvalidTasks(f"{path} is the task {own}")
            return TaskFile(content, found, said)
        case _:
            raise InvalidTasks(f"{path} is no task of OSWorld: it needs an id, an instruction and an evaluator")
