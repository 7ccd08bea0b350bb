"""BrowserGym, hosted in the interpreter that has it: an adapter, as `handeye.evals.foreign.host` describes them.

It imports nothing of handeye. Written against browsergym-core 0.14.3: `core/env.py`, `core/chat.py`, `miniwob/base.py`.
"""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import importlib.util
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

PACKAGES = ("browsergym-core", "browsergym-miniwob", "miniwob", "gymnasium", "playwright")


class Gym:
    """The environment that is open, and what all environments share."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self._arguments = arguments
        self._gymnasium: Any = importlib.import_module("gymnasium")
        self._core: Any = importlib.import_module("browsergym.core")
        actions: Any = importlib.import_module("browsergym.core.action.highlevel")
        self._action_set = functools.cache(
            lambda subsets: actions.HighLevelActionSet(list(subsets), multiaction=True, strict=True, demo_mode="off")
        )
        self._playwright: Any = self._core._get_global_playwright()
        self._own = executable(self._playwright, arguments["chromium"], arguments["fallback"])
        if self._own is not None:
            # The option pw_chromium_kwargs of the environment does not reach the browser of its chat.
            chromium = self._playwright.chromium
            chromium.launch = functools.partial(chromium.launch, executable_path=self._own)
        self._env: Any = None
        self._info: dict[str, Any] = {}

    def about(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the versions, and which browser it is. Starts the browser once."""
        browser = self._playwright.chromium.launch(headless=True)
        version = browser.version
        browser.close()
        versions = {}
        for package in PACKAGES:
            try:
                versions[package] = importlib.metadata.version(package)
            except importlib.metadata.PackageNotFoundError:
                continue
        return {"versions": versions, "chromium": version, "chromium_of_playwright": self._own is None}

    def tasks(self, given: dict[str, Any]) -> list[str]:
        """Return the tasks of a benchmark, in the order in which its package registers them."""
        benchmark = given["benchmark"]
        if benchmark == "miniwob":
            self._find_miniwob()
        try:
            importlib.import_module(f"browsergym.{benchmark}")
        except ModuleNotFoundError as error:
            if not str(error.name).startswith("browsergym"):
                raise
            raise missing(f"browsergym-{benchmark}") from error
        prefix = f"browsergym/{benchmark}."
        return [name.removeprefix("browsergym/") for name in self._gymnasium.registry if name.startswith(prefix)]

    def open(self, given: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Start a task's episode from scratch, and return what it shows."""
        self.leave({})
        self._env = self._gymnasium.make(
            f"browsergym/{given['task']}",
            disable_env_checker=True,
            headless=given["headless"],
            action_mapping=self._action_set(tuple(given["subsets"])).to_python_code,
        )
        observation, info = self._env.reset(seed=given["seed"])
        return self._shown(observation, 0.0, False, False, info)

    def step(self, given: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Carry out an action and return what the task then shows and gives."""
        return self._shown(*self._env.step(given["action"]))

    def evaluate(self, given: dict[str, Any]) -> Any:
        """Evaluate JavaScript in the page, for an oracle."""
        return self._env.unwrapped.page.evaluate(given["expression"], given["argument"])

    def leave(self, given: dict[str, Any]) -> None:
        """Close the environment, if one is open."""
        env, self._env = self._env, None
        if env is not None:
            env.close()

    def stop(self, given: dict[str, Any]) -> None:
        """Close everything. Only the thread that carries out calls can: Playwright belongs to it."""
        try:
            self.leave({})
        finally:
            self._playwright.stop()

    def _shown(
        self, observation: dict[str, Any], reward: float, terminated: bool, truncated: bool, info: dict[str, Any]
    ) -> tuple[dict[str, Any], bytes]:
        said = info.get("task_info") or {}
        raw = said.get("RAW_REWARD_GLOBAL")
        shown = {
            "goal": [part["text"] for part in observation["goal_object"] if part["type"] == "text"],
            "pictures": sum(part["type"] != "text" for part in observation["goal_object"]),
            "urls": list(observation["open_pages_urls"]),
            "titles": list(observation["open_pages_titles"]),
            "active": int(observation["active_page_index"][0]),
            "error": str(observation["last_action_error"]),
            "reward": float(reward),
            "raw": None if raw is None else float(raw),
            "reason": str(said.get("error") or said.get("REWARD_REASON") or ""),
            "terminated": bool(terminated),
            "truncated": bool(truncated),
        }
        return shown, encoded(observation["screenshot"])

    def _find_miniwob(self) -> None:
        """Say where the pages are, unless the user has: in the package `miniwob`, here or beside handeye."""
        if "MINIWOB_URL" in os.environ:
            return
        found = importlib.util.find_spec("miniwob")
        own = None if found is None or found.origin is None else str(Path(found.origin).parent / "html")
        folder = own or self._arguments["miniwob"]
        if folder is None:
            raise missing("miniwob")
        os.environ["MINIWOB_URL"] = f"{(Path(folder) / 'miniwob').as_uri()}/"


def executable(playwright: Any, chosen: str | None, fallback: str | None) -> str | None:
    """Return the Chromium to start: the one that the user has chosen, Playwright's own (None), or another one."""
    if chosen is not None or Path(playwright.chromium.executable_path).exists():
        return chosen
    if fallback is None:
        raise RuntimeError(f"there is no Chromium: {sys.executable} -m playwright install chromium")
    return fallback


def encoded(pixels: Any) -> bytes:
    """Return a screenshot (height, width, RGB) as PNG. BrowserGym requires Pillow."""
    image: Any = importlib.import_module("PIL.Image")
    buffer = io.BytesIO()
    image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def missing(package: str) -> RuntimeError:
    """Return the error that says how to install a package here."""
    return RuntimeError(f"it needs {package}: {sys.executable} -m pip install {package}")


def start(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the calls. What the browser writes to the disk goes into the given folder."""
    for package in ("browsergym", "gymnasium"):
        if importlib.util.find_spec(package) is None:
            raise missing("browsergym-core")
    scratch = arguments["scratch"]
    os.environ["TMPDIR"] = tempfile.tempdir = scratch

    def close(given: dict[str, Any]) -> None:
        shutil.rmtree(scratch, ignore_errors=True)  # also if nobody else is left to do it

    gym = Gym(arguments)
    names = ("about", "tasks", "open", "step", "evaluate", "leave", "stop")
    return {**{name: getattr(gym, name) for name in names}, "close": close}
