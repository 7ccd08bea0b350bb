"""`handeye eval report`: what people look at after a run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from handeye.evals.cli.results_options import DataOption, JudgeOption

if TYPE_CHECKING:
    from handeye.evals.report.costs import Price
    from handeye.evals.results.run import Results

PAGE = "report.html"
HELP = (
    "Write a page about one or several runs: one HTML file that needs no network.\n\n"
    "It shows each run's rates with their intervals, by group and by judge, beside published numbers with their "
    "sources; the failures with the target and the predicted point drawn on the screenshot, nearest misses first, to "
    "search and filter; what was answered instead; time and tokens; and how it was measured. Of episodes it shows the "
    "tasks, and links the pages of their journals. No model is needed: the answers are judged again.\n\n"
    "The other files hold the same numbers as Markdown, every answer as a row of CSV, and what the benchmark's "
    "leaderboard takes: ScreenSpot-Pro's evaluation file, OSWorld's folder of results as a zip.\n\n"
    "Exit status: 0 everything was written, 2 a folder cannot be read, 130 Ctrl-C.\n\n"
    "Examples:\n\n"
    "  handeye eval report runs/base\n\n"
    "  handeye eval report runs/base runs/tuned --out both.html --markdown both.md\n\n"
    "  handeye eval report runs/base --csv answers.csv --price 0.2,0.6\n"
)


def add_report(app: typer.Typer) -> None:
    """Add the command."""

    def report(
        folders: Annotated[
            list[Path],
            typer.Argument(metavar="DIR", help="Results folders, side by side.", show_default=False),
        ],
        out: Annotated[
            Path | None, typer.Option(metavar="FILE", help="The page.", show_default=f"{PAGE} in the first DIR")
        ] = None,
        judge: JudgeOption = None,
        data: DataOption = None,
        most: Annotated[int, typer.Option("--gallery", min=0, help="Show at most so many failures.")] = 200,
        price: Annotated[
            str | None,
            typer.Option(metavar="PROMPT,GENERATED", help="Price of a million tokens, to say what the runs cost."),
        ] = None,
        markdown: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write Markdown tables.")] = None,
        sheet: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Also write every answer.")] = None,
        submission: Annotated[
            Path | None, typer.Option(metavar="FILE", help="Also write what the benchmark's leaderboard takes.")
        ] = None,
    ) -> None:
        from handeye.environments.errors import InvalidOption
        from handeye.evals.report.document import report_page, write_page
        from handeye.evals.report.sheet import sheet as rows_of
        from handeye.evals.report.submissions.submit import write_submission
        from handeye.evals.report.text import markdown as tables_of
        from handeye.evals.results.find import open_results

        if submission is not None and len(folders) > 1:
            raise InvalidOption("--submission takes one DIR: a leaderboard takes one run at a time")
        cost = None if price is None else parse_price(price)
        console = Console(highlight=False)
        page = folders[0] / PAGE if out is None else out
        with console.status("judging, and drawing failures"):
            runs = [open_results(folder, judge=judge, data=data).results for folder in folders]
            for results in runs:
                write_episodes(results)
            write_page(report_page(runs, page, price=cost, most=most), page)
        written = {"page": page}
        if markdown is not None:
            write_page(tables_of(runs, cost), markdown)
            written["markdown"] = markdown
        if sheet is not None:
            write_page(rows_of(runs), sheet)
            written["csv"] = sheet
        if submission is not None:
            write_submission(runs[0], submission)
            written["submission"] = submission
        for name, path in written.items():
            console.print(f"{name}: {path.resolve()}", soft_wrap=True, markup=False)

    app.command("report", help=HELP, rich_help_panel="Results")(report)


def parse_price(text: str) -> "Price":
    """Return the prices that "0.2,0.6" names; raises `InvalidOption` for any other text."""
    from handeye.environments.errors import InvalidOption
    from handeye.evals.report.costs import Price

    try:
        prompt, generated = (float(part) for part in text.split(","))
    except ValueError:
        prompt = generated = -1.0
    if not (0 <= prompt < float("inf") and 0 <= generated < float("inf")):
        raise InvalidOption(f"the price {text!r} must be two numbers, for prompt and generated tokens: 0.2,0.6")
    return Price(prompt, generated)


def write_episodes(results: "Results") -> None:
    """Write the pages of a run's journals, unless they are newer than its records."""
    from handeye.agent.page.document import write_page
    from handeye.evals.record import EPISODES

    if not results.pages:
        return
    page = results.folder / results.pages
    if page.exists() and page.stat().st_mtime >= (results.folder / EPISODES).stat().st_mtime:
        return
    write_page(page.parent, title=results.title)
