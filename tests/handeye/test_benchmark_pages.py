"""Each benchmark has a page, whose published numbers are those that reports show."""

import re
from pathlib import Path

import pytest
import typer

from handeye.evals.cli.app import app
from handeye.evals.report.published import PUBLISHED
from tests.handeye.test_readme import ROOT, links

PAGES = ROOT / "docs" / "benchmarks"
TOOLS = {"compare", "doctor", "report", "rescore", "selftest"}
OWN_DATA = {"grounding", "simulated-phone"}
"""What nobody else has published numbers for."""


def benchmarks() -> list[str]:
    """Return the commands that measure a model."""
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    return sorted(set(group.commands) - TOOLS)


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text("utf-8")


def published(text: str) -> set[tuple[str, ...]]:
    """Return the rows of the tables of published numbers that are kept for reports."""
    rows = re.findall(r"^\| (.+) \| ([\d.]+) \| (.*?) ?\| (.+) \| (.*?) ?\|$", text, re.MULTILINE)
    return {tuple(cell.strip() for cell in row) for row in rows}


@pytest.mark.parametrize("name", benchmarks())
def test_a_benchmark_has_a_page_that_says_how_to_measure_the_7b(name: str) -> None:
    text = page(name)
    assert f"handeye eval {name} " in text
    assert "--model Qwen/Qwen2.5-VL-7B-Instruct" in text
    assert f"({name}.md)" in page("index")
    assert name in OWN_DATA or "published" in text.lower()


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.md")), ids=lambda path: path.stem)
def test_published_numbers_are_those_of_the_reports(path: Path) -> None:
    known = {(p.model, f"{p.score:g}", p.setting, p.source, p.disputed): p.benchmark for p in PUBLISHED}
    rows = published(path.read_text("utf-8"))
    if not rows:
        return
    assert rows <= set(known)
    names = {known[row] for row in rows}  # type: ignore[index]
    assert rows == {row for row, benchmark in known.items() if benchmark in names}, "some numbers are left out"


@pytest.mark.parametrize("name", benchmarks())
def test_the_readme_lists_every_benchmark(name: str) -> None:
    readme = ROOT / "README.md"
    assert re.search(rf"`{name}[ `]", readme.read_text("utf-8"))
    assert f"docs/benchmarks/{name}.md" in links(readme)
