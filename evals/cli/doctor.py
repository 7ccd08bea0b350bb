"""`handeye eval doctor`: what is likely wrong with a measurement."""

from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.text import Text

from handeye.evals.cli.results_options import DataOption, FolderArgument, JudgeOption

if TYPE_CHECKING:
    from handeye.evals.doctor.finding import Finding

HELP = (
    "Look for what is likely wrong with a run before anyone believes its score.\n\n"
    "It says what the score would be if the numbers in the replies were pixels of the screenshot, pixels of the "
    "model's image, thousandths or parts, and if the targets' boxes were read the other way; whether scrolls go the "
    "opposite way; how many replies could not be read; how often the machine failed; whether one reply or one place "
    "answers everything; whether images were seen smaller than the profile allows; and whether the run is complete. "
    "Another reading is suspected if it is right in at least 5 % more of the replies, with p below 0.01 by McNemar's "
    "test. Neither a model nor an image is needed.\n\n"
    "Exit status: 0 nothing looks wrong, 1 something does, 2 the folder cannot be read, 130 Ctrl-C.\n\n"
    "Examples:\n\n"
    "  handeye eval doctor runs/base\n\n"
    "  handeye eval doctor runs/base --data data/ScreenSpot-v2\n"
)


def add_doctor(app: typer.Typer) -> None:
    """Add the command."""

    def doctor(folder: FolderArgument, judge: JudgeOption = None, data: DataOption = None) -> None:
        from handeye.evals.doctor.examine import examine, suspicious
        from handeye.evals.results.find import open_results

        findings = examine(open_results(folder, judge=judge, data=data))
        console = Console(highlight=False)
        for finding in findings:
            console.print(_shown(finding), soft_wrap=True)
        found = suspicious(findings)
        if found:
            console.print(Text(f"{len(found)} of {len(findings)} look wrong", "bold yellow"))
        else:
            console.print(Text(f"{len(findings)} examined, nothing looks wrong", "bold green"))
        raise typer.Exit(1 if found else 0)

    app.command("doctor", help=HELP, rich_help_panel="Results")(doctor)


def _shown(finding: "Finding") -> Text:
    from handeye.agent.caption import printable

    mark, tone = ("!", "bold yellow") if finding.suspicious else ("✓", "green")
    text = Text.assemble((f"{mark} ", tone), (f"{finding.what}: ", "bold"), printable(finding.evidence))
    for example in finding.examples:
        text.append(f"\n    {printable(example)}", "dim")
    if finding.suspicious:
        text.append(f"\n  → {printable(finding.advice)}", "yellow")
    return text
