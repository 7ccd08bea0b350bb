"""The arguments and options of the commands that read results folders."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

JudgeOption: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Judge by this protocol.", show_default="the benchmark's own")
]
DataOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="DIR", help="Where the dataset is now.", show_default="where it was, by each folder's manifest"
    ),
]
HtmlOption: TypeAlias = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Also write a page.")]
FolderArgument: TypeAlias = Annotated[
    Path, typer.Argument(metavar="DIR", help="A results folder, the --out of a handeye eval.", show_default=False)
]
