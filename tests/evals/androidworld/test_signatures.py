"""The stand-in against the real source: the names and parameters that our harness and our agent use.

HANDEYE_ANDROID_WORLD names a checkout of google-research/android_world; HANDEYE_ANDROID_WORLD_PYTHON an interpreter
with its packages.
"""

import ast
import inspect
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from handeye.evals.androidworld.catalog import read_catalog
from handeye.evals.androidworld.fake.checkout import MODULES
from handeye.evals.androidworld.families import Family
from handeye.evals.androidworld.place import Place

CHECKOUT = os.environ.get("HANDEYE_ANDROID_WORLD", "")
PYTHON = os.environ.get("HANDEYE_ANDROID_WORLD_PYTHON", "")
CHECKED = {
    "agents.base_agent": (
        "AgentInteractionResult",
        "EnvironmentInteractingAgent.__init__",
        "EnvironmentInteractingAgent.set_max_steps",
        "EnvironmentInteractingAgent.reset",
        "EnvironmentInteractingAgent.get_post_transition_state",
        "EnvironmentInteractingAgent.step",
        "EnvironmentInteractingAgent.transition_pause",
        "EnvironmentInteractingAgent.env",
        "EnvironmentInteractingAgent.name",
    ),
    "env.env_launcher": ("load_and_setup_env",),
    "env.interface": (
        "State",
        "AsyncAndroidEnv.__init__",
        "AsyncAndroidEnv.reset",
        "AsyncAndroidEnv.get_state",
        "AsyncAndroidEnv.execute_action",
        "AsyncAndroidEnv.hide_automation_ui",
        "AsyncAndroidEnv.orientation",
        "AsyncAndroidEnv.close",
        "AsyncAndroidEnv.controller",
    ),
    "env.json_action": ("JSONAction",),
    "registry": ("TaskRegistry.get_registry",),
    "suite_utils": ("create_suite",),
    "task_evals.miniwob.miniwob_base": ("get_episode_reward", "is_episode_terminated"),
    "task_evals.task_eval": (
        "TaskEval.__init__",
        "TaskEval.goal",
        "TaskEval.name",
        "TaskEval.params",
        "TaskEval.generate_random_params",
        "TaskEval.initialize_task",
        "TaskEval.is_successful",
        "TaskEval.tear_down",
    ),
}
needs_checkout = pytest.mark.skipif(not CHECKOUT, reason="needs HANDEYE_ANDROID_WORLD, a checkout of android_world")
needs_python = pytest.mark.skipif(not PYTHON, reason="needs HANDEYE_ANDROID_WORLD_PYTHON, which can import it")


def ours(module: str) -> Any:
    name = MODULES.get(module) or module.rpartition(".")[2]
    return import_module(f"handeye.evals.androidworld.fake.{name}")


def real(module: str, name: str) -> ast.ClassDef | ast.FunctionDef:
    """Return the definition in the real source, which need not be importable here."""
    file = Path(CHECKOUT, "android_world", *module.split(".")).with_suffix(".py")
    found: Any = ast.parse(file.read_text(encoding="utf-8"))
    for part in name.split("."):
        found = next(each for each in found.body if getattr(each, "name", None) == part)
    assert isinstance(found, ast.ClassDef | ast.FunctionDef)
    return found


def parameters(found: ast.FunctionDef) -> list[tuple[str, bool]]:
    """Return the parameters of a function, and whether each has a default."""
    defaults = len(found.args.defaults)
    names = [each.arg for each in found.args.args]
    return [(name, number >= len(names) - defaults) for number, name in enumerate(names)]


def fields(found: ast.ClassDef) -> list[str]:
    """Return the fields of a dataclass, in order."""
    return [
        each.target.id for each in found.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    ]


@needs_checkout
@pytest.mark.parametrize(("module", "name"), [(module, name) for module, names in CHECKED.items() for name in names])
def test_the_stand_in_is_called_as_the_real_one(module: str, name: str) -> None:
    found, mine = real(module, name), ours(module)
    for part in name.split("."):
        mine = inspect.getattr_static(mine, part)
    if isinstance(found, ast.ClassDef):
        assert fields(found) == list(mine.__dataclass_fields__)
        return
    is_property = any(ast.unparse(each) == "property" for each in found.decorator_list)
    assert isinstance(mine, property) == is_property
    if not is_property:
        function = mine.__func__ if isinstance(mine, classmethod) else mine
        known = inspect.signature(function).parameters.values()
        assert parameters(found) == [(each.name, each.default is not inspect.Parameter.empty) for each in known]


@needs_checkout
def test_the_facts_that_are_written_down_here_are_those_of_the_source() -> None:
    run = Path(CHECKOUT, "run.py").read_text(encoding="utf-8")
    assert "_MINIWOB_TRANSITION_PAUSE = 0.2" in run
    assert "'task_random_seed', 30" in run
    utils = Path(CHECKOUT, "android_world", "suite_utils.py").read_text(encoding="utf-8")
    assert "return int(10 * (task_complexity))" in utils
    assert "agent_successful = task_successful if interaction_results.done else 0.0" in utils
    page = Path(CHECKOUT, "android_world", "task_evals", "miniwob", "miniwob_base.py").read_text(encoding="utf-8")
    assert "return float(int(reward))" in page


@needs_checkout
@needs_python
@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "tasks"),
    [("android_world", 116), ("android", 91), ("information_retrieval", 25), ("miniwob", 92), ("miniwob_subset", 62)],
)
def test_the_real_package_lists_its_tasks(family: Family, tasks: int) -> None:
    catalog = read_catalog(Place(PYTHON, Path(CHECKOUT)), family, 30)
    assert len(catalog.tasks) == tasks
    assert all(facts.steps >= 10 for facts in catalog.tasks.values())
    described = sum(facts.difficulty != "" for facts in catalog.tasks.values())
    assert described == (0 if family.startswith("miniwob") else tasks)
