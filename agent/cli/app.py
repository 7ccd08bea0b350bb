"""The commands of `handeye` except `eval`. `handeye.__main__` adds `eval` and prints errors as one line."""

import re
from importlib.metadata import version
from inspect import cleandoc
from typing import Annotated

import typer

from handeye.agent.cli.actions import actions
from handeye.agent.cli.ask import ask
from handeye.agent.cli.doctor import doctor
from handeye.agent.cli.images.detect import detect
from handeye.agent.cli.images.extract import extract
from handeye.agent.cli.images.parse import parse
from handeye.agent.cli.model import ground
from handeye.agent.cli.models import models
from handeye.agent.cli.phone import phone
from handeye.agent.cli.record import record
from handeye.agent.cli.replay import replay
from handeye.agent.cli.run import resume, run, show
from handeye.agent.cli.serve import serve
from handeye.agent.cli.watch import watch

app = typer.Typer(
    name="handeye",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def print_version(wanted: bool) -> None:
    """Print the version and exit."""
    if wanted:
        typer.echo(version("handeye"))
        raise typer.Exit


@app.callback()
def handeye(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    """Qwen2.5-VL drives browsers, desktops and phones from pixels, on your own machine.

    Each command has its own --help, with examples.
    """


def flowing(text: str) -> str:
    """Return a help text whose paragraphs are one line each, for a terminal of any width; indented lines stay."""
    return re.sub(r"(?<=\S)\n(?=\S)", " ", cleandoc(text))


COMMANDS = (
    *(run, resume, show, replay, record, watch, doctor, phone),
    *(ground, detect, ask, parse, extract, serve, models, actions),
)
for command in COMMANDS:
    app.command(help=flowing(command.__doc__ or ""))(command)
