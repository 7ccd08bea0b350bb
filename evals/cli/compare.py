"""`handeye eval compare`: two runs of the same benchmark, question by question."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from handeye.evals.cli.results_options import DataOption, HtmlOption, JudgeOption

HELP = (
    "Compare two runs of the same benchmark, question by question.\n\n"
    "Shows the difference of B and A with its 95 % interval and a p-value, the same for each category with the worst "
    "first, what the runs were measured with where that differs, and the questions that one has right and the other "
    "wrong. Only what both were asked is compared; it says how much is left out. No model is needed: the answers are "
    "judged again. Episodes are paired by task and seed.\n\n"
    "Single answers are tested by McNemar's test (exact with fewer than 25 discordant pairs, else mid-p), repeats by "
    "resampling images or episodes, from which the intervals always come.\n\n"
    "Exit status: 0 they were compared, whatever came out, 2 they cannot be, 130 Ctrl-C.\n\n"
    "Examples:\n\n"
    "  handeye eval compare runs/base runs/tuned\n\n"
    "  handeye eval compare runs/base runs/tuned --html difference.html\n"
)


def add_compare(app: typer.Typer) -> None:
    """Add the command."""

    def compare(
        first: Annotated[Path, typer.Argument(metavar="A", help="The folder of one run.", show_default=False)],
        second: Annotated[Path, typer.Argument(metavar="B", help="The folder of the other.", show_default=False)],
        judge: JudgeOption = None,
        data: DataOption = None,
        flips: Annotated[int, typer.Option(min=0, help="List so many changed questions each way.")] = 20,
        html: HtmlOption = None,
    ) -> None:
        from handeye.evals.comparison.compare import compare as compare_results
        from handeye.evals.comparison.page import comparison_page
        from handeye.evals.comparison.tables import comparison_tables
        from handeye.evals.report.document import write_page
        from handeye.evals.results.find import open_results

        one, other = (open_results(folder, judge=judge, data=data).results for folder in (first, second))
        comparison = compare_results(one, other)
        console = Console(highlight=False)
        for part in comparison_tables(comparison, flips=flips):
            console.print(part)
            console.print()
        if html is not None:
            write_page(comparison_page(comparison, html), html)
            console.print(f"page: {html.resolve()}", style="dim", soft_wrap=True, markup=False)

    app.command("compare", help=HELP, rich_help_panel="Results")(compare)
