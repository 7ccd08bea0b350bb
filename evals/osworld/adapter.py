"""The foreign side: the benchmark's own `DesktopEnv`, called as its own runner calls it. Needs Python 3.10 and it.

Written against desktop-env 1.0.2 (PyPI), `desktop_env/desktop_env.py`: `DesktopEnv.__init__`, `reset(task_config)`,
`step(action, pause)`, `evaluate()`, `close()`, and `desktop_env/controllers/python.py`:
`PythonController.execute_python_command`, whose result `step` drops.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import math
import sys
from pathlib import Path
from typing import Any

PACKAGE = "desktop_env"


class Session:
    """One machine, from its start to its end."""

    def __init__(self, source: str | None, checkout: str | None) -> None:
        """Remember where `DesktopEnv` is: in a file, in the checkout if it holds the package, else installed."""
        self._source = source
        if checkout is not None and (Path(checkout) / PACKAGE / "desktop_env.py").is_file():
            sys.path.insert(0, checkout)
        self._env: Any = None
        self._fresh = True
        self._trouble = ""

    def version(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return the version of the package, None if it is not installed as one, and the folder that it is in."""
        if self._source is not None:
            return {"version": "stand-in", "folder": str(Path(self._source).parent)}
        found = importlib.util.find_spec(PACKAGE)
        if found is None or not found.submodule_search_locations:
            raise ModuleNotFoundError("there is no package desktop_env: pip install desktop-env in that interpreter")
        folder = next(iter(found.submodule_search_locations))
        try:
            version: str | None = importlib.metadata.version("desktop-env")
        except importlib.metadata.PackageNotFoundError:
            version = None
        return {"version": version, "folder": folder}

    def open(self, parameters: dict[str, Any]) -> None:
        """Start the machine; `parameters` are the arguments of `DesktopEnv`."""
        arguments = {**parameters, "screen_size": tuple(parameters["screen_size"])}
        if arguments["provider_name"] == "aws" and "snapshot_name" not in arguments:
            images = importlib.import_module(f"{PACKAGE}.providers.aws.manager").IMAGE_ID_MAP
            arguments["snapshot_name"] = images[arguments["region"]][arguments["screen_size"]]
        self._env = self._load().DesktopEnv(**arguments)

    def reset(self, parameters: dict[str, Any]) -> tuple[None, bytes]:
        """Begin a task, on a machine as it was at first."""
        if not self._fresh:
            # A task whose setup failed has left this unset, so that the next one would find what it has left behind.
            self._env.is_environment_used = True
        self._fresh = False
        return None, picture(self._env.reset(task_config=parameters["task"]))

    def observe(self, parameters: dict[str, Any]) -> tuple[None, bytes]:
        """Return the screen."""
        return None, picture(self._env._get_obs())

    def step(self, parameters: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Carry out actions, with the pause after the last, and return what went wrong in the machine, and the screen.

        Nothing was done by a command whose result is missing, and not all by one that failed.
        """
        self._trouble = ""
        self._watch(self._env.controller)
        *first, last = parameters["actions"]
        for action in first:
            self._env.step(action, 0)
        observation, _, _, _ = self._env.step(last, parameters["pause"])
        return {"trouble": self._trouble}, picture(observation)

    def evaluate(self, parameters: dict[str, Any]) -> float:
        """Return the score of what has been done."""
        score = float(self._env.evaluate())
        if not math.isfinite(score):
            raise ValueError(f"the evaluation gave {score}")
        return score

    def close(self, parameters: dict[str, Any]) -> None:
        """Stop the machine."""
        if self._env is not None:
            self._env.close()

    def _load(self) -> Any:
        if self._source is None:
            return importlib.import_module(f"{PACKAGE}.desktop_env")
        spec = importlib.util.spec_from_file_location("stand_in", self._source)
        if spec is None or spec.loader is None:
            raise ImportError(f"{self._source} is no Python file")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def _watch(self, controller: Any) -> None:
        """Remember how commands end; each start of the machine makes a new controller."""
        if getattr(controller, "watched", False):
            return
        run = controller.execute_python_command

        def watched(command: str) -> Any:
            result = run(command)
            if not isinstance(result, dict):
                self._trouble = "the machine did not carry it out"
            elif result.get("returncode", 0):
                said = str(result.get("error", "")).strip().splitlines()
                self._trouble = said[-1][:300] if said else f"exit status {result['returncode']}"
            return result

        controller.execute_python_command = watched
        controller.watched = True


def picture(observation: dict[str, Any]) -> bytes:
    """Return the screenshot. Upstream gives None for one that could not be taken."""
    screenshot = observation["screenshot"]
    if not isinstance(screenshot, bytes):
        raise ConnectionError("the machine gave no screenshot")
    return screenshot


def start(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the calls."""
    session = Session(arguments.get("source"), arguments.get("checkout"))
    return {
        "version": session.version,
        "open": session.open,
        "reset": session.reset,
        "observe": session.observe,
        "step": session.step,
        "evaluate": session.evaluate,
        "close": session.close,
    }
