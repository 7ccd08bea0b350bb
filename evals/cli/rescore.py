"""`handeye eval rescore`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

HELP = (
    "Judge the predictions of a results folder again: no model is needed, and no image.\n\n"
    "The samples are read from where they were, by the folder's manifest.json, or from --data if they have moved. All "
    "judges of the benchmark are asked, and scores.json is written anew.\n\n"
    "Example:\n\n"
    "  handeye eval rescore runs/screenspot-v2\n"
)


def add_rescore(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("rescore", help=HELP)
    def rescore(
        directory: Annotated[Path, typer.Argument(metavar="DIR", help="A folder with predictions.jsonl.")],
        judge: Annotated[
            str | None, typer.Option(help="Print these judges only: names separated by commas.", show_default="all")
        ] = None,
        data: Annotated[str | None, typer.Option(help="Where the samples are now.", show_default="as before")] = None,
    ) -> None:
        from handeye.evals.cli.offline import print_scores
        from handeye.evals.results_folder import open_folder
        from handeye.evals.samples.rescore import write_scores
        from handeye.evals.selection import named_tasks

        folder = open_folder(directory, data)
        benchmark = folder.offline.benchmark()
        names = [each.name for each in benchmark.judges]
        chosen = named_tasks(judge or "all", names, {"all": names})
        scores = write_scores(directory, benchmark, folder.dataset.samples, folder.predictions)
        print_scores(Console(highlight=False), folder.offline, [each for each in scores if each.judge in chosen])
