"""The folders: each package says what it is, no file repeats its folder's name, and the map in CONTRIBUTING is true."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("actions", "agent", "environments", "evals", "model")


def packages() -> Iterator[Path]:
    for name in PACKAGES:
        yield from (file.parent for file in sorted((ROOT / name).rglob("__init__.py")))


@pytest.mark.parametrize("package", [*packages()], ids=lambda package: str(package.relative_to(ROOT)))
def test_a_package_says_what_it_is_and_which_modules_are_public(package: Path) -> None:
    said = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8"))) or ""
    modules = [file.stem for file in package.glob("*.py") if not file.stem.startswith("__")]
    assert len(said) > 20
    for name in re.findall(r"(?s)Public modules: (.*)", said):
        named = re.findall(r"`([\w.]+)`", name)
        inside = {*modules, *(folder.name for folder in package.iterdir() if folder.is_dir())}
        assert any(each.split(".")[0] in inside for each in named), named


@pytest.mark.parametrize("package", [*packages()], ids=lambda package: str(package.relative_to(ROOT)))
def test_no_file_carries_the_name_of_its_folder(package: Path) -> None:
    """As a prefix, which says nothing; a room may hold the thing itself, as engine/ holds the engine."""
    assert [file.name for file in package.iterdir() if file.name.startswith(f"{package.name}_")] == []


def test_tests_lie_where_the_code_lies() -> None:
    folders = {file.parent.relative_to(ROOT / "tests") for file in (ROOT / "tests").rglob("test_*.py")}
    assert [str(folder) for folder in sorted(folders) if not (ROOT / folder).is_dir()] == []


def test_the_map_in_contributing_names_files_that_exist() -> None:
    written = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`((?:actions|agent|environments|evals|model)/[\w./]*)`", written)
    assert len(named) >= 30
    assert [name for name in named if not (ROOT / name).exists()] == []
