"""The help texts: every example is played by a test, is valid, and can be copied from a narrow terminal."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from handeye.agent.cli.app import app
from handeye.evals.cli.app import app as evals

if TYPE_CHECKING:
    from conftest import Example

PLAYERS = sorted(Path(__file__).parent.glob("test_help_*.py"))
"""The files whose tests carry the mark `example`."""


def played() -> Iterator[str]:
    """Yield the examples that the tests are marked with."""
    for file in PLAYERS:
        for mark in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.example":
                yield ast.literal_eval(mark.args[0])


def test_every_example_is_played_by_one_test(help_examples: "list[Example]") -> None:
    assert len(help_examples) >= 25
    assert Counter(played()) == Counter(example.text for example in help_examples)


@pytest.mark.slow
def test_every_example_is_valid(help_examples: "list[Example]") -> None:
    for example in help_examples:
        if not example.text.startswith("adb "):
            group, words = (evals, example.words[1:]) if example.words[0] == "eval" else (app, example.words)
            typer.main.get_group(group).commands[words[0]].make_context(words[0], words[1:])


@pytest.mark.slow
def test_every_example_can_be_copied_from_80_columns(help_texts: Mapping[str, str]) -> None:
    for name, text in help_texts.items():
        lines = [line for line in text.splitlines() if line.startswith("  ")]
        group, words = (evals, name.split()[1:]) if name.startswith("eval") else (app, name.split())
        shown = CliRunner().invoke(group, [*words, "--help"], env={"COLUMNS": "80"}).output
        assert [line for line in lines if f"\n {line}" not in shown] == []


@pytest.mark.parametrize("columns", [60, 200])
def test_paragraphs_fill_the_terminal(columns: int) -> None:
    shown = CliRunner().invoke(app, ["replay", "--help"], env={"COLUMNS": str(columns)}).output
    lines = shown[shown.index("It runs in the same") : shown.index("Exit status")].strip().splitlines()
    for line, following in pairwise(map(str.strip, lines)):
        assert len(f"{line} {following.split()[0]}") > columns - 2
