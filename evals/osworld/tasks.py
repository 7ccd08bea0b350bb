"""The tasks of a checkout: which there are, whether they are all there, and which a text selects."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from handeye.evals.commit import commit_of
from handeye.evals.errors import UnknownTask
from handeye.evals.osworld.errors import InvalidTasks
from handeye.evals.osworld.task_file import TaskFile, read_task
from handeye.evals.selection import require_task

COUNTS: Final[Mapping[str, int]] = {
    "chrome": 46,
    "gimp": 26,
    "libreoffice_calc": 47,
    "libreoffice_impress": 47,
    "libreoffice_writer": 23,
    "multi_apps": 101,
    "os": 24,
    "thunderbird": 15,
    "vlc": 17,
    "vs_code": 23,
}
"""How many tasks `test_all.json` has of each domain, 369 in all. Source: xlang-ai/OSWorld."""
INFEASIBLE: Final = 30
GOOGLE_DRIVE: Final = 8
"""Without them 361 are left, of which most published figures are."""
SETS: Final = ("all", "no-google-drive", "infeasible")
_FOLDER: Final = "evaluation_examples"
_INDEX: Final = "test_all.json"
_DOMAIN: Final = re.compile(r"[a-z_]{1,40}")
_ID: Final = re.compile(r"[0-9a-zA-Z-]{8,64}")


@dataclass(frozen=True)
class Tasks:
    """The tasks of a list in a checkout."""

    checkout: Path
    folder: Path
    """That holds `examples`."""
    names: tuple[str, ...]
    """DOMAIN/ID, in the order of the list."""
    whole: bool
    """Whether the list is the benchmark's own, so that its numbers are known."""

    @property
    def domains(self) -> tuple[str, ...]:
        """In the order of the list."""
        return tuple(dict.fromkeys(domain_of(name) for name in self.names))

    @property
    def examples(self) -> Path:
        """The folder of the tasks' files."""
        return self.folder / "examples"

    @cached_property
    def files(self) -> Mapping[str, TaskFile]:
        """All of them, read. Raises `InvalidTasks`, also if their numbers are not the known ones."""
        files = {name: read_task(self.examples, name) for name in self.names}
        if self.whole:
            _require(self.folder, "infeasible tasks", sum(each.infeasible for each in files.values()), INFEASIBLE)
            _require(self.folder, "Google Drive tasks", sum(each.google_drive for each in files.values()), GOOGLE_DRIVE)
        return files

    def select(self, text: str) -> tuple[str, ...]:
        """Return the tasks that `text` selects: sets, domains, ids or DOMAIN/ID, separated by commas.

        Raises `UnknownTask` and `InvalidTasks`.
        """
        found: dict[str, None] = {}
        for part in (part.strip() for part in text.split(",")):
            if part:
                found |= dict.fromkeys(self._part(part))
        if not found:
            raise UnknownTask(f"no task is named: give domains, ids, or {', '.join(SETS)}")
        for name in found:
            read_task(self.examples, name)
        return tuple(found)

    def _part(self, part: str) -> Sequence[str]:
        match part:
            case "all":
                return tuple(self.files) if self.whole else self.names
            case "no-google-drive":
                return [name for name, task in self.files.items() if not task.google_drive]
            case "infeasible":
                return [name for name, task in self.files.items() if task.infeasible]
        if part in self.domains:
            return [name for name in self.names if domain_of(name) == part]
        # An id may name a task in several domains.
        if same := [name for name in self.names if name.rsplit("/", 1)[-1] == part]:
            return same
        require_task(part, self.names, (*SETS, *self.domains))
        return (part,)

    def infeasible(self, names: Collection[str]) -> frozenset[str]:
        """Return those of the tasks that cannot be done. Raises `InvalidTasks`."""
        return frozenset(name for name in names if read_task(self.examples, name).infeasible)

    def facts(self) -> dict[str, Any]:
        """Return what a manifest says of them: the commit of the checkout, and a hash of all their files."""
        found = hashlib.sha256()
        for name in sorted(self.names):
            found.update(hashlib.sha256(read_task(self.examples, name).content).digest())
        return {
            "tasks": len(self.names),
            "tasks_commit": commit_of(self.checkout, _FOLDER),
            "tasks_digest": found.hexdigest()[:16],
        }


def domain_of(name: str) -> str:
    """Return the domain of a task."""
    return name.split("/", 1)[0]


def read_tasks(checkout: Path, test_set: Path | None = None) -> Tasks:
    """Read the list of the tasks: the benchmark's own, whose numbers have to be right, or the one in `test_set`.

    A relative `test_set` is looked for in the checkout if it is not here. Raises `InvalidTasks`.
    """
    folder = next((each for each in (checkout / _FOLDER, checkout) if (each / "examples").is_dir()), None)
    if folder is None:
        raise InvalidTasks(
            f"{checkout} has no {_FOLDER}/examples: give a checkout of OSWorld with --osworld, made by "
            "git clone https://github.com/xlang-ai/OSWorld"
        )
    if test_set is None:
        names = _names(folder / _INDEX)
        for domain, wanted in COUNTS.items():
            _require(folder, f"tasks of {domain}", sum(domain_of(name) == domain for name in names), wanted)
        _require(folder, "tasks", len(names), sum(COUNTS.values()))
        return Tasks(checkout, folder, names, whole=True)
    places = (test_set, checkout / test_set, folder / test_set)
    found = next((place for place in places if place.is_file()), test_set)
    return Tasks(checkout, folder, _names(found), whole=False)


def _names(path: Path) -> tuple[str, ...]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise InvalidTasks(f"cannot read the list of tasks {path}: {reason}") from error
    if not isinstance(found, dict) or not all(isinstance(ids, list) for ids in found.values()):
        raise InvalidTasks(f"{path} is no list of tasks: it must give the ids of each domain")
    names = [(domain, own) for domain, ids in found.items() for own in ids]
    for domain, own in names:
        if not (isinstance(own, str) and _DOMAIN.fullmatch(domain) and _ID.fullmatch(own)):
            raise InvalidTasks(f"{path} names a task {domain!r}/{own!r}, which no task is called")
    if len(set(names)) < len(names):
        raise InvalidTasks(f"{path} names a task twice")
    if not names:
        raise InvalidTasks(f"{path} names no task")
    return tuple(f"{domain}/{own}" for domain, own in names)


def _require(folder: Path, what: str, found: int, wanted: int) -> None:
    if found != wanted:
        raise InvalidTasks(
            f"{folder} has {found} {what}, and OSWorld has {wanted}: scores would not compare with others; to play "
            f"these all the same, name the list with --test-set {_INDEX}"
        )
