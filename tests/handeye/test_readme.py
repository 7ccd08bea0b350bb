"""The README does what it says: every block is run, in order, in one folder.

`https://shop.example` is a page on this machine. A block under a comment that begins with "not run" needs what a test
does not have; its commands are only read, with their options.
"""

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
import typer

from handeye.agent.cli.app import app
from handeye.agent.cli.run import exit_code
from handeye.agent.outcome import StopReason
from handeye.evals.cli.app import app as evals
from handeye.model.catalog import RELEASED

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
SHOP = "https://shop.example"
PAGE = """<!doctype html><title>Shop</title><body style="margin:0">
<form onsubmit="event.preventDefault(); document.title = q.value">
<input id="q" style="margin:20px; width:300px; height:40px"> <button style="height:40px">Search</button></form>"""


class Block(NamedTuple):
    """A block of code."""

    language: str
    text: str
    run: bool


def blocks() -> list[Block]:
    """Return the blocks of the README in order."""
    found = re.findall(r"(<!-- not run: [^\n]* -->\n)?^```(\w+)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return [Block(language, text, not note) for note, language, text in found]


def commands(text: str) -> list[list[str]]:
    """Return the words of each command of a bash block."""
    lines = text.replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


@pytest.fixture(scope="module")
def shop(site: Callable[[Mapping[str, str]], str]) -> str:
    """The address of the page."""
    return site({"/": PAGE})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the reader of the README works."""
    return tmp_path_factory.mktemp("reader")


def run_python(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=180)


@pytest.mark.slow
@pytest.mark.parametrize("block", blocks(), ids=lambda block: f"{block.language}: {block.text.splitlines()[0]}")
def test_block(block: Block, shop: str, folder: Path) -> None:
    match block.language:
        case "python" if block.run:
            done = run_python(["-c", block.text.replace(SHOP, shop)], folder)
            assert done.returncode == 0, done.stderr
            assert done.stdout
        case "python":
            ast.parse(block.text)
        case "bash":
            for command in commands(block.text):
                run_command([word.replace(SHOP, shop) for word in command], block.run, folder)
        case "text":
            pass
        case _:
            pytest.fail(f"nobody runs {block.language}")


def run_command(words: list[str], run: bool, folder: Path) -> None:
    """Run a command of the README, or only read it."""
    match words:
        case ["make", target]:
            # What it would do: a test cannot run the tests.
            subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)
        case ["handeye", *arguments] if run:
            done = run_python(["-m", "handeye", *arguments], folder)
            fine = (
                {0, exit_code(StopReason.FAILURE), exit_code(StopReason.STEP_LIMIT)} if "run" in arguments[:1] else {0}
            )
            assert done.returncode in fine, done.stderr
            assert done.stdout
        case ["handeye", "eval", name, *arguments]:
            typer.main.get_group(evals).commands[name].make_context(name, list(arguments))
        case ["handeye", name, *arguments]:
            group = typer.main.get_command(app)
            assert isinstance(group, typer.core.TyperGroup)
            group.commands[name].make_context(name, list(arguments))
        case _:
            pytest.fail(f"nobody runs {shlex.join(words)}")


def test_the_two_commands_come_first() -> None:
    first = blocks()[0]
    assert commands(first.text) == [["make", "run"], ["make", "test"]]
    assert README.index("```bash") < 20


def test_five_lines_of_python() -> None:
    first = next(block for block in blocks() if block.language == "python")
    assert len([line for line in first.text.splitlines() if line]) <= 5


def test_the_memory_is_that_of_the_catalogue() -> None:
    rows = re.findall(r"^\| (Qwen\S+) \| ([\d.]+) B \| (\d+) GB", README, re.MULTILINE)
    assert rows == [(m.name.removeprefix("Qwen/"), f"{m.parameters:.1f}", f"{m.memory_gb}") for m in RELEASED]


PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


def links(page: Path) -> list[str]:
    """Return the relative addresses that a page links to."""
    return re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert [target for target in links(page) if not (page.parent / target).exists()] == []


def test_every_page_is_in_the_index() -> None:
    pages = {page.name for page in ROOT.glob("docs/*.md")} | {"decisions", "benchmarks/index.md"}
    assert pages - set(links(ROOT / "docs/index.md")) == {"index.md"}
    benchmarks = {page.name for page in ROOT.glob("docs/benchmarks/*.md")}
    assert benchmarks - set(links(ROOT / "docs/benchmarks/index.md")) == {"index.md"}
