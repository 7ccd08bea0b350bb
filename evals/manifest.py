"""`manifest.json` of a results folder: what was run, how, on what, and for how long."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, Final

from pydantic import JsonValue

from handeye.agent.journal.durable import write_whole
from handeye.evals.errors import ResultsError
from handeye.evals.facts import machine_facts

MANIFEST: Final = "manifest.json"
_IDENTITY: Final = "asked_for"
"""What must be the same for all results of a folder: as it was asked for, whatever a worker says of it later."""


class Manifest:
    """The manifest of a folder, which a continued run goes on writing."""

    def __init__(self, directory: Path) -> None:
        """Read what an earlier run wrote. Raises `ResultsError` if that cannot be read."""
        self.path = directory / MANIFEST
        self.facts: dict[str, Any] = read_manifest(directory)
        self._began = monotonic()

    def require(self, identity: Mapping[str, JsonValue]) -> None:
        """Raise `ResultsError` if the folder has results of something else than `identity` says, and keep that."""
        earlier = self.facts.get(_IDENTITY, self.facts)
        for name, value in identity.items():
            known = earlier.get(name, value)
            if known != value:
                raise ResultsError(
                    f"{self.path.parent} holds results with {name.replace('_', ' ')} {_shown(known)}, "
                    f"not {_shown(value)}: choose another --out"
                )
        self.facts[_IDENTITY] = {**self.facts.get(_IDENTITY, {}), **identity}

    def begin(self, facts: Mapping[str, JsonValue], workers: int) -> None:
        """Write what is known before anything is asked, and that a run has begun. Raises `ResultsError`."""
        runs = self.facts.get("runs", [])
        self.facts |= {**facts, **machine_facts()}
        started = datetime.now(UTC).isoformat(timespec="seconds")
        self.facts["runs"] = [*runs, {"started": started, "seconds": 0.0, "workers": workers, "results": 0}]
        self._began = monotonic()
        self._write()

    def add(self, facts: Mapping[str, JsonValue]) -> None:
        """Write what became known, such as the facts of a worker. Raises `ResultsError`."""
        if any(self.facts.get(name) != value for name, value in facts.items()):
            self.facts |= facts
            self._write()

    def end(self, results: int, facts: Mapping[str, JsonValue]) -> None:
        """Write how long the run took, how many results it has added, and what they say. Raises `ResultsError`."""
        self.facts["runs"][-1] |= {"seconds": round(monotonic() - self._began, 3), "results": results}
        self.facts |= facts
        self._write()

    def _write(self) -> None:
        try:
            write_whole(self.path, json.dumps(self.facts, indent=2, ensure_ascii=False).encode() + b"\n")
        except OSError as error:
            raise ResultsError(f"cannot write {self.path}: {error.strerror or error}") from error


def read_manifest(directory: Path) -> dict[str, Any]:
    """Return the manifest of a folder; empty if it has none. Raises `ResultsError` if it cannot be read."""
    path = directory / MANIFEST
    try:
        facts = json.loads(path.read_bytes()) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise ResultsError(f"cannot read {path}: {error}") from error
    if not isinstance(facts, dict):
        raise ResultsError(f"{path} is not a manifest: fix it or choose another --out")
    return facts


def _shown(value: object) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False).strip('"')
