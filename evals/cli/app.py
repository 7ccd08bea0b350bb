"""`handeye eval`: measuring a model on tasks that are scored automatically."""

import typer

from handeye.evals.cli.command import add_command
from handeye.evals.cli.miniwob import MINIWOB
from handeye.evals.cli.simulated_phone import SIMULATED_PHONE

app = typer.Typer(no_args_is_help=True, help="Let a model play automatically scored tasks, and report its rates.")


@app.callback()
def evals() -> None:
    """Let a model play automatically scored tasks, and report its rates."""


for command in (MINIWOB, SIMULATED_PHONE):
    add_command(app, command)
