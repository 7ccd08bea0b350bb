"""Where AndroidWorld is: an interpreter that has it, and perhaps a checkout."""

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from handeye.evals.androidworld.errors import AndroidWorldMissing
from handeye.evals.foreign.errors import ForeignFailed
from handeye.evals.foreign.process import ForeignProcess

ADAPTER: Final = Path(__file__).with_name("adapter.py")
_IMPORT_SECONDS: Final = 300.0
_GET_IT: Final = (
    "git clone https://github.com/google-research/android_world, install its requirements.txt and then itself into an "
    "environment of Python 3.11 (docs/benchmarks/androidworld.md), and give --python ENVIRONMENT/bin/python"
)


@dataclass(frozen=True, slots=True)
class Place:
    """An interpreter and the package in it."""

    python: str = sys.executable
    """The interpreter."""
    folder: Path | None = None
    """A checkout, which comes before what is installed; None for what is installed."""

    def start(self, family: str, seed: int, adb_port: int | None) -> ForeignProcess:
        """Start the interpreter with the tasks of a family. Raises `AndroidWorldMissing`."""
        folder = None if self.folder is None else self.folder.expanduser().absolute()
        if folder is not None and not (folder / "android_world" / "__init__.py").is_file():
            raise AndroidWorldMissing(
                f"{folder} is no checkout of AndroidWorld: it has no android_world/__init__.py; {_GET_IT}"
            )
        python = shutil.which(Path(self.python).expanduser())
        if python is None:
            raise AndroidWorldMissing(f"there is no Python at {self.python}; {_GET_IT}")
        arguments: Mapping[str, JsonValue] = {
            "folder": None if folder is None else str(folder),
            "family": family,
            "seed": seed,
            "adb_port": adb_port,
        }
        try:
            return ForeignProcess(python, ADAPTER, arguments, start_seconds=_IMPORT_SECONDS)
        except ForeignFailed as error:
            raise AndroidWorldMissing(f"android_world cannot be imported: {error}; {_GET_IT}") from error
