"""`handeye eval selftest`."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from handeye.actions.errors import HandeyeError, MissingDependency

HELP = (
    "Prove the harness of each benchmark, without a model and without a network.\n\n"
    "Each plays or answers with an oracle, which must score 100 %, and with rules whose scores are known: the middle "
    "of the screen, and places at random. One line a benchmark: what was shown, or what failed. A benchmark whose "
    "programs are not installed says so, and is not run.\n\n"
    "Exit status: 0 all that were run are right, 1 one is wrong, 2 the command failed.\n\n"
    "Examples:\n\n"
    "  handeye eval selftest\n\n"
    "  handeye eval selftest screenspot-v2,osworld-g\n"
)


def add_selftest(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("selftest", help=HELP)
    def selftest(
        benchmarks: Annotated[str, typer.Argument(help="Names separated by commas, or all.")] = "all",
    ) -> None:
        from handeye.evals.selftests.catalog import self_tests
        from handeye.evals.selftests.check import SelfTest

        console = Console(highlight=False)
        chosen = self_tests(benchmarks)
        width = max(len(test.benchmark) for test in chosen)

        def shown(test: SelfTest) -> bool:
            """Run a self-test, print its line, and return whether it is not wrong."""
            began = time.monotonic()
            with console.status(test.benchmark), TemporaryDirectory(prefix="handeye-selftest-") as folder:
                try:
                    word, tone, said = "right", "green", test.run(Path(folder))
                except MissingDependency as error:
                    word, tone, said = "not run", "yellow", str(error)
                except HandeyeError as error:
                    word, tone, said = "wrong", "red", str(error)
            name, seconds = test.benchmark.ljust(width), f" {time.monotonic() - began:.0f} s"
            line = Text.assemble(name, "  ", (word.ljust(7), tone), "  ", said, (seconds, "dim"))
            console.print(line, soft_wrap=True)
            return word != "wrong"

        wrong = [test for test in chosen if not shown(test)]
        raise typer.Exit(1 if wrong else 0)
