"""AndroidWorld's side: prepares, shows and judges its tasks in the interpreter that has `android_world`.

It is loaded by `handeye.evals.foreign.host` and needs that package alone. What it calls, and in which order, is what
`suite_utils.run` and `episode_runner.run_episode` of google-research/android_world do at commit d9c569f.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

NOT_A_WHOLE_NUMBER = re.compile(r"invalid literal for int\(\) with base 10: '([^']*)'")
"""What `float(int(reward))` of `miniwob_base.get_episode_reward` says of a reward such as 0.26 or -0.75."""


def start(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the calls. `folder` is a checkout to import from, or None; `adb_port` that of the adb server."""
    if arguments.get("folder") is not None:
        sys.path.insert(0, arguments["folder"])
    if arguments.get("adb_port") is not None:
        os.environ["ANDROID_ADB_SERVER_PORT"] = str(arguments["adb_port"])
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    os.environ.setdefault("GRPC_TRACE", "none")
    world = World(arguments["family"], arguments["seed"])
    names = ("describe", "open", "setup", "state", "ended", "score", "teardown", "close")
    return {name: getattr(world, name) for name in names}


class World:
    """The tasks of a family, the emulator once it is open, and the task that is being played."""

    def __init__(self, family: str, seed: int) -> None:
        self._suites = import_module("android_world.suite_utils")
        self._tasks = import_module("android_world.registry").TaskRegistry().get_registry(family)
        self._seed = seed
        self._miniwob = family.startswith("miniwob")
        self._env: Any = None
        self._task: Any = None

    def describe(self, _: dict[str, Any]) -> dict[str, Any]:
        """Return the tasks in upstream's order, with their complexities, and which package this is."""
        suite = self._suites.create_suite(self._tasks, n_task_combinations=1, seed=self._seed)
        folder = Path(str(import_module("android_world").__file__)).resolve().parent
        described = folder / "task_metadata.json"
        return {
            "tasks": [{"name": name, "complexity": tasks[0].complexity} for name, tasks in suite.items()],
            "metadata": json.loads(described.read_text(encoding="utf-8")) if described.is_file() else [],
            "folder": str(folder),
            "commit": installed_commit(),
            "digest": digest(folder),
        }

    def open(self, given: dict[str, Any]) -> None:
        """Connect to the emulator."""
        launcher = import_module("android_world.env.env_launcher")
        self._env = launcher.load_and_setup_env(
            console_port=given["console_port"],
            emulator_setup=given["emulator_setup"],
            adb_path=given["adb_path"],
            grpc_port=given["grpc_port"],
        )

    def setup(self, given: dict[str, Any]) -> str:
        """Prepare an instance of a task as `_run_task` and `run_episode` do, and return its goal."""
        name, instance = given["name"], given["instance"]
        # The seed of an instance is made from the task's name and the instance's number alone.
        suite = self._suites.create_suite({name: self._tasks[name]}, n_task_combinations=instance + 1, seed=self._seed)
        self._task = suite[name][instance]
        self._task.initialize_task(self._env)
        goal = str(self._task.goal)
        self._env.reset(go_home=self._task.start_on_home_screen)
        self._env.hide_automation_ui()
        return goal

    def state(self, given: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Return the screen after the transition pause, as `get_post_transition_state` does: RGB, row by row."""
        pause = given["pause"]
        if pause is not None:
            time.sleep(pause)
        pixels = self._env.get_state(wait_to_stabilize=pause is None).pixels
        height, width = pixels.shape[:2]
        about = {"width": int(width), "height": int(height), "orientation": int(self._env.orientation)}
        return about, pixels[:, :, :3].astype("uint8").tobytes()

    def ended(self, _: dict[str, Any]) -> bool:
        """Return whether a page of MiniWoB++ has given its reward; other tasks never end by themselves."""
        if not self._miniwob:
            return False
        try:
            return bool(import_module("android_world.task_evals.miniwob.miniwob_base").is_episode_terminated(self._env))
        except ValueError as error:
            if partial_reward(error) is None:
                raise
            return True

    def score(self, given: dict[str, Any]) -> dict[str, Any]:
        """Hand over the answer, if there is one, and judge. `partial` is a reward that upstream cannot read."""
        if given["answer"] is not None:
            action = import_module("android_world.env.json_action").JSONAction
            self._env.execute_action(action(action_type="answer", text=given["answer"]))
        try:
            return {"reward": float(self._task.is_successful(self._env)), "partial": False}
        except ValueError as error:
            reward = partial_reward(error) if self._miniwob else None
            if reward is None:
                raise
            return {"reward": reward, "partial": True}

    def teardown(self, _: dict[str, Any]) -> None:
        """Undo what the task has changed."""
        task, self._task = self._task, None
        if task is not None:
            task.tear_down(self._env)

    def close(self, _: dict[str, Any]) -> None:
        """Disconnect from the emulator."""
        env, self._env = self._env, None
        if env is not None:
            env.close()


def partial_reward(error: ValueError) -> float | None:
    """Return the reward that `get_episode_reward` could not read; None if that was not the problem."""
    found = NOT_A_WHOLE_NUMBER.search(str(error))
    try:
        return None if found is None else float(found[1])
    except ValueError:
        return None


def installed_commit() -> str | None:
    """Return the commit that pip installed from, if it did so from a repository."""
    try:
        said = metadata.distribution("android_world").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None
    commit = json.loads(said).get("vcs_info", {}).get("commit_id") if said else None
    return commit if isinstance(commit, str) else None


def digest(folder: Path) -> str:
    """Return a short hash of the package's files that make and judge its tasks."""
    found = hashlib.sha256()
    kinds = {".py", ".json", ".textproto"}
    for file in sorted(path for path in folder.rglob("*") if path.suffix in kinds):
        # Made when it is installed, by whatever version of protoc is there; tests change nothing.
        if not file.name.endswith(("_pb2.py", "_pb2_grpc.py", "_test.py")):
            found.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:16]
