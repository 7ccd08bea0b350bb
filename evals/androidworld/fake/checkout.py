"""A folder from which the stand-in is imported as `android_world`, as a checkout of the real package is."""

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

from handeye.evals.androidworld.fake.registry import METADATA

MODULES: Final[Mapping[str, str]] = {
    "agents": "",
    "agents.base_agent": "base_agent",
    "env": "",
    "env.env_launcher": "env_launcher",
    "env.interface": "interface",
    "env.json_action": "json_action",
    "registry": "registry",
    "suite_utils": "suite_utils",
    "task_evals": "",
    "task_evals.miniwob": "",
    "task_evals.miniwob.miniwob_base": "miniwob_base",
}
"""Our modules by the names that they have below `android_world`; packages have none."""
_PACKAGE: Final = '''"""A stand-in for android_world."""

from handeye.evals.androidworld.fake.checkout import install

install(__name__)
'''


def write_checkout(folder: Path) -> Path:
    """Write the package into a folder, and return it."""
    package = folder / "android_world"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(_PACKAGE, encoding="utf-8")
    (package / "task_metadata.json").write_text(json.dumps(METADATA), encoding="utf-8")
    return folder


def install(package: str) -> None:
    """Let our modules be imported below a package that is just being imported."""
    for name, ours in MODULES.items():
        module = import_module(f"handeye.evals.androidworld.fake.{ours}") if ours else type(sys)(f"{package}.{name}")
        if not ours:
            module.__path__ = []
        sys.modules[f"{package}.{name}"] = module
        parent, _, last = f"{package}.{name}".rpartition(".")
        setattr(sys.modules[parent], last, module)
