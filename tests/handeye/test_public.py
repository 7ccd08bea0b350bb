"""The public names: complete, sorted, typed as they are imported, and free until they are used."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import handeye

SOURCE = ast.parse(Path(handeye.__file__).read_text())


def typed_imports() -> dict[str, str]:
    """Return the module that each name is imported from under TYPE_CHECKING."""
    (block,) = (node for node in SOURCE.body if isinstance(node, ast.If))
    return {
        alias.name: str(line.module) for line in block.body if isinstance(line, ast.ImportFrom) for alias in line.names
    }


def test_all_is_sorted_and_agrees_with_the_imports() -> None:
    homes = {name: f"handeye.{home}" for name, home in handeye._HOMES.items()}
    assert handeye.__all__ == sorted(handeye.__all__)
    assert list(homes) == handeye.__all__
    assert homes == typed_imports()


@pytest.mark.parametrize("name", handeye.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(handeye, name) is getattr(handeye, name)
    assert name in dir(handeye)


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = handeye.nothing


def test_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert handeye.__version__ == version("handeye")


HEAVY = "torch", "playwright", "typer", "rich", "pydantic", "PIL", "numpy", "transformers", "miniwob", "huggingface_hub"


def imported(statement: str) -> set[str]:
    """Return the top-level packages that a fresh interpreter has after `statement`."""
    code = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return set(done.stdout.split())


def test_importing_handeye_imports_nothing_else() -> None:
    assert imported("import handeye").isdisjoint(HEAVY)


@pytest.mark.slow
@pytest.mark.parametrize(
    "module",
    [
        "handeye.agent.cli.app",
        "handeye.agent.loop",
        "handeye.agent.page.document",
        "handeye.environments.browser.environment",
    ],
)
def test_the_agent_and_the_environments_need_no_torch(module: str) -> None:
    assert imported(f"import {module}").isdisjoint({"torch", "transformers", "playwright"})


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_what_the_type_checker_sees_is_the_package(name: str) -> None:
    here = Path(handeye.__file__).parent
    seen = here.parent / ".types" / "handeye" / name
    assert seen.read_text("utf-8") == (here / name).read_text("utf-8"), f"copy handeye/{name} to .types/handeye"
