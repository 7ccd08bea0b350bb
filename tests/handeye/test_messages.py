"""Messages name types of action in backticks, so that a prompt can say them in the words of its dialect."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from handeye.actions.schema import ACTION_TYPES

ROOT = Path(__file__).parents[2] / "environments"
ROOMS = [ROOT / name for name in ("android", "browser", "desktop", "marks")]
FILES = [*ROOT.glob("*.py"), *(path for room in ROOMS for path in room.rglob("*.py"))]
# Only names that are not words of plain English too: "click the window" tells what to do, whatever the call is named.
NAMES = [*sorted(name for name in ACTION_TYPES if "_" in name), "navigate"]
BARE = re.compile(rf"(?<![`\w])(?:{'|'.join(NAMES)})(?![`\w])")


def messages(path: Path) -> Iterator[str]:
    """Yield the texts of a module without its docstrings, and without the names of types themselves."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) not in docs and node.value not in ACTION_TYPES:
            yield node.value


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_types_stand_in_backticks(path: Path) -> None:
    assert [message for message in messages(path) if BARE.search(message)] == []


def test_the_check_can_fail(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('"""About open_app."""\nFIRST = "use open_app"\nSECOND = "use `open_app`"\nTHIRD = "open_app"\n')
    assert [message for message in messages(module) if BARE.search(message)] == ["use open_app"]
